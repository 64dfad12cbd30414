"""The references of the ledger: what this clone remembers of it, and what origin has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marronnier.git import Repo
from marronnier.ledger import push


@dataclass(frozen=True, slots=True)
class References:
    """The ledger's references: what this clone remembers, and what origin has."""

    here: Mapping[str, str]
    """As this clone had them before origin was asked: everything in them was once at origin."""
    fetched: Mapping[str, str]
    """As origin has them, by the names they have in this clone; empty when origin was not asked."""
    remote: bool
    asked: bool

    @property
    def seen(self) -> str | None:
        """The newest head that this clone has verified."""
        return self.here.get(push.SEEN)


def read_references(repo: Repo, *, ask: bool) -> References:
    """Read the ledger's references; `ask` origin for its own where there is an origin. Raises GitError when it does not answer."""
    here, remote = push.ledger_references(repo), repo.has_remote()
    return References(here, push.fetch(repo) if remote and ask else {}, remote, remote and ask)


def head_of(repo: Repo, read: References) -> str | None:
    """The ledger's head: origin's, or the local branch's where there is no origin; None where there is no such branch.

    Unless origin was asked, it is the newest that this clone knows of it: a lock may have kept one of the two references back.
    """
    if not read.remote:
        return read.here.get(push.BRANCH)
    if read.asked:
        return read.fetched.get(push.TRACKED)
    head = read.here.get(push.TRACKED)
    newer = head is not None and read.seen is not None and repo.is_ancestor(head, read.seen)
    return read.seen if newer else head
