"""The evidence on which an approval is judged: claims, the versions a publication had, and questions about commits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim, Contributors, SignatureStatus
from marronnier.model.plan import Digests
from marronnier.model.publication import Publication
from marronnier.model.where import Where


@dataclass(frozen=True, slots=True)
class Version:
    """A publication at a commit that changed its digests, or that brought versions of it together."""

    commit: str
    parents: tuple[int, ...]
    """Positions of the versions before it; the first is the branch's own."""
    digests: Digests | None
    """None where the publication did not exist."""
    at: datetime | None = None
    """The instant of a written date; None where the tool chooses, or nothing can be given."""
    committed: datetime | None = None
    """As the commit says: shown to people, never trusted."""
    arrived: str | None = None
    """The commit of the default branch's own line (first parents) that brought it; None while it has not arrived."""


@dataclass(frozen=True)
class Evidence:
    """Everything that a judgement asks for, as data and callables: judging itself reads nothing."""

    claims: Mapping[str, tuple[Claim, ...]]
    """By key, oldest first."""
    base_of: Callable[[str], str | None]
    """The commit just before one of the default branch's own line, whose policy and keys judge it; None for its first."""
    policy_at: Callable[[str], Policy | None]
    """The policy at a commit; None when `brand/approvals.yml` is missing or unreadable there."""
    expand_at: Callable[[str, Iterable[str]], tuple[str, ...]]
    """Groups of channels to channel names, as a commit has them."""
    verify: Callable[[Claim, str], SignatureStatus]
    """Whether a claim is proved to be its person's, by the keys at a commit."""
    is_signed_by: Callable[[str, str, str], bool]
    """Whether a commit is signed by a person's key, as it stood at another commit."""
    contributors: Callable[[str], Contributors]
    """Who made a commit."""
    versions: Callable[[str], tuple[Version, ...]]
    """Of a publication by its key: oldest first, the last one as it stands on the default branch."""
    introducing_commits: Callable[[str], Iterable[str]]
    """By a publication's key: commits of the default branch's own line that changed its post, and by that made it what it is.

    Cheaper to find than all versions.
    """
    position: Callable[[str], int]
    """The position of a commit on the default branch's own line, from 0."""
    current_policy: Policy
    """The policy as it stands: whoever is not in it any more has no vote."""
    zone: str
    """The brand's zone: what a day is."""
    where_at: Callable[[str, Publication], Where | None]
    """Where a publication's channel spoke, as a commit has it; None where there is no such channel or it cannot be read."""
    branch: str = "main"
    """The default branch's name, for what people are told to run."""
    contains: Callable[[str, str], bool] = lambda _head, _commit: True
    """Whether the first commit is the second one or comes after it; False when the clone lacks the first."""
    ledger_at: Callable[[str], str] = lambda _commit: ""
    """The id of the ledger that the brand names at a commit; empty while it names none."""
    was_sealed: Callable[[str, Digests], bool] = lambda _key, _digests: False
    """Whether the ledger ever sealed a publication with these digests."""
    head: str = ""
    """The commit of the default branch that is judged."""
    had_quorum_zero: bool = False
    """Whether any policy the default branch ever had says that merging is approving."""
    shallow: bool = False
    """Whether the clone lacks its history: then nothing can be proved."""
    reserved: Collection[str] = field(default=("publisher",))
    """Principals that never approve: the machine that publishes."""
