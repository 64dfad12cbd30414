"""What every git command is run with: how long it may take, its settings, its environment; and how it fails."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

TIMEOUT = 120.0
"""Seconds before a git command is given up; a network that hangs must not hold a run for ever."""

FIXED_SETTINGS = (
    *("-c", "core.quotePath=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.pager=cat"),
    *("-c", "color.ui=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "trailer.separators=:"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "i18n.logOutputEncoding=UTF-8"),
)
"""Settings that a person's or a repository's own configuration must not change: no hook runs, no output takes another shape."""

_REDIRECTING_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_EXTERNAL_DIFF",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
"""Variables by which a hook or a script around us would point git at another repository."""

_ALLOCATOR_SETTINGS = {"MALLOC_TOP_PAD_": str(32 << 20)}
"""git takes and gives back memory in small steps, hundreds of times a commit; taken at once, a record is written in half the time.

Read by glibc alone (https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html, seen 2026-11-25).
"""


class GitError(Exception):
    """Git said no; the message is its own last words."""

    def __init__(self, command: Sequence[str], status: int, said: str) -> None:
        super().__init__(said.strip() or f"git {command[0]} ended with {status}")
        self.command = tuple(command)
        self.status = status
        self.said = said

    @property
    def timed_out(self) -> bool:
        """Whether git gave no answer in time: what it was doing may still happen."""
        return self.status == -1


class NoGit(Exception):
    """There is no git here, or no repository."""


def git_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment git runs in: ours, without what points elsewhere and without the publisher's key."""
    kept = {name: value for name, value in os.environ.items() if name not in _REDIRECTING_VARIABLES and name != "MARRONNIER_SIGNING_KEY"}
    return {
        **_ALLOCATOR_SETTINGS,
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        **(more or {}),
    }
