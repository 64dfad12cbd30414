"""What can be wrong with a ledger, and what refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marronnier.messages import Trouble

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
