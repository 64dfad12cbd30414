"""Judging: whether a publication of the default branch was approved as it stands, by whom, and if not, why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from marronnier.approval.contributors import CommitsByDigests, WasApproved, contributing_commits, unapproved_commits
from marronnier.approval.date_moves import has_other_conditions, keeps_approval
from marronnier.approval.evidence import Evidence, ReviewClaims, Version
from marronnier.approval.names import people, people_needed
from marronnier.approval.quorum import Quorum, quorums_of, strictest_quorum
from marronnier.approval.votes import Vote, contribution_reason, earlier_hand_reason, weigh
from marronnier.messages import _, ngettext
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import NOW_OR_LATER, Claim
from marronnier.model.instant import Instant
from marronnier.model.plan import Approval, Digests
from marronnier.model.publication import Publication, current_and_former_keys, publication_key

NotApproved = Callable[[], Approval]
"""Tells why something is not approved, and who may approve it: that reads every version of it, and is asked for once."""

Candidate = tuple[Publication, Instant, Digests]
"""A publication as it stands on the default branch, its instant, and its digests."""


def judge(candidates: Iterable[Candidate], evidence: Evidence) -> Mapping[str, Approval]:
    """By key, whether each publication may go out as it stands, by whom or why not.

    Commit ids, file names and dates prove nothing; what counts is what was named, who signed, and the policy and keys
    of the default branch just before the approval arrived there.
    """
    return {publication.key: _judge(publication, instant, digests, evidence) for publication, instant, digests in candidates}


def _judge(publication: Publication, instant: Instant, digests: Digests, evidence: Evidence) -> Approval:
    if evidence.shallow:
        return Approval(False, why=_("this clone lacks its history, so no approval can be proved; run `git fetch --unshallow`"))
    if publication.channel_name in evidence.locked_channels:
        return Approval(False, why=_locked_reason(publication, evidence), waits_for_policy=True)
    claims = _claims_on(publication, evidence)
    judged = _judge_claims(publication, instant, digests, evidence, claims)
    if isinstance(judged, Approval) and (judged.by or not _needs_votes(publication, evidence)):
        return judged
    reviews = evidence.reviews(publication.key)
    if isinstance(judged, Approval):
        # It was sealed while merging counted, and reviews count now: whoever objects to it is heard.
        if reviews.unread:
            return Approval(False, why=reviews.why, unread=True)
        return _unless_changes_requested(publication, digests, judged, reviews, evidence)
    if reviews.claims:
        judged = _judge_claims(publication, instant, digests, evidence, [*claims, *reviews.claims])
    if not isinstance(judged, Approval) and not reviews.unread and (later := evidence.later_reviews(publication.key)).claims:
        reviews = replace(
            reviews,
            claims=(*reviews.claims, *later.claims),
            change_requests=(*reviews.change_requests, *later.change_requests),
        )
        judged = _judge_claims(publication, instant, digests, evidence, [*claims, *reviews.claims])
    if isinstance(judged, Approval):
        return _unless_changes_requested(publication, digests, judged, reviews, evidence)
    approval = judged()
    if not reviews.claims and reviews.why and (reviews.unread or not approval.by):
        return replace(approval, why=reviews.why, needs_approver=False, unread=reviews.unread)
    return approval


def _judge_claims(
    publication: Publication, instant: Instant, digests: Digests, evidence: Evidence, claims: list[Claim]
) -> Approval | NotApproved:
    """The approval by these claims or by merging; else what tells why there is none."""
    if (sealed := _approved_when_sealed(publication, digests, evidence, claims)) is not None:
        return sealed
    merged = _approved_by_merging(publication, digests, evidence, claims)
    if merged is not None:
        return merged
    approvals = [claim for claim in claims if not claim.is_request]
    same_words = [claim for claim in approvals if claim.digests.words == digests.words]
    if not same_words:
        return lambda: _not_approved(publication, digests, evidence, changed=bool(approvals))
    versions = evidence.versions(publication.key)
    exact = [claim for claim in same_words if claim.digests == digests]
    moved = [
        claim
        for claim in same_words
        if claim.digests != digests and keeps_approval(claim, publication, digests, instant, versions, evidence)
    ]
    if not exact and not moved:
        if any(has_other_conditions(claim, publication, versions, evidence.zone) for claim in same_words):
            return lambda: Approval(False, why=_("`grace`, `on_missed`, `requires` or `expires` changed after its approval"))
        return lambda: Approval(False, why=_("its date changed after its approval, by more than `moves` in brand/approvals.yml allows"))
    return _weigh_claims(publication, digests, [*exact, *moved], versions, evidence)


def _unless_changes_requested(
    publication: Publication, digests: Digests, approval: Approval, reviews: ReviewClaims, evidence: Evidence
) -> Approval:
    """The approval, held where somebody who may approve it requested changes to exactly these words, and approved them in no later review."""
    may = {who for quorum in quorums_of(evidence.policy, publication, evidence.expand) if quorum.needed for who in quorum.voters}
    standing = [
        request
        for request in reviews.change_requests
        if request.by in may
        and request.words in (digests.words, "")
        and not any(each.by == request.by and each.digests.words == digests.words and each.at > request.at for each in reviews.claims)
    ]
    if not standing:
        return approval
    why = _(
        "{who} requested changes to exactly these words in {reference}: they wait until {who} approves them, that review is dismissed, or the words change",
        who=people(evidence.policy, [standing[0].by]),
        reference=standing[0].reference,
    )
    return replace(approval, granted=False, why=why, held_by=tuple(dict.fromkeys(request.by for request in standing)))


def _claims_on(publication: Publication, evidence: Evidence) -> list[Claim]:
    """The claims that may name it: under its own key, under its channel's former names, and for an occurrence of the whole repeat."""
    keys = list(current_and_former_keys(publication))
    if publication.occurrence is not None:
        keys += [publication_key(publication.post.id, name) for name in (publication.channel_name, *publication.channel.was)]
    return [claim for key in keys for claim in evidence.claims.get(key, ())]


