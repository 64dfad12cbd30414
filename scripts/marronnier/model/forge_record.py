"""What happened on a forge: pull requests and issues with everything that was said in them, as the site shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ThreadEventKind = Literal[
    "commit", "check", "suggestion", "remark", "approval", "changes requested", "comment", "merge", "closed"
]  # fmt: skip
"""check: what the check found, on its lines · suggestion: other words for a line, taken with one tap · remark: said about a line."""


@dataclass(frozen=True, slots=True)
class ThreadEvent:
    """One thing that somebody did or said in a pull request or an issue."""

    kind: ThreadEventKind
    at: datetime
    by: str
    """The name of the person; empty for the robot of the forge, as which our jobs speak."""
    text: str = ""
    """What was said, as Markdown; of a commit its title."""
    place: str = ""
    """File and line that it is about; empty for none."""


@dataclass(frozen=True, slots=True)
class ForgeThread:
    """A pull request or an issue."""

    number: int
    title: str
    at: datetime
    by: str
    """The name of the person who opened it; empty for the robot of the forge."""
    is_pull_request: bool
    state: Literal["open", "merged", "closed"]
    text: str = ""
    """How it was opened, as Markdown."""
    labels: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    """Whose review is asked for; of an issue, to whom it is given."""
    report: str = ""
    """Our report of a pull request, as Markdown; empty where there is none."""
    verdict: str = ""
    """What it changes and what is missing, in a line."""
    url: str = ""
    """Where people read and review it; empty for one that only the site has."""
    events: tuple[ThreadEvent, ...] = ()
    """The oldest first."""
    preview: bytes = field(default=b"", repr=False)
    """The preview file of a pull request; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ForgeRecord:
    """The pull requests and issues of some days."""

    server: str
    """The address of a forge that is none for whoever reads the site: a link to it leads to nothing there. Empty for a real one."""
    repository: str
    """Owner and name."""
    threads: tuple[ForgeThread, ...]
    """By number."""
