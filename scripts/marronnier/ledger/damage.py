"""Damage to the ledger: its kinds, the sentences that describe it, and the errors that stop a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marronnier.ledger.events import BadLine, payload_path
from marronnier.messages import Trouble, _

DamageKind = Literal[
    "gone",
    "unnamed",
    "orphan",
    "rewound",
    "signed-elsewhere",
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
"""The kinds of damage. The names are stable: `--format json` prints them."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing wrong with the ledger."""

    kind: DamageKind
    where: str
    """A commit, `path:line`, a tag, or the branch."""
    message: str
    """What is wrong, in a sentence for people."""
    next: str
    """What to do about it, in a sentence for people."""


class Damaged(Trouble):
    """The ledger is not what the publisher wrote. Nothing is read from it, and nothing is sent."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage.message, damage.next)
        self.damage = damage


class Contended(Trouble):
    """Other runs recorded first at every try. Nothing of this append was recorded."""


def bad_line_damage(path: str, bad: BadLine) -> Damage:
    """Damage: a line of a history file is not what the ledger wrote."""
    messages = {
        "changed-line": _("{path}: line {line} was changed.", path=path, line=bad.number),
        "dropped-line": _("{path}: a line is missing before line {line}.", path=path, line=bad.number),
        "dropped-tail": _("{path}: lines are missing at the end, from line {line} on.", path=path, line=bad.number),
        "reordered-lines": _("{path}: the lines are in another order, from line {line} on.", path=path, line=bad.number),
    }
    return Damage(bad.kind, f"{path}:{bad.number}", messages[bad.kind], _restore_advice())  # type: ignore[arg-type]


def unexpected_file_damage(path: str) -> Damage:
    """Damage: the branch holds a file that the ledger never writes."""
    return Damage("unexpected-file", path, _("{path}: this is not a file of the ledger.", path=path), _restore_advice())


def unreadable_object_damage(where: str) -> Damage:
    """Damage: git cannot read an object, or its bytes were changed on the disk."""
    return Damage(
        "unreadable-object",
        where,
        _("{where}: git cannot read it, or its bytes were changed on the disk.", where=where),
        _("Make a fresh clone; `git fsck` shows what else is broken."),
    )


def altered_payload_damage(digest: str) -> Damage:
    """Damage: the bytes of a payload are not those that were sealed."""
    path = payload_path(digest)
    return Damage("altered-payload", path, _("{path}: its content is not what was approved.", path=path), _restore_advice())


def missing_policy_damage(number: int) -> Damage:
    """Damage: the document of a policy that came into force is not in the ledger, or cannot be read."""
    return Damage(
        "missing-payload",
        f"policy.jsonl:{number + 1}",
        _("The text of policy {number} is not in the ledger, so nobody knows what it was.", number=number + 1),
        _restore_advice(),
    )


def _restore_advice() -> str:
    return _(
        "Find out which commit did it (`marronnier ledger verify`); whoever looks after the branch `ledger` must restore the one before."
    )
