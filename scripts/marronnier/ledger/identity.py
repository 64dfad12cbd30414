"""The ledger's identity: `ledger.json` in its first commit, written by `marronnier ledger init` and never changed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from marronnier.git import Repo
from marronnier.ledger.damage import Damage
from marronnier.ledger.events import PROTOCOL, sha256
from marronnier.messages import _
from marronnier.model.publication import canonical_json

IDENTITY_FILE = "ledger.json"

_GITHUB = "GITHUB_REPOSITORY_ID"
"""The repository's number in GitHub Actions. It survives a rename, and a fork has its own. Not yet seen against GitHub itself."""


@dataclass(frozen=True, slots=True)
class ContinuedLedger:
    """The unsigned ledger whose records a signed one carries on."""

    first: str
    """Its first commit, as `brand/brand.yml` named it. Approvals that name it count on."""
    head: str
    """Its last commit."""
    removed: tuple[str, ...]
    """SHA-256 of the payloads that had been removed from it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The content of `ledger.json`."""

    protocol: int
    repository: str
    """`github:<number>`, or `git:<first commit of the default branch>`."""
    nonce: str
    """Random, so that two ledgers never have the same identity."""
    began: datetime
    """When the record began; aware, UTC. A ledger that continues another one began when that did."""
    continued: ContinuedLedger | None = None

    @classmethod
    def create(cls, repository: str, began: datetime, continued: ContinuedLedger | None = None) -> Self:
        """The identity of a new ledger."""
        return cls(PROTOCOL, repository, secrets.token_hex(16), began.astimezone(UTC), continued)

    def as_bytes(self) -> bytes:
        """The bytes of `ledger.json`."""
        fields = {"protocol": self.protocol, "repository": self.repository, "nonce": self.nonce, "began": self.began.isoformat()}
        before = self.continued
        if before is not None:
            return (
                canonical_json({**fields, "continues": {"first": before.first, "head": before.head, "removed": [*before.removed]}}) + b"\n"
            )
        return canonical_json(fields) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The identity in the bytes of `ledger.json`. Raises ValueError when they hold none."""
        try:
            fields = json.loads(data)
            before = fields.get("continues")
            continued = ContinuedLedger(before["first"], before["head"], tuple(before["removed"])) if before is not None else None
            began = datetime.fromisoformat(fields["began"])
            return cls(int(fields["protocol"]), str(fields["repository"]), str(fields["nonce"]), began, continued)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("this is not ledger.json") from error


def read_identity(repo: Repo, first: str) -> Identity | None:
    """The identity that a ledger's first commit holds; None where it is not in this clone, or holds none."""
    try:
        return Identity.parse(repo.read(f"{first}:{IDENTITY_FILE}") or b"")
    except ValueError:
        return None


def continued_first(repo: Repo, first: str | None) -> str:
    """The first commit of the unsigned ledger that the ledger with this first commit continues; empty where it continues none."""
    identity = read_identity(repo, first) if first else None
    return identity.continued.first if identity is not None and identity.continued is not None else ""


def named_repository(repo: Repo, head: str | None) -> str:
    """The repository that a ledger names, as `Identity` has it, by the ledger's head; empty where there is no ledger."""
    data = repo.read(f"{head}:{IDENTITY_FILE}") if head is not None else None
    try:
        return Identity.parse(data).repository if data is not None else ""
    except ValueError:
        return ""


def chain_start(data: bytes) -> str:
    """The hash that every chain of this ledger begins with: a line of another ledger never fits into it."""
    return sha256(data)


def repository_id(repo: Repo, default: str) -> str:
    """An id of this repository that a rename does not change. `default` is the default branch's commit."""
    if number := os.environ.get(_GITHUB, "").strip():
        return f"github:{number}"
    roots = repo.text("rev-list", "--max-parents=0", "--first-parent", "--end-of-options", default).split()
    return f"git:{roots[-1]}"


def identity_mismatch(repo: Repo, identity: Identity, where: str, default: str | None) -> Damage | None:
    """Damage when the ledger has another protocol or belongs to another repository; None when it fits here.

    `where` is where the identity was read, `default` the default branch's commit.
    """
    if identity.protocol != PROTOCOL:
        return Damage(
            "unknown-protocol",
            where,
            _("The ledger uses protocol {theirs}, and this version of Marronnier uses {ours}.", theirs=identity.protocol, ours=PROTOCOL),
            _("Install the version of Marronnier that wrote it, or a newer one."),
        )
    kind, _colon, name = identity.repository.partition(":")
    number = os.environ.get(_GITHUB, "").strip()
    foreign = (kind == "github" and number not in ("", name)) or (kind == "git" and not _descends_from(repo, name, default))
    if kind not in ("github", "git") or foreign:
        return foreign_repository_damage(identity, where)
    return None


def foreign_repository_damage(identity: Identity, where: str) -> Damage:
    """Damage: the ledger that was read at `where` is another repository's."""
    return Damage(
        "foreign-repository",
        where,
        _("The ledger belongs to another repository: {repository}.", repository=identity.repository),
        _("A copy cannot publish with the history of the original: give it a ledger of its own with `marronnier ledger init`."),
    )


def _descends_from(repo: Repo, root: str, default: str | None) -> bool:
    # A shallow clone cannot prove the ancestry. The ledger's signatures are still verified.
    return default is not None and (repo.is_ancestor(root, default) or repo.is_shallow())
