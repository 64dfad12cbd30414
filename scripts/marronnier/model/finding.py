"""A finding: one rule's judgement of one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file."""

    path: str
    """Below the repository's root, with `/`."""
    line: int = 1
    """From 1."""
    column: int = 1
    """From 1, in characters."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of one line that mends a finding; `check --fix` writes it."""

    line: int
    """From 1."""
    before: str
    """The whole line as it stands; a file that changed since is left alone."""
    after: str
    """The whole line mended; may hold several lines."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's judgement: where, what was read, what was expected, what to do."""

    rule: str
    level: Level
    place: Place
    message: str
    """What was read, in a sentence without its full stop."""
    expected: str = ""
    """What was expected."""
    next: str = ""
    """What to do next."""
    fix: Fix | None = None

    def as_json(self) -> Mapping[str, object]:
        """The published shape: `{rule, level, path, line, column, message, expected, next}`."""
        return {
            "rule": self.rule,
            "level": self.level,
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
            "message": self.message,
            "expected": self.expected,
            "next": self.next,
        }

    def __str__(self) -> str:
        said = "; ".join(part for part in (self.message, self.expected, self.next) if part)
        return f"{self.place}: {self.level}[{self.rule}]: {said}"
