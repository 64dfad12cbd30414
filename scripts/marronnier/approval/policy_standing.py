"""The policy in force, and what the default branch would have instead: which of them judges, and who may approve the change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from marronnier.approval.names import people, people_needed
from marronnier.approval.policy_change import (
    asks_only_for_more,
    change_sentence,
    differences,
    locked_channels,
    quorums_for_change,
    stricter,
)
from marronnier.approval.quorum import Quorum, quorums_of
from marronnier.messages import _, format_day
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Contributors, PolicyClaim, SignatureStatus
from marronnier.model.plan import Approval
from marronnier.model.policy_document import AdoptedPolicy, PolicyDocument
from marronnier.model.publication import Publication
from marronnier.model.where import Where


@dataclass(frozen=True)
class PolicyStanding:
    """Which policy is in force, and how the one on the default branch differs from it."""

    proposed: PolicyDocument
    """As the default branch has it."""
    adopted: tuple[AdoptedPolicy, ...] = ()
    """Those that came into force, oldest first; empty before the ledger recorded any."""
    approval: Approval | None = None
    """Whether the change is approved; None where there is none, or it only asks for more."""

    @property
    def last(self) -> AdoptedPolicy | None:
        """What the ledger recorded last."""
        return self.adopted[-1] if self.adopted else None

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """What the default branch would have otherwise than the policy in force, one sentence each."""
        return differences(self.last.document, self.proposed) if self.last and self.last.document.digest != self.proposed.digest else ()

    @property
    def waits(self) -> bool:
        """Whether the change on the default branch still has to be approved."""
        return self.approval is not None and not self.approval.granted

    @property
    def is_unrecorded(self) -> bool:
        """Whether the next run of the publisher records the policy of the default branch: it is the first one, or nothing holds it back."""
        return self.last is None or (self.last.document.digest != self.proposed.digest and not self.waits)

    @cached_property
    def document(self) -> PolicyDocument:
        """What judges: the policy in force, and as long as another one waits, whatever is stricter in either."""
        if self.last is None or not self.waits:
            return self.proposed
        return stricter(self.last.document, self.proposed)

    @property
    def policy(self) -> Policy:
        """The policy that judges."""
        return self.document.policy

    @cached_property
    def contributor_keys(self) -> bytes:
        """Every key of every person, old or new, as an allowed_signers file: what somebody signed with any of them is theirs."""
        documents = (self.proposed, *(each.document for each in self.adopted))
        return b"".join(dict.fromkeys(line for document in documents for line in document.signers.splitlines(keepends=True)))

    def locked(self, places: Mapping[str, Where], former_names: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        """Of these channels, those that do not speak where the policy in force has them."""
        if self.last is None or (not self.waits and places == self.proposed.places):
            return frozenset()
        return locked_channels(self.last.document if self.waits else self.proposed, places, former_names)

    def merging_counts_since(self, publication: Publication) -> AdoptedPolicy | None:
        """The policy from which on merging counts as approval of a publication, without a break until now; None where it does not count."""
        since = None
        for each in reversed(self.adopted):
            if any(quorum.needed for quorum in quorums_of(each.document.policy, publication, tuple)):
                break
            since = each
        return since

    def approvers_needed(self, barred: Collection[str] = ()) -> str:
        """Who must approve the change, in words; empty where it takes nobody, or too few can: those `barred` wrote it."""
        if self.last is None:
            return ""
        policy = self.last.document.policy
        quorum = _strictest(quorums_for_change(self.last.document, self.proposed))
        may = [who for who in quorum.voters if who not in barred]
        return people_needed(quorum, people(policy, may)) if len(may) >= quorum.needed else ""


RESET_SHOWN = timedelta(days=30)
"""How long a reset is shown everywhere."""


def policy_notices(standing: PolicyStanding, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Sentences for people: a policy that waits, one that the next run records, and a reset of the last 30 days, by the brand's days."""
    last = standing.last
    if last is None:
        return
    for each in standing.adopted:
        if each.is_reset and now - each.at < RESET_SHOWN:
            yield _(
                "The policy was reset on {day} without an approval, by the publisher: see `marronnier policy`.",
                day=format_day(each.at.astimezone(zone).date()),
            )
    if standing.waits and standing.approval is not None:
        yield _(
            "A change of the policy waits ({changes}): {why}. Until then whatever is stricter counts, the old or the new; see `marronnier policy`.",
            changes=change_sentence(standing.changes),
            why=standing.approval.why,
        )


