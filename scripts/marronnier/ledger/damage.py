"""What can be wrong with a ledger, and what refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marronnier.ledger.events import BadLine, payload_path
from marronnier.messages import Trouble, _

Kind = Literal[
    "gone",
    "unnamed",
    "orphan",
    "rewound",
    "unsigned-commit",
    "foreign-signature",
    "bad-signature",
    "unverifiable",
    "merged",
    "unknown-protocol",
    "foreign-repository",
    "changed-identity",
    "changed-line",
    "dropped-line",
    "dropped-tail",
    "reordered-lines",
    "dropped-file",
    "unexpected-file",
    "altered-payload",
    "missing-payload",
    "unreadable-object",
    "moved-checkpoint",
]
"""The damages, by name: stable, for `--format json`."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing wrong with the ledger."""

    kind: Kind
    where: str
    """A commit, `path:line`, a tag, or the branch."""
    message: str
    """What was met, in a sentence."""
    next: str
    """What to do."""


class Damaged(Trouble):
    """The ledger is not what the publisher wrote: nothing is read from it, and nothing goes out."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage.message, damage.next)
        self.damage = damage


class Contended(Trouble):
    """Others kept recording at the same time; nothing of ours was recorded."""


def bad_line_damage(path: str, bad: BadLine) -> Damage:
    """A line that is not what was written."""
    said = {
        "changed-line": _("{path}: line {line} was changed.", path=path, line=bad.number),
        "dropped-line": _("{path}: a line is missing before line {line}.", path=path, line=bad.number),
        "dropped-tail": _("{path}: lines are missing at the end, from line {line} on.", path=path, line=bad.number),
        "reordered-lines": _("{path}: the lines stand in another order, from line {line} on.", path=path, line=bad.number),
    }
    return Damage(bad.kind, f"{path}:{bad.number}", said[bad.kind], _restore_advice())  # type: ignore[arg-type]


def unexpected_file_damage(path: str) -> Damage:
    """A file that the ledger never writes."""
    return Damage("unexpected-file", path, _("{path}: the ledger never writes such a file.", path=path), _restore_advice())


def unreadable_object_damage(where: str) -> Damage:
    """An object that git cannot give, or gives changed."""
    return Damage(
        "unreadable-object",
        where,
        _("{where}: git cannot read it, or its bytes were changed on the disk.", where=where),
        _("Fetch a fresh clone; `git fsck` says what else is broken."),
    )


def altered_payload_damage(digest: str) -> Damage:
    """A payload whose bytes are not those that were sealed."""
    path = payload_path(digest)
    return Damage("altered-payload", path, _("{path}: its bytes are not those that were sealed.", path=path), _restore_advice())


def _restore_advice() -> str:
    return _("Find out which commit did it (`marronnier ledger verify`), and put the branch `ledger` back to the one before.")
