"""Ledgers for tests: real repositories, made and tampered with through git."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from marronnier import ledger
from marronnier.git import Repo
from marronnier.ledger import commit
from marronnier.model.brand import Brand, LedgerIdentity

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def sealed(key: str, words: str = "bonjour") -> ledger.EventDraft:
    """A `sealed` with its payload."""
    payload = words.encode()
    digest = hashlib.sha256(payload).hexdigest()
    data = {"words": "w", "when": "x", "instant": NOW, "payload": digest, "basis": "written", "by": ("ines",), "title": words}
    return ledger.EventDraft(key, "sealed", data, payload)


def sent(key: str) -> ledger.EventDraft:
    """A `sent` of a post in one part."""
    return ledger.EventDraft(key, "sent", {"part": 0, "parts": 1, "id": f"id-{key}", "url": f"/posts/{key}/"})


@dataclass
class Place:
    """A repository with a ledger, and what its brand says."""

    path: Path
    repo: Repo
    brand: Brand

    def open(self) -> ledger.Ledger:
        """Read it anew, as a new run would."""
        return ledger.open(Repo(self.path), self.brand)

    def verify(self) -> list[str]:
        """The kinds of damage found."""
        return [damage.kind for damage in ledger.verify(Repo(self.path), self.brand)]

    def record(self, *drafts: ledger.EventDraft) -> ledger.Ledger:
        """Append without conditions."""
        return self.open().append(lambda _newest: drafts, NOW)

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Plain git."""
        done = subprocess.run(["git", *arguments], cwd=self.path, input=stdin, check=True, capture_output=True)
        return done.stdout.decode().strip()

    @property
    def head(self) -> str:
        """The local branch's commit."""
        return self.git("rev-parse", "refs/heads/ledger")

    def bytes(self, path: str) -> bytes:
        """A file of the ledger."""
        return subprocess.run(["git", "cat-file", "blob", f"ledger:{path}"], cwd=self.path, check=True, capture_output=True).stdout

    def tamper(self, files: Mapping[str, bytes | None], *, amend: bool = False, signed: bool | None = None) -> str:
        """A commit that writes or removes files by force, on the head or (amend) in its place; `seen` knows nothing of it."""
        parent = self.git("rev-parse", "ledger^") if amend else self.head
        if amend:
            stood = {path: self.bytes(path) for path in self.git("ls-tree", "-r", "--name-only", "ledger").splitlines()}
            files = {**stood, **files}
        sign = not self.brand.ledger.unsigned if signed is None else signed
        new = commit.make_commit(self.repo, parent, files, "Tamper", NOW, signed=sign)
        self.git("update-ref", "refs/heads/ledger", new)
        return new

    def forget(self) -> None:
        """As a fresh clone: nothing was ever seen."""
        self.git("update-ref", "-d", "refs/marronnier/seen")


def begin(path: Path, *, unsigned: bool) -> Place:
    """Make the ledger of a repository."""
    repo = Repo(path)
    first = ledger.init(repo, path, Brand(name="Test"), NOW, unsigned=unsigned)
    return Place(path, repo, Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=unsigned)))
