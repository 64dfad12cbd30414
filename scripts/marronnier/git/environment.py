"""The timeout, settings and environment of every git command, and the errors it raises."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

TIMEOUT = 120.0
"""Seconds before a git command is ended: a network that hangs must not hold up a run for ever."""

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
"""Settings that no configuration of a person or a repository may change: no hook runs, and output keeps its format."""

_REDIRECTING_VARIABLES = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_PREFIX"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
    *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_EXTERNAL_DIFF"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)
"""Variables by which a surrounding hook or script would point git at another repository."""

_ALLOCATOR_SETTINGS = {"MALLOC_TOP_PAD_": str(32 << 20)}
"""git allocates memory in small steps, hundreds of times for one commit. With one large step, a ledger commit takes half the time.

Read by glibc alone (https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html, seen 2026-11-25).
"""


class GitError(Exception):
    """A git command failed. The message is git's own output."""

    def __init__(self, command: Sequence[str], status: int, output: str) -> None:
        if "://" in output:
            output = _without_secrets(output)
        super().__init__(output.strip() or f"git {command[0]} ended with {status}")
        self.command = tuple(command)
        self.status = status
        """Git's exit status; -1 when git gave no answer in time, and what it was doing may still take effect."""
        self.output = output
        """What git wrote to standard error and standard output."""

    @property
    def lock(self) -> str:
        """The path of the lock that another git holds or has left behind; empty when no lock stood in the way."""
        match = _LOCK_EXISTS.search(self.output)
        return match[1] if match else ""


def _without_secrets(output: str) -> str:
    """What git wrote without the tokens in an address of it. Git itself leaves out what stands before the host, and nothing else."""
    from marronnier.text.secrets import REDACTED, find_secrets, redact_secrets

    for secret in reversed(find_secrets(output)):
        output = output[: secret.start] + REDACTED + output[secret.end :]
    tokens = {os.environ.get(name, "").strip() for name in ("GITHUB_TOKEN", "GH_TOKEN")}
    return redact_secrets(output, [token for token in tokens if len(token) >= _SHORTEST_TOKEN])


_SHORTEST_TOKEN = 16
"""Characters of the shortest text that is taken for a token: no word of git's is that long."""

_LOCK_EXISTS = re.compile(r"Unable to create '([^']*\.lock)': File exists")


class NotInstalled(Exception):
    """git, or ssh-keygen, is not installed."""


def git_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of git commands: ours, without variables that point to another repository and without the publisher's key."""
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