def self_approval_reason(publication: Publication, claim: Claim, evidence: Evidence) -> str:
    """Why a claim that is about to be made would be self-approval; empty when it would not."""
    return contribution_reasons(publication, [claim], evidence).get(claim.by, "")


def barred(publication: Publication, digests: Digests, people: Iterable[str], evidence: Evidence) -> Mapping[str, str]:
    """Those of these people who cannot approve a publication with these digests now, each with what they had to do with it."""
    claims = (evidence.review_now(person) or Claim(person, publication.key, digests, NOW_OR_LATER) for person in people)
    return contribution_reasons(publication, claims, evidence)


def contribution_reasons(publication: Publication, claims: Iterable[Claim], evidence: Evidence) -> Mapping[str, str]:
    """By person, why their claim is self-approval; nobody where none is. Finding out reads every version of the publication."""
    versions = evidence.versions(publication.key)

    def reasons(claims: Iterable[Claim], by_digests: CommitsByDigests) -> dict[str, tuple[Claim, str]]:
        told = ((claim, _own_hand_reason(claim, by_digests.get(claim.digests, frozenset()), evidence)) for claim in claims)
        return {claim.by: (claim, why) for claim, why in told if why}

    found = reasons(claims, contributing_commits(versions, lambda _digests, _commits: False))
    if found:
        # Who wrote a version that was approved since no longer counts as its writer.
        settled = contributing_commits(versions, _was_approved(publication, evidence))
        found = reasons([claim for claim, _why in found.values()], settled)
    return {person: why for person, (_claim, why) in found.items()}


def _own_hand_reason(claim: Claim, commits: frozenset[str], evidence: Evidence) -> str:
    """Why a claim is self-approval: by these commits, or by what brought them before."""
    return contribution_reason(claim, commits, evidence) or earlier_hand_reason(claim, commits, evidence)[0]


def _approved_when_sealed(publication: Publication, digests: Digests, evidence: Evidence, claims: list[Claim]) -> Approval | None:
    """The approval that the ledger sealed, where nobody took it back since: each of its people still may approve, and still says so."""
    seal = evidence.seal_of(publication.key, digests)
    if seal is None:
        return None
    named = {claim.by for claim in claims if not claim.is_request and claim.digests.words == digests.words}
    if not all(who in evidence.policy.approvers and who in named for who in seal.by):
        return None
    return Approval(True, by=seal.by, why=approved_by(seal.by, evidence.policy, unsigned=seal.unsigned), unsigned=seal.unsigned)


