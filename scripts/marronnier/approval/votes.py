"""Votes: whether one claim counts, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marronnier.approval.evidence import Evidence
from marronnier.messages import N_, _
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim, Contributors, ReviewProof


@dataclass(frozen=True, slots=True)
class Vote:
    """One claim, weighed."""

    claim: Claim
    why: str = ""
    """Why it does not count; empty when it does."""
    unsigned: bool = False
    is_self_approval: bool = False
    """It does not count because the person helped to write the words."""
    unread: bool = False
    """It does not count because the forge could not be asked whose the words are."""


def weigh(claim: Claim, commits: Iterable[str], evidence: Evidence, *, was_sealed: bool) -> Vote:
    """Whether a claim counts, when these commits made what it names.

    `was_sealed`: the ledger sealed what is judged. Only there does a claim of the older form count, which its commit's signature alone proved:
    whoever signs a message that somebody else wrote would approve what it says.
    """
    policy = evidence.policy
    former = evidence.former_policy(claim.arrived or claim.proof)
    if claim.by in evidence.reserved or claim.by not in policy.approvers:
        return Vote(claim, _("{who} is not among the approvers of the policy in force", who=claim.by))
    if former is not None and claim.by not in former.approvers:
        return Vote(claim, _("{who} was not among the approvers of brand/approvals.yml when the approval arrived", who=claim.by))
    if claim.review is not None and (why := _account_reason(claim, claim.review, former, evidence)):
        return Vote(claim, why)
    if why := contribution_reason(claim, commits, evidence):
        return Vote(claim, why, is_self_approval=True)
    why, unread = earlier_hand_reason(claim, commits, evidence)
    if why:
        return Vote(claim, why, is_self_approval=True, unread=unread)
    if claim.statement is not None and not _is_for_this_brand(claim.statement.ledger, claim.seen, evidence):
        return Vote(claim, _("the approval by {who} was given in another brand", who=claim.by))
    status, allows_unsigned = evidence.verify(claim), policy.unsigned and (former is None or former.unsigned)
    if claim.older_form and status == "good" and not was_sealed:
        if not allows_unsigned:
            return Vote(claim, _("the approval by {who} has no signature of its own, as those of earlier versions", who=claim.by))
        status = "none"
    if status == "bad" and claim.statement is None:
        return Vote(claim, _("the approval by {who} has a signature that does not match it", who=claim.by))
    if status == "good":
        return Vote(claim)
    if status == "bad" or not allows_unsigned:
        return Vote(claim, _("the approval by {who} is not signed by their key in brand/allowed_signers", who=claim.by))
    written = _written_addresses(claim.by, evidence)
    if written and not claim.addresses & written:
        return Vote(claim, _("the unsigned approval by {who} was committed by somebody else", who=claim.by))
    return Vote(claim, unsigned=True)


def _is_for_this_brand(ledger: str, seen: str, evidence: Evidence) -> bool:
    """Whether a statement names this brand's ledger or the unsigned one that it continues, or was made before the brand had one."""
    return ledger in (evidence.ledger_at(evidence.head), evidence.continued_ledger or None) or (
        ledger == "none" and not evidence.ledger_at(seen or evidence.head)
    )


def contribution_reason(claim: Claim, commits: Iterable[str], evidence: Evidence) -> str:
    """Why a claim is self-approval: what its person did in these commits. Empty when the person did nothing in them."""
    if claim.review is not None:
        commits = (set(commits) - claim.review.copies) | set(claim.review.commits)
        if why := _hand_reason(claim, claim.review, commits, evidence):
            return why
    return _contributor_reason(claim, commits, evidence)


def earlier_hand_reason(claim: Claim, commits: Iterable[str], evidence: Evidence) -> tuple[str, bool]:
    """Why a review is self-approval by what came before its pull request, and whether the forge could not be asked that.

    Of these commits, those that the reviewed pull request did not make are asked about: who opened, wrote or pushed what brought them.
    """
    review = claim.review
    if review is None:
        return "", False
    who = _name(claim.by, evidence.policy)
    for commit in sorted(set(commits) - review.copies - set(review.commits) - review.hands.keys()):
        for hands in evidence.earlier_hands(claim.key, commit):
            if hands.unread:
                return hands.unread, True
            if review.account in hands.accounts and hands.reference:
                return _(
                    "{who} opened, wrote or pushed {reference}, and nobody approved since what it brought ({commit}): somebody else approves it",
                    who=who,
                    reference=hands.reference,
                    commit=commit[:8],
                ), False
            if review.account in hands.accounts:
                return _(
                    "{who} pushed {commit} to {branch}, and nobody approved it since: somebody else approves it",
                    who=who,
                    commit=commit[:8],
                    branch=evidence.branch,
                ), False
            if not hands.is_known:
                return _(
                    "GitHub does not tell who brought {commit}, and nobody approved it since, so no review counts: `marronnier approve {key}` does, or the post under another `id`",
                    commit=commit[:8],
                    key=claim.key,
                ), False
            if why := _contributor_reason(claim, hands.commits, evidence):
                return why, False
    return "", False


