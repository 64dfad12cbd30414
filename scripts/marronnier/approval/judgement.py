"""Judging: whether a publication of the default branch was approved as it stands, by whom, and if not, why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

from marronnier.approval.contributors import Hands, contributors
from marronnier.approval.evidence import Claim, Evidence, Version
from marronnier.approval.moves import keeps_approval
from marronnier.approval.quorum import Quorum, quorums_of, strictest_quorum
from marronnier.approval.votes import Vote, VoteCounter
from marronnier.messages import _, ngettext
from marronnier.model.approval_policy import Policy
from marronnier.model.instant import Instant
from marronnier.model.plan import Approval, Digests
from marronnier.model.publication import Publication, publication_key

Candidate = tuple[Publication, Instant, Digests]
"""A publication as it stands on the default branch, its instant, and its digests."""


def judge(candidates: Iterable[Candidate], evidence: Evidence) -> Mapping[str, Approval]:
    """By key, whether each publication may go out as it stands, by whom or why not.

    Commit ids, file names and dates prove nothing; what counts is what was named, who signed, and what the default branch
    said just before it arrived there.
    """
    return {publication.key: _judge(publication, instant, digests, evidence) for publication, instant, digests in candidates}


def accepted_keys(publication: Publication) -> tuple[str, ...]:
    """The keys under which an approval may name it: its own, its channel's former names, and for an occurrence the whole repeat."""
    names = (publication.channel_name, *publication.channel.was)
    keys = [publication_key(publication.post.id, name, publication.occurrence) for name in names]
    if publication.occurrence is not None:
        keys += [publication_key(publication.post.id, name) for name in names]
    return tuple(keys)


def _judge(publication: Publication, instant: Instant, digests: Digests, evidence: Evidence) -> Approval:
    if evidence.shallow:
        return Approval(False, why=_("this clone lacks its history, so no approval can be proved; run `git fetch --unshallow`"))
    claims = [claim for key in accepted_keys(publication) for claim in evidence.claims.get(key, ())]
    merged = _approved_by_merging(publication, digests, evidence, claims)
    if merged is not None:
        return merged
    named = [claim for claim in claims if not claim.merges]
    same_words = [claim for claim in named if claim.words == digests.words]
    if not same_words:
        return Approval(False, why=_missing_approval_reason(publication, evidence, changed=bool(named)))
    versions = evidence.versions(publication.key)
    exact = [claim for claim in same_words if claim.when == digests.when]
    moved = [claim for claim in same_words if claim.when != digests.when and keeps_approval(claim, digests, instant, versions, evidence)]
    voices = [*exact, *moved]
    if not voices:
        return Approval(False, why=_("its date changed after its approval, by more than `moves` of brand/approvals.yml lets pass"))
    return _weigh_claims(publication, voices, versions, evidence)


def self_approval_reason(publication: Publication, digests: Digests, claim: Claim, evidence: Evidence, base: str) -> str:
    """Why a claim that is about to be made would be self-approval, judged by the policy at a commit; empty when it would not."""
    policy = evidence.policy(base)
    if policy is None:
        return ""
    versions = evidence.versions(publication.key)
    hands = contributors(versions, _approved_before(publication, evidence)).get((digests.words, digests.when), frozenset())
    return VoteCounter(evidence).own(claim, policy, base, hands)


def _weigh_claims(publication: Publication, claims: list[Claim], versions: tuple[Version, ...], evidence: Evidence) -> Approval:
    """Weigh the claims in the order they arrived, until one day the policy of that day is met."""
    every_hand = contributors(versions, lambda _digests, _hands: False)
    approval, theirs = _tally(publication, claims, every_hand, evidence)
    if approval.granted or not theirs:
        return approval
    # Somebody had a hand in the words long ago: hands on a version that was approved since no longer count.
    return _tally(publication, claims, contributors(versions, _approved_before(publication, evidence)), evidence)[0]


def _approved_before(publication: Publication, evidence: Evidence) -> Callable[[Digests, frozenset[str]], bool]:
    """Answers whether an earlier version, made by some commits, was approved."""
    named = [claim for key in accepted_keys(publication) for claim in evidence.claims.get(key, ()) if not claim.merges]

    def approved(digests: Digests, hands: frozenset[str]) -> bool:
        pair = (digests.words, digests.when)
        exact = [claim for claim in named if (claim.words, claim.when) == pair]
        return bool(exact) and _tally(publication, exact, {pair: hands}, evidence)[0].granted

    return approved


def _tally(publication: Publication, claims: list[Claim], hands: Hands, evidence: Evidence) -> tuple[Approval, bool]:
    """The verdict of these claims, and whether somebody's did not count because they had a hand in the words."""
    weighing = VoteCounter(evidence)
    counted: dict[str, Vote] = {}
    refused: list[Vote] = []
    policy = evidence.today
    for claim in sorted(claims, key=lambda one: evidence.order(evidence.arrival(one.commit) or one.commit)):
        voice = weighing.weigh(claim, hands.get((claim.words, claim.when), frozenset()))
        if voice.why:
            refused.append(voice)
            continue
        counted[claim.by] = voice
        policy = evidence.policy(voice.base) or evidence.today
        needs = quorums_of(policy, publication, partial(evidence.expand, voice.base))
        if all(_is_met(need, counted) for need in needs):
            return _granted(policy, [one for who, one in counted.items() if any(who in need.voices for need in needs)]), False
    theirs = any(voice.own_words for voice in refused)
    if counted:
        why = _shortfall(
            strictest_quorum(policy, publication, partial(evidence.expand, next(iter(counted.values())).base)), policy, counted
        )
        return Approval(False, by=tuple(counted), why=why), theirs
    return Approval(False, why=refused[-1].why if refused else _("nobody approved it")), theirs