def _weigh_claims(
    publication: Publication, digests: Digests, claims: list[Claim], versions: tuple[Version, ...], evidence: Evidence
) -> Approval | NotApproved:
    """Weigh the claims in the order they arrived, until the policy is met."""
    since_sealed = contributing_commits(versions, lambda digests, _commits: evidence.was_approved_when_sealed(publication.key, digests))
    was_sealed = evidence.was_sealed(publication.key, digests)
    tally = _tally(publication, claims, since_sealed, evidence, was_sealed=was_sealed)
    if not tally.approval.granted and tally.has_self_approval:
        # An approver wrote an earlier version: who wrote one that was approved since, which only its reviews tell, counts as its writer no longer.
        by_digests = contributing_commits(versions, _was_approved(publication, evidence))
        tally = _tally(publication, claims, by_digests, evidence, was_sealed=was_sealed)
    if tally.approval.granted:
        return tally.approval
    if not tally.missing:
        return lambda: tally.approval
    return lambda: replace(tally.approval, why=_shortfall(publication, digests, tally, evidence))


@dataclass(frozen=True, slots=True)
class _Tally:
    """What some claims amount to."""

    approval: Approval
    has_self_approval: bool = False
    """Whether one of them does not count because it is self-approval."""
    order: tuple[str, ...] = ()
    """Whose claims count, in their order."""
    missing: tuple[Quorum, ...] = ()
    """The quorums that they do not meet; none where nobody's claim counts."""


def commits_to_approve(publication: Publication, evidence: Evidence) -> frozenset[str]:
    """The commits of the default branch that made a publication what it is, and that nobody approved since: whoever edits it builds on them."""
    return unapproved_commits(evidence.versions(publication.key), _was_approved(publication, evidence))


def _was_approved(publication: Publication, evidence: Evidence) -> WasApproved:
    """Answers whether an earlier version, made by some commits, was approved."""

    @cache
    def approvals() -> tuple[Claim, ...]:
        reviews = evidence.reviews_of_all_versions(publication.key).claims
        return (*(claim for claim in _claims_on(publication, evidence) if not claim.is_request), *reviews)

    def was_approved(digests: Digests, commits: frozenset[str]) -> bool:
        if evidence.was_approved_when_sealed(publication.key, digests):
            return True
        exact = [claim for claim in approvals() if claim.digests == digests]
        was_sealed = evidence.was_sealed(publication.key, digests)
        return bool(exact) and (was_sealed or _tally(publication, exact, {digests: commits}, evidence, was_sealed=False).approval.granted)

    return was_approved


def _tally(publication: Publication, claims: list[Claim], by_digests: CommitsByDigests, evidence: Evidence, *, was_sealed: bool) -> _Tally:
    """What these claims amount to; where they are too few, without the sentence that says who else may approve."""
    counted: dict[str, Vote] = {}
    order: list[str] = []
    refused: list[Vote] = []
    policy = evidence.policy
    quorums = list(quorums_of(policy, publication, evidence.expand))
    for claim in sorted(claims, key=lambda claim: evidence.position(claim.arrived or claim.proof)):
        vote = weigh(claim, by_digests.get(claim.digests, frozenset()), evidence, was_sealed=was_sealed)
        if vote.why:
            refused.append(vote)
            continue
        counted[claim.by] = vote
        order.append(claim.by)
        if (former := evidence.former_policy(claim.arrived or claim.proof)) is not None:
            # It came before the ledger recorded any policy: then the one just before it is asked as well.
            quorums = list(dict.fromkeys((*quorums, *quorums_of(former, publication, evidence.expand))))
        if all(quorum.is_met(order) for quorum in quorums):
            return _Tally(_granted(policy, [vote for who, vote in counted.items() if any(who in quorum.voters for quorum in quorums)]))
    has_self_approval = any(vote.is_self_approval for vote in refused)
    if counted:
        missing = tuple(quorum for quorum in quorums if not quorum.is_met(order))
        return _Tally(Approval(False, by=tuple(counted)), has_self_approval, tuple(order), missing)
    unread = any(vote.unread for vote in refused)
    return _Tally(Approval(False, why=refused[-1].why if refused else _("nobody approved it"), unread=unread), has_self_approval)


def _granted(policy: Policy, votes: list[Vote]) -> Approval:
    by = tuple(vote.claim.by for vote in votes)
    unsigned = any(vote.unsigned for vote in votes)
    return Approval(True, by=by, why=approved_by(by, policy, unsigned=unsigned), unsigned=unsigned, at=max(vote.claim.at for vote in votes))