@dataclass(frozen=True)
class PolicyEvidence:
    """What a change of the policy is judged on."""

    claims: tuple[PolicyClaim, ...]
    """Those of the default branch, oldest first."""
    verify: Callable[[PolicyClaim], SignatureStatus]
    """Whether a claim is proved to be its person's, by the keys in force."""
    is_signed_by: Callable[[str, str], bool]
    """Whether a commit is signed by any key of a person."""
    ledger: str
    """The id of the brand's ledger."""
    continued_ledger: str = ""
    """The id of the unsigned ledger that it continues; empty where it continues none."""
    unread: str = ""
    """Why reviews of it do not count, or could not be read; empty where there is nothing to say."""
    hands: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By commit that made the policy what it is: the accounts on the forge that had a hand in it."""
    contributors: Mapping[str, Contributors] = field(default_factory=dict)
    """The commits that made the policy what it is since the one in force, with who made them."""
    reserved: tuple[str, ...] = ("publisher",)


def judge_change(last: AdoptedPolicy, proposed: PolicyDocument, evidence: PolicyEvidence) -> Approval | None:
    """Whether a change of the policy is approved, by the policy in force; None where there is none, or it only asks for more.

    Whoever wrote it counts only where the others are too few: a sole approver may approve their own change.
    """
    if last.document.digest == proposed.digest or asks_only_for_more(last.document, proposed):
        return None
    policy = last.document.policy
    valid: dict[str, PolicyClaim] = {}
    unsigned, why = False, ""
    for claim in evidence.claims:
        if (claim.named.digest, claim.named.after) != (proposed.digest, last.number):
            continue
        if reason := _invalid_reason(claim, policy, evidence):
            why = reason
            continue
        valid[claim.by] = claim
        unsigned = unsigned or (claim.statement is None and claim.review is None)
    writers = policy_writers(last, proposed, evidence)
    quorums = quorums_for_change(last.document, proposed)
    missing = [quorum for quorum in quorums if _count(valid, quorum, writers) < quorum.needed]
    if not missing:
        return Approval(True, tuple(valid), unsigned=unsigned, at=max((claim.at for claim in valid.values()), default=None))
    if not valid and evidence.unread:
        why = evidence.unread
    return Approval(False, tuple(valid), why or _missing_reason(policy, _strictest(missing), valid, writers), unsigned=unsigned)


def would_count(last: AdoptedPolicy, proposed: PolicyDocument, person: str, evidence: PolicyEvidence) -> bool:
    """Whether an approval by this person would count: they did not write the change, or without them there are too few."""
    writers = policy_writers(last, proposed, evidence)
    quorums = quorums_for_change(last.document, proposed)
    return any(person in _voters(quorum, writers) for quorum in quorums if quorum.needed)


def policy_writers(last: AdoptedPolicy, proposed: PolicyDocument, evidence: PolicyEvidence) -> frozenset[str]:
    """The approvers who wrote the change, or part of it."""
    people_of_both = (last.document.policy.approvers, proposed.policy.approvers)
    writers = set()
    for person in last.document.policy.approvers:
        entries = [approvers[person] for approvers in people_of_both if person in approvers]
        for commit, made in evidence.contributors.items():
            addresses = (made.author, made.committer, *made.co_authors)
            is_theirs = any(entry.has_address(address) for entry in entries for address in addresses)
            if is_theirs or evidence.is_signed_by(commit, person):
                writers.add(person)
                break
        accounts = {entry.github for entry in entries}
        if any(accounts & hands for hands in evidence.hands.values()):
            writers.add(person)
    return frozenset(writers)


def _invalid_reason(claim: PolicyClaim, policy: Policy, evidence: PolicyEvidence) -> str:
    """Why a claim does not count; empty when it does."""
    if claim.by in evidence.reserved or claim.by not in policy.approvers:
        return _("{who} may not approve it by the policy in force", who=claim.by)
    if claim.statement is not None and claim.statement.ledger not in (evidence.ledger, evidence.continued_ledger or None):
        return _("the approval by {who} was given in another brand", who=claim.by)
    if claim.review is not None:
        unknown = set(claim.review.commits) & claim.review.unknown_hands
        if policy.approvers[claim.by].github != claim.review.account:
            return _("the review of {reference} is by an account that is not {who}'s", reference=claim.review.reference, who=claim.by)
        if unknown:
            return _(
                "GitHub does not tell who pushed {commit} of {reference}, so nobody's review of it counts",
                commit=min(unknown)[:8],
                reference=claim.review.reference,
            )
    status = evidence.verify(claim)
    if status == "good":
        return ""
    written = {email.casefold() for email in policy.approvers[claim.by].emails}
    if status == "none" and claim.statement is None and policy.unsigned and (not written or claim.addresses & written):
        return ""
    return _("the approval by {who} is not signed by a key of theirs that is in force", who=claim.by)


def _voters(quorum: Quorum, writers: frozenset[str]) -> tuple[str, ...]:
    """Whose votes count for a quorum: those who did not write the change, and everybody where the others are too few."""
    others = tuple(who for who in quorum.voters if who not in writers)
    return others if len(others) >= quorum.needed else quorum.voters


def _count(valid: Mapping[str, PolicyClaim], quorum: Quorum, writers: frozenset[str]) -> int:
    """How many votes count for a quorum."""
    return sum(1 for who in _voters(quorum, writers) if who in valid)


def _missing_reason(policy: Policy, quorum: Quorum, valid: Mapping[str, PolicyClaim], writers: frozenset[str]) -> str:
    """Who still has to approve it."""
    if len(quorum.voters) < quorum.needed:
        return _("nobody can approve it by the policy in force: `marronnier policy reset` leads out")
    voters = [who for who in _voters(quorum, writers) if who not in valid]
    still = Quorum(quorum.needed - _count(valid, quorum, writers), tuple(voters))
    return _("not approved; {people} must approve it", people=people_needed(still, people(policy, voters)))


def _strictest(quorums: tuple[Quorum, ...] | list[Quorum]) -> Quorum:
    return max(quorums, key=lambda quorum: (quorum.needed, -len(quorum.voters)))
