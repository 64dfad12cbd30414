"""The freeze: anything that says stop is obeyed, and what cannot be read counts as a stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import plain_git
from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _

VARIABLE = "MARRONNIER_FREEZE"
"""The environment variable that freezes: the workflow passes the repository variable of that name."""
FREEZE_FILE = "calendar/freeze.yml"
CACHE_SECONDS = 5.0
"""Seconds for which one look holds: asking origin before each of fifty messages would make the last one late."""


def cached_freeze_reason(repo: Repo, surroundings: Mapping[str, str]) -> Callable[[], str]:
    """A question to ask before each send: why nothing may go out, or empty. The answer is at most `FRESH` seconds old."""
    asked, answer = float("-inf"), ""

    def frozen() -> str:
        nonlocal asked, answer
        if time.monotonic() - asked > CACHE_SECONDS:
            answer = _freeze_reason(repo, surroundings)
            asked = time.monotonic()
        return answer

    return frozen


def update_default_branch(repo: Repo) -> None:
    """Bring the default branch up to what origin has, as far as it answers: a runner that lags behind must not say what was taken back."""
    try:
        _fetch_default_branch(repo)
    except GitError:
        # Where origin does not answer, nothing can be recorded, and so nothing goes out.
        pass


def _freeze_reason(repo: Repo, surroundings: Mapping[str, str]) -> str:
    """`calendar/freeze.yml` on the default branch, as origin has it now where there is one, or the variable."""
    if why := surroundings.get(VARIABLE, "").strip():
        return _("frozen by {variable}: {why}", variable=VARIABLE, why=why)
    try:
        _fetch_default_branch(repo)
        frozen = CommitTree(repo, plain_git.default_branch(repo).commit).exists(FREEZE_FILE)
    except (GitError, OSError, Trouble) as error:
        return _("the freeze cannot be read ({why}), so everything is frozen", why=error)
    return _("frozen by {file}", file=FREEZE_FILE) if frozen else ""


def _fetch_default_branch(repo: Repo) -> None:
    """Bring the default branch of origin up to date here. Raises GitError when origin does not answer."""
    if not repo.has_remote():
        return
    name = repo.default_branch()
    refspec = f"+refs/heads/{name}:refs/remotes/origin/{name}"
    repo.run("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "origin", refspec, timeout=30)
