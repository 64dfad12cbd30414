"""The evidence on which an approval is judged: claims, the versions a publication had, and questions about commits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from marronnier.model.approval_policy import Policy
from marronnier.model.claim import ChangeRequest, Claim, Contributors, EarlierHands, SignatureStatus
from marronnier.model.history import Seal
from marronnier.model.plan import Digests
from marronnier.model.publication import Publication


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


@dataclass(frozen=True, slots=True)
class ReviewClaims:
    """The claims that reviews on the forge make on one publication."""

    claims: tuple[Claim, ...] = ()
    why: str = ""
    """Why other reviews of it do not count, or none could be read; empty where there is nothing to say."""
    unread: bool = False
    """They could not be read: there may be an approval among them."""
    change_requests: tuple[ChangeRequest, ...] = ()
    """Standing requests to change it, by approvers."""


@dataclass(frozen=True)
class Evidence:
    """Everything that a judgement asks for, as data and callables: judging itself reads nothing."""

    claims: Mapping[str, tuple[Claim, ...]]
    """By key, oldest first."""
    policy: Policy
    """The policy that judges: the one in force, its groups of channels and its teams resolved."""
    expand: Callable[[Iterable[str]], tuple[str, ...]]
    """Names that channels had before to those they have now."""
    locked_channels: frozenset[str]
    """The channels that do not speak where the policy in force has them."""
    verify: Callable[[Claim], SignatureStatus]
    """Whether a claim is proved to be its person's, by the keys in force."""
    is_signed_by: Callable[[str, str], bool]
    """Whether a commit is signed by any key of a person."""
    merging_counted: Callable[[str, Publication], bool]
    """Whether merging counted as approval of a publication when a commit of the default branch's own line arrived."""
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
    zone: str
    """The brand's zone: what a day is."""
    former_policy: Callable[[str], Policy | None] = lambda _commit: None
    """Of a commit that arrived before the ledger recorded any policy, the policy of the default branch just before it; else None."""
    branch: str = "main"
    """The default branch's name, for what people are told to run."""
    contains: Callable[[str, str], bool] = lambda _head, _commit: True
    """Whether the first commit is the second one or comes after it; False when the clone lacks the first."""
    ledger_at: Callable[[str], str] = lambda _commit: ""
    """The id of the ledger that the brand names at a commit; empty while it names none."""
    continued_ledger: str = ""
    """The id of the unsigned ledger that the brand's signed one continues: what was approved for it counts on. Empty where it continues none."""
    was_sealed: Callable[[str, Digests], bool] = lambda _key, _digests: False
    """Whether the ledger ever sealed a publication with these digests."""
    was_approved_when_sealed: Callable[[str, Digests], bool] = lambda _key, _digests: False
    """Whether the ledger ever sealed a publication with these digests on the approval of somebody."""
    reviews: Callable[[str], ReviewClaims] = lambda _key: ReviewClaims()
    """By a publication's key: what reviews on the forge say. Asked only where nothing else approves it: the forge may be far away."""
    reviews_of_all_versions: Callable[[str], ReviewClaims] = lambda _key: ReviewClaims()
    """By a publication's key: what reviews say of every version it had. Asked only where whoever wrote an earlier one approves a later one."""
    later_reviews: Callable[[str], ReviewClaims] = lambda _key: ReviewClaims()
    """By a publication's key: what reviews say of pull requests that brought the same words again. Asked only where the others do not approve it."""
    earlier_hands: Callable[[str, str], tuple[EarlierHands, ...]] = lambda _key, _commit: ()
    """By a publication's key and a commit that changed it: who brought that to the default branch.

    Asked only of what no review was of and nobody approved since, about whose words a review counts otherwise.
    """
    review_now: Callable[[str], Claim | None] = lambda _person: None
    """By person: the claim that a review by them would make now; None where the forge has none. It knows hands that no commit names."""
    seal_of: Callable[[str, Digests], Seal | None] = lambda _key, _digests: None
    """The seal in force of a publication, where it has these digests."""
    head: str = ""
    """The commit of the default branch that is judged."""
    shallow: bool = False
    """Whether the clone lacks its history: then nothing can be proved."""
    reserved: Collection[str] = field(default=("publisher",))
    """Principals that never approve: the machine that publishes."""
