"""Which ledger this is: `ledger.json`, written once by `marronnier ledger init` and never again."""

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
from marronnier.model.publication import canonical

IDENTITY_FILE = "ledger.json"

_GITHUB = "GITHUB_REPOSITORY_ID"
"""The number that GitHub Actions gives a repository: it survives renaming, and a fork has its own. Not yet seen against GitHub itself."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the ledger's first commit says of it."""

    protocol: int
    repository: str
    """`github:<number>`, or `git:<first commit of the default branch>`."""
    nonce: str
    """So that two ledgers are never the same."""
    began: datetime
    """When it was made, aware, UTC."""

    @classmethod
    def create(cls, repository: str, now: datetime) -> Self:
        """The identity of a ledger that begins now."""
        return cls(PROTOCOL, repository, secrets.token_hex(16), now.astimezone(UTC))

    def as_bytes(self) -> bytes:
        """The file."""
        return (
            canonical({"protocol": self.protocol, "repository": self.repository, "nonce": self.nonce, "began": self.began.isoformat()})
            + b"\n"
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the file. Raises ValueError for what is none."""
        try:
            read = json.loads(data)
            return cls(int(read["protocol"]), str(read["repository"]), str(read["nonce"]), datetime.fromisoformat(read["began"]))
        except (KeyError, TypeError) as error:
            raise ValueError("this is not ledger.json") from error


def chain_start(data: bytes) -> str:
    """Where every chain of this ledger begins: a line of another ledger does not fit into it."""
    return sha256(data)


def repository_id(repo: Repo, default: str) -> str:
    """The name of this repository that renaming does not change. `default` is the default branch's commit."""
    if number := os.environ.get(_GITHUB, "").strip():
        return f"github:{number}"
    roots = repo.text("rev-list", "--max-parents=0", "--first-parent", "--end-of-options", default).split()
    return f"git:{roots[-1]}"


def identity_mismatch(repo: Repo, identity: Identity, where: str, default: str | None) -> Damage | None:
    """Why this ledger cannot be used here: another protocol, or another repository's. `default` is the default branch's commit."""
    if identity.protocol != PROTOCOL:
        return Damage(
            "unknown-protocol",
            where,
            _("The ledger speaks protocol {theirs}, and this marronnier speaks {ours}.", theirs=identity.protocol, ours=PROTOCOL),
            _("Install the marronnier that wrote it, or a newer one."),
        )
    kind, _colon, name = identity.repository.partition(":")
    number = os.environ.get(_GITHUB, "").strip()
    foreign = (kind == "github" and number not in ("", name)) or (kind == "git" and not _descends_from(repo, name, default))
    if kind not in ("github", "git") or foreign:
        return Damage(
            "foreign-repository",
            where,
            _("The ledger belongs to another repository: {repository}.", repository=identity.repository),
            _("A copy cannot publish with the history of the original: give it a ledger of its own with `marronnier ledger init`."),
        )
    return None


def _descends_from(repo: Repo, root: str, default: str | None) -> bool:
    # A cut history cannot tell; the ledger's signature still does.
    return default is not None and (repo.is_ancestor(root, default) or repo.is_shallow())
