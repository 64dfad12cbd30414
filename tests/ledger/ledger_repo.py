"""Git repositories with a ledger, created and tampered with through git."""

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
    """A `sealed` event with its payload."""
    payload = words.encode()
    digest = hashlib.sha256(payload).hexdigest()
    data = {"words": "w", "when": "x", "instant": NOW, "payload": digest, "basis": "written", "by": ("ines",), "title": words}
    return ledger.EventDraft(key, "sealed", data, payload)


def sent(key: str) -> ledger.EventDraft:
    """A `sent` event of a post with one part."""
    return ledger.EventDraft(key, "sent", {"part": 0, "parts": 1, "id": f"id-{key}", "url": f"/posts/{key}/"})


@dataclass
class LedgerRepo:
    """A repository with a ledger, and the brand that names it."""

    path: Path
    repo: Repo
    brand: Brand

    def open(self) -> ledger.Ledger:
        """Open the ledger again, as a new run does."""
        return ledger.open(Repo(self.path), self.brand)

    def verify(self) -> list[str]:
        """The kinds of damage that `verify` finds."""
        return [damage.kind for damage in ledger.verify(Repo(self.path), self.brand)]

    def record(self, *drafts: ledger.EventDraft) -> ledger.Ledger:
        """Append these events."""
        return self.open().append(lambda _newest: drafts, NOW)

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git in the repository and return its output."""
        process = subprocess.run(["git", *arguments], cwd=self.path, input=stdin, check=True, capture_output=True)
        return process.stdout.decode().strip()

    @property
    def head(self) -> str:
        """The commit of the local branch `ledger`."""
        return self.git("rev-parse", "refs/heads/ledger")

    def bytes(self, path: str) -> bytes:
        """The bytes of a file of the ledger."""
        return subprocess.run(["git", "cat-file", "blob", f"ledger:{path}"], cwd=self.path, check=True, capture_output=True).stdout

    def tamper(self, files: Mapping[str, bytes | None], *, amend: bool = False, signed: bool | None = None) -> str:
        """Force a commit that writes or removes files, on the head or (`amend`) instead of it. `refs/marronnier/seen` stays as it was."""
        parent = self.git("rev-parse", "ledger^") if amend else self.head
        if amend:
            before = {path: self.bytes(path) for path in self.git("ls-tree", "-r", "--name-only", "ledger").splitlines()}
            files = {**before, **files}
        sign = not self.brand.ledger.unsigned if signed is None else signed
        new = commit.make_commit(self.repo, parent, files, "Tamper", NOW, signed=sign)
        self.git("update-ref", "refs/heads/ledger", new)
        return new

    def forget(self) -> None:
        """Delete `refs/marronnier/seen`, so that the clone is like a fresh one. Checkpoints stay."""
        self.git("update-ref", "-d", "refs/marronnier/seen")

    def forget_checkpoints(self) -> None:
        """Delete this clone's checkpoint tags."""
        for name in self.git("tag", "--list", "ledger-checkpoint/*").split():
            self.git("tag", "-d", name)


def init_ledger(path: Path, *, unsigned: bool) -> LedgerRepo:
    """Create the ledger of a repository."""
    repo = Repo(path)
    first = ledger.init(repo, path, Brand(name="Test"), NOW, unsigned=unsigned)
    return LedgerRepo(path, repo, Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=unsigned)))


def over_ssh(folder: Path, bare: Path) -> None:
    """Give a clone an origin that git reaches as it does another machine."""
    command = bare.parent / "ssh"
    command.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    command.chmod(0o755)
    for setting in (("core.sshCommand", str(command)), ("ssh.variant", "simple"), ("remote.origin.url", f"there:{bare}")):
        subprocess.run(["git", "config", *setting], cwd=folder, check=True)
    subprocess.run(["git", "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"], cwd=folder, check=True)
