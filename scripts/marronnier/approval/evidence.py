"""What judging an approval rests on: claims, the versions a publication had, and questions that git answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from marronnier.model.approval_policy import Policy
from marronnier.model.plan import Digests

Signature = Literal["good", "bad", "none"]
"""`good`: by the key of the person asked about; `bad`: the signature does not fit the commit; `none`: no signature, or another's."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A commit that says: this person approves these words and this when."""

    commit: str
    by: str
    """The id in `brand/approvals.yml` that it names."""
    key: str
    words: str
    when: str
    at: datetime
    """As the commit says: shown to people, never trusted."""
    emails: frozenset[str] = frozenset()
    """Of the commit's author and committer, folded."""
    merges: bool = False
    """An `Ask:` line: it approves nothing, unless merging is approving."""


@dataclass(frozen=True, slots=True)
class Contributors:
    """Whose hands were on a commit: addresses, folded."""

    author: str
    committer: str
    co_authors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Version:
    """A commit that changed a publication's digests, or brought versions of it together."""

    commit: str
    parents: tuple[int, ...]
    """Positions of the versions before it; the first is the branch's own."""
    digests: Digests | None
    """None where the publication did not exist."""
    at: datetime | None = None
    """The instant of a written date; None where the tool chooses, or nothing can be given."""
    committed: datetime | None = None
    """As the commit says: shown to people, never trusted."""


@dataclass(frozen=True)
class Evidence:
    """Everything outside that a judgement asks for, as data and callables: judging itself reads nothing."""

    claims: Mapping[str, tuple[Claim, ...]]
    """By key, oldest first, all of them reachable from the default branch."""
    arrival: Callable[[str], str | None]
    """The commit of the default branch's own line (first parents) that brought a commit; None when it never arrived."""
    base: Callable[[str], str | None]
    """The commit of the default branch just before that one; None for its first."""
    policy: Callable[[str], Policy | None]
    """The policy at a commit; None when `brand/approvals.yml` is missing or unreadable there."""
    expand: Callable[[str, Iterable[str]], tuple[str, ...]]
    """At a commit: groups of channels to channel names."""
    signature: Callable[[str, str, str], Signature]
    """Of a commit, against the key of an id in `brand/allowed_signers` as it stood at another commit."""
    hands: Callable[[str], Contributors]
    """Whose hands were on a commit."""
    versions: Callable[[str], tuple[Version, ...]]
    """Of a publication by its key: oldest first, the last one as it stands on the default branch."""
    brought: Callable[[str], tuple[str, ...]]
    """Commits of the default branch's own line that changed a publication's post and by that made it what it is, by its key: a short way."""
    order: Callable[[str], int]
    """The place of a commit of the default branch's own line in it, from 0."""
    today: Policy
    """The policy as it stands: who no longer stands in it has no voice any more."""
    zone: str
    """The brand's zone: what a day is."""
    head: str = ""
    """The commit of the default branch that is judged."""
    ever_zero: bool = False
    """Whether any policy the default branch ever had says that merging is approving."""
    shallow: bool = False
    """Whether the clone lacks its past: then nothing can be proved."""
    reserved: Collection[str] = field(default=("publisher",))
    """Principals that never approve: the machine that publishes."""
