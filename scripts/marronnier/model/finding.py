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
    replacements: tuple[tuple[int, int, str], ...] = ()
    """The stretches that change, from where to where and what stands there after; empty where the two lines alone tell."""


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
    not_allowable: bool = False
    """Whether no `allow` takes it away, although others of its rule may be allowed."""

    @property
    def sentence_parts(self) -> tuple[str, str, str]:
        """What was read, what was expected, what to do: each begins as it would within a sentence, wherever it is shown."""
        return _in_sentence(self.message), _in_sentence(self.expected), _in_sentence(self.next)

    def as_json(self) -> Mapping[str, object]:
        """The published shape: `{rule, level, path, line, column, message, expected, next}`."""
        message, expected, next = self.sentence_parts
        return {
            "rule": self.rule,
            "level": self.level,
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
            "message": message,
            "expected": expected,
            "next": next,
        }

    def __str__(self) -> str:
        return f"{self.place}: {self.level}[{self.rule}]: {'; '.join(filter(None, self.sentence_parts))}"


def _in_sentence(part: str) -> str:
    """A part as it goes on within a sentence: `Write it so` becomes `write it so`; `IANA` and `LinkedIn` stay."""
    first, rest = part[:1], part.split(" ", 1)[0][1:]
    plain = rest.rstrip(":,").replace("-", "").replace("’", "").replace("'", "")
    return first.lower() + part[1:] if first.isupper() and (plain.islower() or not plain) else part
