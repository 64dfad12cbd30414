"""The freeze: a file, a variable, or a word on the forge that stops all sending. A freeze that cannot be read counts as frozen."""

from __future__ import annotations

import time
from collections.abc import Mapping

from marronnier import forge as forges
from marronnier.desk.commit_tree import CommitTree
from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _
from marronnier.publish import default_branch

VARIABLE = "MARRONNIER_FREEZE"
"""The environment variable that freezes. The workflow passes the repository variable of the same name."""
FREEZE_FILE = "calendar/freeze.yml"
CACHE_SECONDS = 5.0
"""Seconds for which an answer is used again. Asking origin before each of fifty posts would make the last one late."""


class FreezeReader:
    """Tells, before each send, why nothing may be sent, or an empty text. Its answer is at most `CACHE_SECONDS` old."""

    def __init__(self, repo: Repo, surroundings: Mapping[str, str]) -> None:
        self._repo = repo
        self._surroundings = surroundings
        self._read_at, self._reason = float("-inf"), ""

    def __call__(self) -> str:
        """Why nothing may be sent, or empty."""
        if time.monotonic() - self._read_at > CACHE_SECONDS:
            self._reason = _freeze_reason(self._repo, self._surroundings)
            self._read_at = time.monotonic()
        return self._reason

    def forget(self) -> None:
        """Read anew at the next question: time has passed."""
        self._read_at = float("-inf")


def _freeze_reason(repo: Repo, surroundings: Mapping[str, str]) -> str:
    """Why everything is frozen, as the three places say now: the variable, the file on the default branch, the forge. Empty when it is not.

    The variable was fixed when this process began; a job cannot read it again.
    """
    if why := surroundings.get(VARIABLE, "").strip():
        return _("frozen by {variable}: {why}", variable=VARIABLE, why=why)
    try:
        default_branch.fetch(repo)
        forge = forges.open(repo)
        if CommitTree(repo, forge.default_branch().commit).exists(FREEZE_FILE):
            return _("frozen by {file}", file=FREEZE_FILE)
        return forge.freeze_reason()
    except (GitError, OSError, Trouble) as error:
        return _("the freeze cannot be read ({why}), so everything is frozen", why=error)
