"""The freeze: anything that says stop is obeyed, and what cannot be read counts as a stop."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier import desk
from marronnier.git import GitError, Repo
from marronnier.messages import _

VARIABLE = "MARRONNIER_FREEZE"
"""The environment variable that freezes: the workflow passes the repository variable of that name."""


def frozen(repo: Repo, surroundings: Mapping[str, str]) -> str:
    """Why nothing may go out now, read afresh; empty when all may. `calendar/freeze.yml` of the default branch, or the variable."""
    if why := surroundings.get(VARIABLE, "").strip():
        return _("frozen by {variable}: {why}", variable=VARIABLE, why=why)
    try:
        tree = desk.CommitTree(repo, repo.default_branch())
        if not tree.exists("calendar/freeze.yml"):
            return ""
    except (GitError, OSError) as error:
        return _("the freeze cannot be read ({why}), so everything is frozen", why=error)
    return _("frozen by calendar/freeze.yml")
