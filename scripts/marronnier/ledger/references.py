"""The references of the ledger: what this clone remembers of it, and what origin has."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from marronnier.git import Repo
from marronnier.ledger import push
from marronnier.messages import _


@dataclass(frozen=True, slots=True)
class References:
    """The ledger's references: what this clone remembers, and what origin has."""

    here: Mapping[str, str]
    """As this clone had them before origin was asked: everything in them was once at origin."""
    fetched: Mapping[str, str]
    """As origin has them, by the names they have in this clone; empty when origin was not asked."""
    remote: bool
    asked: bool
    astray: str = ""
    """Why this clone's own ledger is not the truth though it has no origin; empty where it is, or where there is an origin."""

    @property
    def seen(self) -> str | None:
        """The newest head that this clone has verified."""
        return self.here.get(push.SEEN)


def read_references(repo: Repo, *, ask: bool) -> References:
    """Read the ledger's references; `ask` origin for its own where there is an origin. Raises GitError when it does not answer."""
    here, remote = push.ledger_references(repo), repo.has_remote()
    astray = "" if remote else _astray_reason(repo, here)
    return References(here, push.fetch(repo) if remote and ask else {}, remote, remote and ask, astray)


def astray_reason(repo: Repo) -> str:
    """Why a clone without `origin` must neither send nor record: others may send what it does not see. Empty where the ledger is its own."""
    return "" if repo.has_remote() else _astray_reason(repo, push.ledger_references(repo))


def _astray_reason(repo: Repo, here: Mapping[str, str]) -> str:
    if remotes := repo.remotes():
        return _(
            "no remote of this clone is called origin, so nothing of {remote} would be seen: run `git remote rename {remote} origin`",
            remote=shlex.quote(remotes[0]),
        )
    was_at_origin = any(name in (push.AT_ORIGIN, push.TRACKED) or name.startswith(push.FETCHED) for name in here)
    if not was_at_origin or push.ALONE in here:
        return ""
    return _(
        "this clone has no origin any more, and its ledger was there, so what is sent from elsewhere would not be seen: run `git remote add origin URL`; if nothing is sent from anywhere else from now on, run `git update-ref {alone} HEAD`",
        alone=push.ALONE,
    )


def head_of(repo: Repo, read: References) -> str | None:
    """The ledger's head: origin's, or the local branch's where there is no origin; None where there is no such branch.

    Unless origin was asked, it is the newest that this clone knows of it: a lock may have kept one of the two references back.
    """
    if not read.remote:
        own = read.here.get(push.BRANCH)
        ahead = read.astray and own is not None and read.seen is not None and repo.is_ancestor(own, read.seen)
        return read.seen if ahead else own
    if read.asked:
        return read.fetched.get(push.TRACKED)
    head = read.here.get(push.TRACKED)
    newer = head is not None and read.seen is not None and repo.is_ancestor(head, read.seen)
    return read.seen if newer else head
