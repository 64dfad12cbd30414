"""Votes: whether one claim counts, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marronnier.approval.evidence import Evidence
from marronnier.messages import _
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim, Contributors


@dataclass(frozen=True, slots=True)
class Vote:
    """One claim, weighed."""

    claim: Claim
    base: str = ""
    """The commit whose policy judged it."""
    why: str = ""
    """Why it does not count; empty when it does."""
    unsigned: bool = False
    is_self_approval: bool = False
    """It does not count because the person helped to write the words."""


def weigh(claim: Claim, commits: Iterable[str], evidence: Evidence) -> Vote:
    """Whether a claim counts, when these commits made what it names."""
    base = evidence.base_of(claim.arrived) if claim.arrived is not None else None
    policy = evidence.policy_at(base) if base is not None else None
    if base is None or policy is None:
        return Vote(claim, why=_("the approval by {who} came before there was an approval policy", who=claim.by))
    if claim.by in evidence.reserved or claim.by not in policy.approvers:
        why = _("{who} was not among the approvers of brand/approvals.yml when the approval arrived", who=claim.by)
        return Vote(claim, base, why)
    if claim.by not in evidence.current_policy.approvers:
        return Vote(claim, base, _("{who} is no longer among the approvers of brand/approvals.yml", who=claim.by))
    if why := contribution_reason(claim, policy, base, commits, evidence):
        return Vote(claim, base, why, is_self_approval=True)
    status = evidence.verify(claim, base)
    if status == "bad":
        return Vote(claim, base, _("the approval by {who} has a signature that does not match it", who=claim.by))
    if status == "good":
        return Vote(claim, base)
    if not policy.unsigned:
        return Vote(claim, base, _("the approval by {who} is not signed by their key in brand/allowed_signers", who=claim.by))
    written = _written_addresses(claim.by, policy, evidence)
    if written and not claim.addresses & written:
        return Vote(claim, base, _("the unsigned approval by {who} was committed by somebody else", who=claim.by))
    return Vote(claim, base, unsigned=True)


def contribution_reason(claim: Claim, policy: Policy, base: str, commits: Iterable[str], evidence: Evidence) -> str:
    """Why a claim is self-approval: what its person did in these commits. Empty when the person did nothing in them."""
    written = _written_addresses(claim.by, policy, evidence)
    for commit in sorted(commits):
        contributors = evidence.contributors(commit)
        addresses = written | claim.addresses
        role = _role(contributors, addresses, policy)
        rebased = contributors.committer in addresses and contributors.author not in addresses | contributors.co_authors
        if rebased and not contributors.co_authors & addresses:
            # What was approved before it was committed anew is what was approved: the digests say so.
            if contributors.committed is not None and claim.at < contributors.committed:
                continue
            return _(
                "{who} rebased {commit} and cannot approve it: its author runs `git rebase --no-ff {branch}` on the branch, or somebody else approves",
                who=_contributor_name(claim, policy, contributors, written),
                commit=commit[:8],
                branch=evidence.branch,
            )
        if role or evidence.is_signed_by(commit, claim.by, base):
            return _(
                "{who} {role} {commit} and cannot approve it",
                who=_contributor_name(claim, policy, contributors, written) if role else _name(claim.by, policy),
                role=role or _("signed"),
                commit=commit[:8],
            )
    return ""


def _written_addresses(person: str, policy: Policy, evidence: Evidence) -> frozenset[str]:
    """Every address that `brand/approvals.yml` gives a person, in the policy that judges and in the current one, folded."""
    approvers = [judging.approvers[person] for judging in (policy, evidence.current_policy) if person in judging.approvers]
    return frozenset(email.casefold() for approver in approvers for email in approver.emails)


def _name(person: str, policy: Policy) -> str:
    return policy.approvers[person].name or person


def _contributor_name(claim: Claim, policy: Policy, contributors: Contributors, written: frozenset[str]) -> str:
    """Who contributed: somebody who commits an approval in another's name is told of their own contribution."""
    addresses = frozenset({contributors.author, contributors.committer}) | contributors.co_authors
    if addresses & written:
        return _name(claim.by, policy)
    submitted = addresses & claim.addresses
    names = (
        approver.name or person
        for person, approver in policy.approvers.items()
        if submitted & {email.casefold() for email in approver.emails}
    )
    return next(names, ", ".join(sorted(submitted)))


def _role(contributors: Contributors, addresses: frozenset[str], policy: Policy) -> str:
    if contributors.author in addresses:
        return _("wrote")
    if contributors.committer in addresses:
        return _("committed")
    if contributors.co_authors & addresses and policy.co_authors != "allow-if-another-committed":
        return _("co-wrote")
    return ""
