"""Reviews that approve a change of the policy: of pull requests that brought exactly this policy after the one in force."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marronnier.forge import Forge, ForgeTrouble
from marronnier.git import Repo
from marronnier.git.commit_log import CommitLog
from marronnier.messages import _
from marronnier.model.claim import Contributors, NamedPolicy, PolicyClaim, ReviewProof
from marronnier.model.policy_document import AdoptedPolicy, PolicyDocument
from marronnier.model.review import PullRequest
from marronnier.proofs.copied_commits import copies_of

DigestAt = Callable[[str], str]
"""The digest of the policy at a commit."""


@dataclass(frozen=True)
class PolicyReviews:
    """What reviews say of a change of the policy."""

    claims: tuple[PolicyClaim, ...] = ()
    why: str = ""
    """Why other reviews of it do not count, or none could be read."""
    hands: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By commit that made the policy what it is: the accounts that wrote, committed or pushed it, or opened its pull request.

    Where a review approves it, of those too that came before, reviewed or not.
    """
    contributors: Mapping[str, Contributors] = field(default_factory=dict)
    """Commits of pull requests that made the policy what it is, with who made them."""
    copies: frozenset[str] = frozenset()
    """Commits of the default branch that the forge made of those."""


def read_policy_reviews(
    repo: Repo,
    forge: Forge,
    log: CommitLog,
    last: AdoptedPolicy,
    proposed: PolicyDocument,
    files: Sequence[str],
    digest_at: DigestAt,
    repository: str,
    made_by: Collection[str],
) -> PolicyReviews:
    """What reviews say of the change from the policy in force to the one at the head of these commits. The policy in force says who may.

    `made_by`: the commits of the default branch that made the policy what it is since.
    """
    accounts: dict[int, str] = {}
    for person, approver in last.document.policy.approvers.items():
        if approver.github is not None:
            accounts.setdefault(approver.github, person)
    if not accounts:
        return PolicyReviews()
    commits = _commits_since(repo, log, last, files)
    if not commits:
        return PolicyReviews()
    if why := forge.reviews_problem(repository):
        return PolicyReviews(why=why)
    claims: list[PolicyClaim] = []
    refused: list[str] = []
    hands: dict[str, frozenset[int]] = {}
    contributors: dict[str, Contributors] = {}
    copies: set[str] = set()
    try:
        pulls = {pull.reference: pull for commit in commits for pull in forge.pull_requests(commit, log, accounts)}
        for pull in pulls.values():
            refused += pull.refused
            made = tuple(_made_by(pull, digest_at))
            hands |= {oid: pull.hands.get(oid, frozenset()) | ({pull.author} if pull.author is not None else frozenset()) for oid in made}
            contributors |= {oid: pull.contributors[oid] for oid in made}
            if made:
                copies |= copies_of(pull, log)
            claims += _claims_of(pull, made, repo, accounts, NamedPolicy(proposed.digest, last.number), digest_at, refused)
        known = copies.union(*(pull.contributors for pull in pulls.values() if pull.reviews))
        for commit in sorted(set(made_by) - known) if claims else ():
            accounts_of, is_known = _earlier_hands(forge, log, commit, digest_at, contributors)
            if not is_known:
                why = _("GitHub does not tell who brought {commit}, so no review of this policy counts: `marronnier approve --policy` does", commit=commit[:8])  # fmt: skip
                return PolicyReviews(why=why)
            hands[commit] = accounts_of
    except ForgeTrouble as error:
        return PolicyReviews(why=_("its reviews cannot be read, so it is not approved: {why}", why=error.brief))
    return PolicyReviews(tuple(claims), refused[-1] if refused else "", hands, contributors, frozenset(copies))


def _earlier_hands(
    forge: Forge, log: CommitLog, commit: str, digest_at: DigestAt, contributors: dict[str, Contributors]
) -> tuple[frozenset[int], bool]:
    """Who brought a commit that no review was of to the default branch, and whether each is known; `contributors` gains what it was made of."""
    pulls = [pull for pull in forge.makers(commit, log) if commit in pull.contributors or len(log.commits[commit].parents) < 2]
    if not pulls:
        return forge.pushers(log.commits[commit], log)
    hands: set[int] = set()
    is_known = True
    for pull in pulls:
        made = (commit,) if commit in pull.contributors else tuple(_made_by(pull, digest_at)) or tuple(pull.contributors)
        contributors |= {oid: pull.contributors[oid] for oid in made}
        hands = hands.union(*(pull.hands.get(oid, frozenset()) for oid in made), {pull.author} if pull.author is not None else set())
        is_known = is_known and pull.is_readable and pull.author is not None and not pull.unknown_hands.intersection(made)
    return frozenset(hands), is_known


def _commits_since(repo: Repo, log: CommitLog, last: AdoptedPolicy, files: Sequence[str]) -> list[str]:
    """Commits of the default branch's own line since the policy in force that changed a file of the policy; none where that commit is gone.

    What was approved before the policy in force was recorded is not approved again by that.
    """
    if not last.commit or not repo.is_ancestor(last.commit, log.head):
        return []
    listed = repo.try_text("rev-list", "--first-parent", "--diff-merges=first-parent", log.head, f"^{last.commit}", "--", *files) or ""
    return [oid for oid in listed.split() if oid in log.positions]


def _claims_of(
    pull: PullRequest,
    made: Sequence[str],
    repo: Repo,
    accounts: Mapping[int, str],
    named: NamedPolicy,
    digest_at: DigestAt,
    refused: list[str],
) -> Iterator[PolicyClaim]:
    before = pull.before
    for review in pull.reviews:
        merge_base = repo.try_text("merge-base", "--end-of-options", before, review.commit) if before is not None else None
        if merge_base is None:
            continue
        if digest_at(review.commit) != named.digest or digest_at(merge_base) == named.digest:
            refused.append(_("{reference} did not show this policy to its reviewers", reference=pull.reference))
            continue
        proof = ReviewProof(review.account, pull.reference, pull.author, tuple(made), pull.hands, pull.unknown_hands, frozenset())
        yield PolicyClaim(accounts[review.account], named, review.at, review=proof)


def _made_by(pull: PullRequest, digest_at: DigestAt) -> Iterator[str]:
    """The pull request's commits that made the policy another than each of their parents had it."""
    for oid, parents in pull.parents.items():
        if digest_at(oid) not in [digest_at(parent) for parent in parents]:
            yield oid
