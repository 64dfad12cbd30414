"""A repository in which several people write, approve and merge, for tests of what counts as approved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from marronnier import plan, review
from marronnier.forge import approval_signature
from marronnier.git import Repo
from marronnier.model.claim import NamedDigests
from marronnier.model.plan import Approval, Digests, Plan, PlanLine
from marronnier.proofs.situation_loader import CommittedSituation, load_situation
from people import Town, write

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = "2026-11-20 09:00"

POST = """\
---
id: portes
title: Portes ouvertes
date: 2026-12-05 10:00
channels: [journal]
---
On ouvre le jardin dimanche.
"""
PATH = "content/posts/2026/12/portes.md"
KEY = "portes@journal"


class Team:
    """People at work in one repository. Inès writes unless somebody else is named; Karim and Claire approve."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.folder = folder

    @property
    def repo(self) -> Repo:
        """The repository."""
        return Repo(self.folder)

    @contextmanager
    def being(self, who: str) -> Iterator[None]:
        """Act as somebody: their identity and their key."""
        with mock.patch.dict(os.environ, self.town.surroundings(who, TODAY), clear=True):
            yield

    def git(self, *arguments: str, who: str = "ines") -> str:
        """Run git as somebody."""
        return self.town.git(self.folder, *arguments, who=who, now=TODAY)

    def commit(
        self, files: Mapping[str, str | bytes | None] | None = None, *, who: str = "ines", message: str = "Write", author: str = ""
    ) -> str:
        """Write files (None deletes), commit all; the commit's id."""
        for name, text in (files or {}).items():
            if text is None:
                (self.folder / name).unlink()
            elif isinstance(text, bytes):
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_bytes(text)
            else:
                write(self.folder, {name: text})
        self.git("add", "-A", who=who)
        self.git("commit", "-q", "--allow-empty", "-m", message, *(("--author", author) if author else ()), who=who)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, start: str = "main") -> None:
        """Begin a branch."""
        self.git("switch", "-q", "-c", name, start)

    def go(self, name: str) -> None:
        """Go to a branch."""
        self.git("switch", "-q", name)

    def merge(self, *names: str, who: str = "ines", how: tuple[str, ...] = ("--no-ff",)) -> None:
        """Merge branches into main, one after the other."""
        self.go("main")
        for name in names:
            self.git("merge", "-q", *how, "-m", f"Merge {name}", name, who=who)

    def approve(self, who: str, *names: str) -> str:
        """Approve as people do."""
        with self.being(who):
            return review.approve(self.repo, review.prepare_approval(self.repo, NOW, names, who=None, key=None)).reference

    def claim(self, by: str, key: str, words: str, when: str, *, signer: str | None) -> str:
        """A commit that claims an approval, made by hand, with a signature of its own; None signs nothing. Its id."""
        named = NamedDigests(key, Digests(words, when))
        said = approval_signature.statement(by, [named], "", self.git("rev-parse", "HEAD"))
        if signer:
            said = approval_signature.sign(said, str(self.town.keys / signer), "ssh-keygen")
        message = "\n".join(("Approve", "", *approval_signature.trailers(said)))
        self.git("commit", "-q", "--allow-empty", "-m", message, who=signer or "claire")
        return self.git("rev-parse", "HEAD")

    def old_claim(self, by: str, key: str, words: str, when: str, *, signer: str | None) -> str:
        """A commit that claims an approval in the form of before, with its commit's signature alone; None signs nothing. Its id."""
        message = f"Approve\n\nApproved-by: {by}\nApproved-content: {key} words=sha256:{words} when=sha256:{when}\n"
        self.git("commit", "-q", "--allow-empty", *(("-S",) if signer else ()), "-m", message, who=signer or "claire")
        return self.git("rev-parse", "HEAD")

    def situation(self, **more: object) -> CommittedSituation:
        """The situation of the default branch."""
        with self.being("publisher"):
            return load_situation(self.repo, NOW, **{"proposals": False, **more})  # type: ignore[arg-type]

    def plan(self, **more: object) -> Plan:
        """The plan of the default branch."""
        return plan.make(self.situation(**more))

    def approval(self, key: str = KEY) -> Approval:
        """Whether a publication of the default branch is approved."""
        return self.situation().approvals[key]

    def line(self, key: str = KEY, proposal: str = "") -> PlanLine:
        """A line of the whole plan."""
        found = [line for line in self.plan(proposals=True).lines if line.key == key and line.proposal == proposal]
        assert len(found) == 1, [(line.key, line.proposal) for line in found]
        return found[0]

    def digests(self, key: str = KEY) -> tuple[str, str]:
        """The words and when digests as the commit at hand has them."""
        digests = self.situation(rev="HEAD").digests[key]
        return digests.words, digests.when