def _granted(policy: Policy, voices: list[Vote]) -> Approval:
    by = tuple(voice.claim.by for voice in voices)
    unsigned = any(voice.unsigned for voice in voices)
    return Approval(
        True, by=by, why=approved_by(by, policy, unsigned=unsigned), unsigned=unsigned, at=max(voice.claim.at for voice in voices)
    )


def approved_by(by: Iterable[str], policy: Policy, *, unsigned: bool) -> str:
    """By whom something was approved, in words: nobody means that merging was approving."""
    people = _people(policy, by, last=_("{names} and {last}"))
    if not people:
        return _("merging is approving here (quorum: 0)")
    return _("approved by {people}, unsigned", people=people) if unsigned else _("approved by {people}", people=people)


def _shortfall(need: Quorum, policy: Policy, counted: Mapping[str, Vote]) -> str:
    """Who approved, and how many more must."""
    missing = max(need.quorum - sum(1 for who in counted if who in need.voices), 1)
    others = _people(policy, [who for who in need.voices if who not in counted])
    return ngettext(
        "approved by {people}, and {count} more must approve it: {others}",
        "approved by {people}, and {count} more must approve it: {others}",
        missing,
        people=_people(policy, counted, last=_("{names} and {last}")),
        others=others or _("nobody else may"),
    )


def _is_met(need: Quorum, counted: Iterable[str]) -> bool:
    return sum(1 for who in counted if who in need.voices) >= need.quorum


def _approved_by_merging(publication: Publication, digests: Digests, evidence: Evidence, claims: list[Claim]) -> Approval | None:
    """Where the policy of the day said that merging is approving: whether it was merged so, or asked for and merged."""
    if not evidence.ever_zero:
        return None
    return next(
        (
            approval
            for commit, at in _introducing_commits(publication, digests, evidence, claims)
            if (approval := _quorum_zero_approval(commit, at, publication, evidence))
        ),
        None,
    )


def _introducing_commits(
    publication: Publication, digests: Digests, evidence: Evidence, claims: list[Claim]
) -> Iterator[tuple[str, datetime | None]]:
    """Commits of the default branch's own line that made it what it is, or that asked for it as it is; the cheap ones to find come first."""
    yield from ((commit, None) for commit in evidence.brought(publication.key))
    for claim in claims:
        arrival = evidence.arrival(claim.commit)
        if claim.merges and arrival is not None and (claim.words, claim.when) == (digests.words, digests.when):
            yield arrival, claim.at
    versions = evidence.versions(publication.key)
    for version in versions:
        # What a commit left as it was, it did not show: a change to another file approves no post.
        shown = not version.parents or versions[version.parents[0]].digests != digests
        if version.digests == digests and shown and evidence.arrival(version.commit) == version.commit:
            yield version.commit, version.committed


def _quorum_zero_approval(commit: str, at: datetime | None, publication: Publication, evidence: Evidence) -> Approval | None:
    """The approval that lies in a commit of the default branch's own line, when the policy just before it asked for nobody."""
    # Who makes the very first commit decides everything: nothing stands before it, so its own policy is asked.
    base = evidence.base(commit)
    if base is None and evidence.order(commit) == 0:
        base = commit
    policy = evidence.policy(base) if base is not None else None
    if base is None or policy is None:
        return None
    if any(need.quorum for need in quorums_of(policy, publication, partial(evidence.expand, base))):
        return None
    return Approval(True, why=approved_by((), policy, unsigned=False), at=at)


def _missing_approval_reason(publication: Publication, evidence: Evidence, *, changed: bool) -> str:
    need = strictest_quorum(evidence.today, publication, partial(evidence.expand, evidence.head))
    people = _people(evidence.today, need.voices)
    if not need.voices:
        return _("nobody in brand/approvals.yml may approve it")
    if changed:
        return _("its words changed after its approval; {people} must approve it again", people=_people_needed(need, people))
    return _("not approved; {people} must approve it", people=_people_needed(need, people))


def _people_needed(need: Quorum, people: str) -> str:
    if need.quorum <= 1:
        return people
    return ngettext("{count} of {people}", "{count} of {people}", need.quorum, people=people)


def _people(policy: Policy, ids: Iterable[str], *, last: str = "") -> str:
    """Names of people, as `approvals.yml` gives them."""
    names = [(policy.approvers[who].name or who) if who in policy.approvers else who for who in ids]
    if len(names) < 2:
        return "".join(names)
    return (last or _("{names} or {last}")).format(names=", ".join(names[:-1]), last=names[-1])
