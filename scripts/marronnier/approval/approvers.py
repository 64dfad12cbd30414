"""Approvers: who must approve a publication, who may, who did, and what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from marronnier.approval.evidence import Evidence
from marronnier.approval.judgement import barred
from marronnier.approval.quorum import Quorum, quorums_of
from marronnier.model.approval_policy import Policy
from marronnier.model.plan import Approval, Digests
from marronnier.model.publication import Publication, current_and_former_keys


@dataclass(frozen=True, slots=True)
class QuorumStanding:
    """One quorum of a publication, and how far it is met. People are ids of `brand/approvals.yml`."""

    needed: int
    approved: tuple[str, ...]
    may: tuple[str, ...]
    """Those whose approval would count and who have not given it."""
    first: tuple[str, ...] = ()
    """Of these people somebody must approve before any vote counts; empty where somebody did, and where the order is free."""
    barred: tuple[tuple[str, str], ...] = ()
    """Those whose vote would count but for a reason, with the reason: they wrote it."""

    @property
    def missing(self) -> int:
        """How many must still approve."""
        return max(self.needed - len(self.approved), 0)

    @property
    def is_out_of_reach(self) -> bool:
        """Whether fewer may still approve than must."""
        return self.missing > len(self.may)


@dataclass(frozen=True, slots=True)
class ApprovalStanding:
    """Who must approve a publication as it stands, by the policy that judges."""

    quorums: tuple[QuorumStanding, ...]
    """All of them must be met."""
    approval: Approval
    """The judgement: granted or not, and why."""
    policy: Policy
    objection: str = ""
    """Why the approvals that somebody gave do not count; empty where they do, or nobody gave one."""

    @property
    def merging_counts(self) -> bool:
        """Whether nobody must approve it: merging is approving."""
        return all(quorum.needed == 0 for quorum in self.quorums)

    @property
    def missing(self) -> tuple[QuorumStanding, ...]:
        """The quorums that are not met yet, the one that takes most first."""
        if self.approval.granted:
            return ()
        unmet = (quorum for quorum in self.quorums if quorum.missing)
        return tuple(sorted(unmet, key=lambda quorum: (-quorum.missing, len(quorum.may))))

    def name(self, person: str) -> str:
        """The name of a person as the policy gives it, else their id."""
        approver = self.policy.approvers.get(person)
        return (approver.name if approver is not None else "") or person


def standing_of(publication: Publication, digests: Digests, approval: Approval, evidence: Evidence) -> ApprovalStanding:
    """Who must approve a publication with these digests, who may, and who did as far as `approval` says."""
    quorums = quorums_of(evidence.policy, publication, evidence.expand)
    asked = dict.fromkeys(person for quorum in quorums if _is_asked(quorum, approval) for person in quorum.voters)
    writers = barred(publication, digests, asked, evidence) if asked else {}
    standings = []
    for quorum in quorums:
        votes = quorum.votes(approval.by)
        approved = tuple(person for person in approval.by if person in votes)
        first = quorum.after if not set(quorum.after) & set(approval.by) and not approval.granted else ()
        waiting = [person for person in quorum.voters if person not in approved] if _is_asked(quorum, approval) else []
        may = tuple(person for person in waiting if person not in writers)
        others = tuple((person, writers[person]) for person in waiting if person in writers)
        standings.append(QuorumStanding(quorum.needed, approved, may, first, others))
    has_claims = any(not claim.is_request for key in current_and_former_keys(publication) for claim in evidence.claims.get(key, ()))
    if not has_claims and not approval.granted:
        reviews = evidence.reviews(publication.key)
        has_claims = bool(reviews.claims or reviews.why or approval.unread)
    objection = approval.why if has_claims and not approval.granted and not approval.by else ""
    return ApprovalStanding(tuple(standings), approval, evidence.policy, objection)


def _is_asked(quorum: Quorum, approval: Approval) -> bool:
    """Whether it matters who else may approve."""
    return quorum.needed > 0 and not approval.granted