def _contributor_reason(claim: Claim, commits: Iterable[str], evidence: Evidence) -> str:
    """Why a claim is self-approval by what these commits say of who made them."""
    policy, written = evidence.policy, _written_addresses(claim.by, evidence)
    for commit in sorted(commits):
        contributors = evidence.contributors(commit)
        own = written | _own_addresses(claim.by, contributors, policy)
        addresses = own | claim.addresses
        if _only_committed(contributors, addresses):
            if _approved_before(claim, commit, contributors, evidence) or _is_made_by_forge(claim, commit, evidence):
                continue
            return _(
                "{who} rebased {commit} and cannot approve it: its author runs `git rebase --no-ff {branch}` on the branch, or somebody else approves",
                who=_contributor_name(claim, policy, contributors, own),
                commit=commit[:8],
                branch=evidence.branch,
            )
        role = _role(contributors, addresses, policy)
        if (
            claim.proof == commit
            and not addresses & {contributors.author, contributors.committer}
            and contributors.co_authors & addresses
            and role
        ):
            # Forges name each author of a squashed commit, the one that approves too. Nothing tells it from words of theirs.
            return _(
                "{who} is named as a co-author of {commit}, the squash that brought their approval: somebody else approves, or `co_authors: allow-if-another-committed` in brand/approvals.yml; the next time, merge without a squash, or leave their line `Co-authored-by` out",
                who=_contributor_name(claim, policy, contributors, own),
                commit=commit[:8],
            )
        if role or evidence.is_signed_by(commit, claim.by):
            who = _contributor_name(claim, policy, contributors, own) if role else _name(claim.by, policy)
            return _(role or N_("{who} signed {commit} and cannot approve it"), who=who, commit=commit[:8])
    return ""


def _account_reason(claim: Claim, review: ReviewProof, former: Policy | None, evidence: Evidence) -> str:
    """Why a review is not by the account that the policy gives its person; empty when it is."""
    for policy in (evidence.policy, *((former,) if former is not None else ())):
        if policy.approvers[claim.by].github != review.account:
            return _(
                "the review of {reference} is by an account that is not {who}'s", reference=review.reference, who=_name(claim.by, policy)
            )
    return ""


def _hand_reason(claim: Claim, review: ReviewProof, commits: Iterable[str], evidence: Evidence) -> str:
    """Why a review is self-approval by what the forge knows of its account: it opened the pull request, or wrote or pushed one of these commits."""
    who = _name(claim.by, evidence.policy)
    if review.account == review.author:
        return _("{who} opened {reference} and cannot approve it", who=who, reference=review.reference)
    if review.author is None:
        return _("{reference} was opened by an account that is gone: somebody else opens it again", reference=review.reference)
    for commit in sorted(commits):
        if review.account in review.hands.get(commit, ()):
            return _(
                "{who} wrote, committed or pushed {commit} of {reference} and cannot approve it",
                who=who,
                commit=commit[:8],
                reference=review.reference,
            )
        if commit in review.unknown_hands:
            return _(
                "GitHub does not tell who pushed {commit} of {reference}, so nobody's review of it counts",
                commit=commit[:8],
                reference=review.reference,
            )
    return ""


def _approved_before(claim: Claim, commit: str, contributors: Contributors, evidence: Evidence) -> bool:
    """Whether a claim is older than a commit that carries its words: its person rebased or merged what they had approved.

    A signed statement names what was before it; of a claim without one, its date has to be believed.
    """
    if claim.statement is not None:
        return not evidence.contains(claim.statement.head, commit)
    if claim.review is not None:
        return not evidence.contains(claim.seen, commit)
    return contributors.committed is not None and claim.at < contributors.committed


def _is_made_by_forge(claim: Claim, commit: str, evidence: Evidence) -> bool:
    """Whether the forge made a commit of a pull request's own, as its rebase button does: whoever merged is its committer, and changed no word."""
    return any(hands.commits for hands in evidence.earlier_hands(claim.key, commit))


def _written_addresses(person: str, evidence: Evidence) -> frozenset[str]:
    """Every address that `brand/approvals.yml` gives a person, folded."""
    approver = evidence.policy.approvers.get(person)
    return frozenset(email.casefold() for email in approver.emails) if approver is not None else frozenset()


def _own_addresses(person: str, contributors: Contributors, policy: Policy) -> frozenset[str]:
    """Of a commit's addresses, those of a person; a forge gives accounts addresses that no policy lists."""
    approver = policy.approvers.get(person)
    addresses = (contributors.author, contributors.committer, *contributors.co_authors)
    return frozenset(address for address in addresses if approver is not None and approver.has_address(address))


def _name(person: str, policy: Policy) -> str:
    return (policy.approvers[person].name or person) if person in policy.approvers else person


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


def _only_committed(contributors: Contributors, addresses: frozenset[str]) -> bool:
    """Whether one of these addresses committed what others wrote."""
    return contributors.committer in addresses and not addresses & {contributors.author, *contributors.co_authors}


def _role(contributors: Contributors, addresses: frozenset[str], policy: Policy) -> str:
    if contributors.author in addresses:
        return N_("{who} wrote {commit} and cannot approve it")
    if contributors.co_authors & addresses and policy.co_authors != "allow-if-another-committed":
        return N_("{who} co-wrote {commit} and cannot approve it")
    if contributors.committer in addresses:
        return N_("{who} committed {commit} and cannot approve it")
    return ""