def approved_by(by: Iterable[str], policy: Policy, *, unsigned: bool) -> str:
    """By whom something was approved, in words: nobody means that merging was approving."""
    names = people(policy, by, last=_("{names} and {last}"))
    if not names and policy.quorum:
        return _("merged when merging counted as approval (quorum: 0)")
    if not names:
        return _("merging counts as approval here (quorum: 0)")
    return _("approved by {people}, unsigned", people=names) if unsigned else _("approved by {people}", people=names)


def _shortfall(publication: Publication, digests: Digests, tally: _Tally, evidence: Evidence) -> str:
    """Who approved, how many more must, and who may."""
    quorum, policy = max(tally.missing, key=lambda quorum: (quorum.needed, -len(quorum.voters))), evidence.policy
    counted, votes = dict.fromkeys(tally.order), quorum.votes(tally.order)
    missing = max(quorum.needed - len(votes), 1)
    left = [who for who in quorum.voters if who not in votes]
    writers = barred(publication, digests, left, evidence)
    others = people(policy, [who for who in left if who not in writers])
    if quorum.after and not counted.keys() & set(quorum.after):
        return _(
            "approved by {people}, and {first} must approve it before {others}",
            people=people(policy, counted, last=_("{names} and {last}")),
            first=people(policy, quorum.after),
            others=others,
        )
    return ngettext(
        "approved by {people}, and {count} more must approve it: {others}",
        "approved by {people}, and {count} more must approve it: {others}",
        missing,
        people=people(policy, counted, last=_("{names} and {last}")),
        others=others or _("nobody else may approve it"),
    )


def _needs_votes(publication: Publication, evidence: Evidence) -> bool:
    """Whether the policy in force asks somebody to approve it: merging alone is not enough."""
    return any(quorum.needed for quorum in quorums_of(evidence.policy, publication, evidence.expand))


def _approved_by_merging(publication: Publication, digests: Digests, evidence: Evidence, claims: list[Claim]) -> Approval | None:
    """The approval by merging it, or by merging a request for it; None where the policy in force does not say that merging is approving."""
    if _needs_votes(publication, evidence):
        return None
    why = approved_by((), evidence.policy, unsigned=False)
    return next(
        (
            Approval(True, why=why, at=at)
            for commit, at in _introducing_commits(publication, digests, evidence, claims)
            if evidence.merging_counted(commit, publication)
        ),
        None,
    )


def _introducing_commits(
    publication: Publication, digests: Digests, evidence: Evidence, claims: list[Claim]
) -> Iterator[tuple[str, datetime | None]]:
    """Commits of the default branch's own line that made it what it is or brought a request for it, the cheap ones to find first.

    Each comes with the instant that the commit or the request gives, where that is known.
    """
    yield from ((commit, None) for commit in evidence.introducing_commits(publication.key))
    for claim in claims:
        if claim.is_request and claim.arrived is not None and claim.digests == digests:
            yield claim.arrived, claim.at
    versions = evidence.versions(publication.key)
    for version in versions:
        # What a commit left as it was, it did not show: a change to another file approves no post.
        is_changed = not version.parents or versions[version.parents[0]].digests != digests
        if version.digests == digests and is_changed and version.arrived == version.commit:
            yield version.commit, version.committed


def _not_approved(publication: Publication, digests: Digests, evidence: Evidence, *, changed: bool) -> Approval:
    """What nobody approved as it stands, with who may; where too few may, with what the others had to do with it."""
    quorum = strictest_quorum(evidence.policy, publication, evidence.expand)
    if not quorum.voters:
        return Approval(False, why=_("nobody in brand/approvals.yml may approve it"))
    writers = barred(publication, digests, quorum.voters, evidence) if quorum.needed else {}
    may = [who for who in quorum.voters if who not in writers]
    if writers and len(may) < quorum.needed:
        return Approval(False, why=next(iter(writers.values())), needs_approver=True)
    names = people_needed(quorum, people(evidence.policy, may))
    if changed:
        return Approval(False, why=_("its text changed after its approval; {people} must approve it again", people=names))
    return Approval(False, why=_("not approved; {people} must approve it", people=names))


def _locked_reason(publication: Publication, evidence: Evidence) -> str:
    return _(
        "{channel} does not speak where the policy in force has it: its account, host or secrets in brand/channels.yml must be approved first",
        channel=publication.channel_name,
    )
