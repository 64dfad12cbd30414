"""Voices: whether one claim counts, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marronnier.approval.evidence import Claim, Contributors, Evidence
from marronnier.messages import _
from marronnier.model.approval_policy import Policy


@dataclass(frozen=True, slots=True)
class Vote:
    """One claim, weighed."""

    claim: Claim
    base: str = ""
    """The commit whose policy judged it."""
    why: str = ""
    """Why it does not count; empty when it does."""
    unsigned: bool = False
    own_words: bool = False
    """It does not count because the person had a hand in the words."""


@dataclass(frozen=True, slots=True)
class VoteCounter:
    """Weighs claims against what git says."""

    evidence: Evidence

    def weigh(self, claim: Claim, commits: Iterable[str]) -> Vote:
        """Whether the claim counts, when these commits made what it names."""
        evidence = self.evidence
        arrived = evidence.arrival(claim.commit)
        base = evidence.base(arrived) if arrived is not None else None
        policy = evidence.policy(base) if base is not None else None
        if base is None or policy is None:
            return Vote(claim, why=_("the approval by {who} came before there was a policy to judge it", who=claim.by))
        if claim.by in evidence.reserved or claim.by not in policy.approvers:
            why = _("{who} was not among the approvers of brand/approvals.yml when the approval arrived", who=claim.by)
            return Vote(claim, base, why)
        if claim.by not in evidence.today.approvers:
            return Vote(claim, base, _("{who} is no longer among the approvers of brand/approvals.yml", who=claim.by))
        if why := self.own(claim, policy, base, commits):
            return Vote(claim, base, why, own_words=True)
        signature = evidence.signature(claim.commit, claim.by, base)
        if signature == "bad":
            return Vote(claim, base, _("the approval by {who} carries a signature that does not fit it", who=claim.by))
        if signature == "good":
            return Vote(claim, base)
        if not policy.unsigned:
            return Vote(claim, base, _("the approval by {who} is not signed by their key in brand/allowed_signers", who=claim.by))
        known = self._addresses(claim, policy, with_commit=False)
        if known and not claim.emails & known:
            return Vote(claim, base, _("the unsigned approval by {who} was committed by somebody else", who=claim.by))
        return Vote(claim, base, unsigned=True)

    def own(self, claim: Claim, policy: Policy, base: str, commits: Iterable[str]) -> str:
        """Which of these commits the person had a hand in, so that the claim would be self-approval; empty when in none."""
        addresses = self._addresses(claim, policy, with_commit=True)
        for commit in sorted(commits):
            hands = self.evidence.hands(commit)
            role = _role(hands, addresses, policy)
            if role or self.evidence.signature(commit, claim.by, base) == "good":
                return _(
                    "{who} {role} {commit} and cannot approve it",
                    who=self._name(claim, policy, hands if role else None),
                    role=role or _("signed"),
                    commit=commit[:8],
                )
        return ""

    def _addresses(self, claim: Claim, policy: Policy, *, with_commit: bool) -> frozenset[str]:
        """Every address known to be this person's, in the policy of the day and in today's."""
        written = [
            email for stood in (policy, self.evidence.today) if claim.by in stood.approvers for email in stood.approvers[claim.by].emails
        ]
        return frozenset(email.casefold() for email in written) | (claim.emails if with_commit else frozenset())

    def _name(self, claim: Claim, policy: Policy, hands: Contributors | None) -> str:
        """Whose hand it was: somebody who commits an approval in another's name is told of their own."""
        own = policy.approvers[claim.by].name or claim.by
        if hands is None:
            return own
        theirs = frozenset({hands.author, hands.committer}) | hands.co_authors
        if theirs & self._addresses(claim, policy, with_commit=False):
            return own
        found = theirs & claim.emails
        names = (one.name or who for who, one in policy.approvers.items() if found & {email.casefold() for email in one.emails})
        return next(names, ", ".join(sorted(found)))


def _role(hands: Contributors, addresses: frozenset[str], policy: Policy) -> str:
    if hands.author in addresses:
        return _("wrote")
    if hands.committer in addresses:
        return _("committed")
    if hands.co_authors & addresses and policy.co_authors != "allow-if-another-committed":
        return _("co-wrote")
    return ""
