"""The freeze: a file or a variable that stops all sending. A freeze that cannot be read counts as frozen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from marronnier import forge
from marronnier.desk.commit_tree import CommitTree
from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _
from marronnier.publish import default_branch

VARIABLE = "MARRONNIER_FREEZE"
"""The environment variable that freezes. The workflow passes the repository variable of the same name."""
FREEZE_FILE = "calendar/freeze.yml"
CACHE_SECONDS = 5.0
"""Seconds for which an answer is used again. Asking origin before each of fifty posts would make the last one late."""


def cached_freeze_reason(repo: Repo, surroundings: Mapping[str, str]) -> Callable[[], str]:
    """A function to call before each send: why nothing may be sent, or empty. Its answer is at most `CACHE_SECONDS` old."""
    read_at, reason = float("-inf"), ""

    def freeze_reason() -> str:
        nonlocal read_at, reason
        if time.monotonic() - read_at > CACHE_SECONDS:
            reason = _freeze_reason(repo, surroundings)
            read_at = time.monotonic()
        return reason

    return freeze_reason


def _freeze_reason(repo: Repo, surroundings: Mapping[str, str]) -> str:
    """Why everything is frozen, as the three places say now: the variable, the file on the default branch, the forge. Empty when it is not."""
    if why := surroundings.get(VARIABLE, "").strip():
        return _("frozen by {variable}: {why}", variable=VARIABLE, why=why)
    try:
        default_branch.fetch(repo)
        team_forge = forge.open(repo)
        if CommitTree(repo, team_forge.default_branch().commit).exists(FREEZE_FILE):
            return _("frozen by {file}", file=FREEZE_FILE)
        return team_forge.freeze_reason()
    except (GitError, OSError, Trouble) as error:
        return _("the freeze cannot be read ({why}), so everything is frozen", why=error)
