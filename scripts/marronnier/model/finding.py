"""A finding of a rule: its place in a file, its message and perhaps a fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "notice"]


KeyPath = tuple[str | int, ...]
"""The keys and list indexes that lead to a value of a YAML or TOML file."""
Positions = Mapping[KeyPath, tuple[int, int]]
"""Line and column, from 1, of each value of a file, by its path."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file."""

    path: str
    """Relative to the repository's root, with `/`."""
    line: int = 1
    """The line, from 1."""
    column: int = 1
    """The column in characters, from 1."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


def nearest_place(path: str, positions: Positions, keys: KeyPath) -> Place:
    """Where the value at `keys` is written in the file; else where the nearest value around it is; else the first line."""
    for end in range(len(keys), -1, -1):
        if keys[:end] in positions:
            return Place(path, *positions[keys[:end]])
    return Place(path)


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of one line that resolves a finding; `check --fix` writes it."""

    line: int
    """The line, from 1."""
    before: str
    """The whole line as it was read; a line that changed since is left alone."""
    after: str
    """The whole line as it should be; may be several lines."""
    replacements: tuple[tuple[int, int, str], ...] = ()
    """Start, end and new text of each span that changes; when empty, the two lines are compared."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reports: where, what was read, what was expected, what to do."""

    rule: str
    level: Level
    place: Place
    message: str
    """What was read, as a sentence without a full stop."""
    expected: str = ""
    """What was expected; may be empty."""
    next: str = ""
    """What a person should do next; may be empty."""
    fix: Fix | None = None
    not_allowable: bool = False
    """Whether `allow` cannot suppress this finding, although it may suppress others of the same rule."""

    @property
    def sentence_parts(self) -> tuple[str, str, str]:
        """Message, expectation and next step, each with its first letter as within a sentence."""
        return _in_sentence(self.message), _in_sentence(self.expected), _in_sentence(self.next)

    def as_json(self) -> Mapping[str, object]:
        """The published JSON object: `{rule, level, path, line, column, message, expected, next}`."""
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

    def as_text(self, between: str = "; ") -> str:
        """The finding on one line. `between` stands between its sentences, as the reader's language writes it."""
        return f"{self.place}: {self.level}[{self.rule}]: {between.join(filter(None, self.sentence_parts))}"

    def __str__(self) -> str:
        return self.as_text()


def _in_sentence(text: str) -> str:
    """The text with a small first letter: `Write it so` becomes `write it so`; `IANA` and `LinkedIn` stay."""
    first, rest = text[:1], text.split(" ", 1)[0][1:]
    letters = rest.rstrip(":,").replace("-", "").replace("’", "").replace("'", "")
    return first.lower() + text[1:] if first.isupper() and (letters.islower() or not letters) else text
