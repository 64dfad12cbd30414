"""What every forge answers and does: the default branch, proposals, claims and their proofs, requests and approvals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from marronnier.git.commit_log import CommitLog
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim, Contributors, NamedDigests, NamedPolicy, PolicyClaim, SignatureStatus
from marronnier.model.policy_document import PolicyDocument
from marronnier.model.review import PullRequest


@dataclass(frozen=True, slots=True)
class DefaultBranch:
    """The default branch as this clone knows it."""

    name: str
    commit: str
    notices: tuple[str, ...] = ()
    """Sentences for people: it is ahead of origin, or they went apart."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch with commits that the default branch lacks."""

    name: str
    tip: str
    merge_base: str
    """The commit of the default branch that it left from."""
    in_review: bool
    requested: tuple[NamedDigests, ...]
    """The publications it asks to have approved by name."""
    claims: tuple[Claim, ...]
    """Claims that would arrive with its merge."""
    contributors: Mapping[str, Contributors]
    """Its own commits that may have changed words, oldest first, with who made them."""
    pull_request: PullRequest | None = None
    """The open pull request that it is proposed by; None where the forge has none for it."""
    labels: tuple[str, ...] = ()
    """The labels of its pull request."""
    reviewers: tuple[int, ...] = ()
    """The accounts that were asked to review it."""
    url: str = ""
    """Where people read it; empty where it has no page."""


@dataclass(frozen=True, slots=True)
class BranchListing:
    """The branches that are shown as proposals, the newest first."""

    shown: tuple[Branch, ...]
    left_out: int = 0
    """How many older ones are not shown."""
    notices: tuple[str, ...] = ()
    """Sentences for people: what could not be read of them."""


@dataclass(frozen=True, slots=True)
class ApprovalDraft:
    """An approval about to be given."""

    contents: Sequence[NamedDigests | NamedPolicy]
    """What is approved, as the commit `head` has it."""
    heading: str
    """One line for people."""
    head: str
    person: str
    """The id of whoever approves."""
    key: str
    """The key to sign with, as the forge takes it; empty for none."""
    signers: bytes
    """The keys in force, as an allowed_signers file: the signature must be by one of them."""
    default: DefaultBranch
    ledger: str
    """The id of the brand's ledger; empty while it has none."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A request or an approval, as the forge took it."""

    reference: str
    """What people look it up by: a commit in plain Git."""
    branch: str
    is_new_branch: bool = False
    """The branch was made for it; the branch at hand was left alone."""
    next_steps: tuple[str, ...] = ()
    """Sentences for people: what must happen for it to be seen or to count, and what it lacks."""


class Forge(Protocol):
    """A place where a team proposes, reviews and approves changes of a repository."""

    def default_branch(self) -> DefaultBranch:
        """Where the default branch stands. Raises Trouble when there is no commit yet."""

    def branches(self, default: DefaultBranch, accounts: Collection[int] = ()) -> BranchListing:
        """The proposals: branches with commits that the default branch lacks, the newest first. Raises GitError.

        Of reviews, those of these accounts are read.
        """

    def pull_requests(self, commit: str, log: CommitLog, accounts: Collection[int]) -> tuple[PullRequest, ...]:
        """The pull requests by which a commit came to the default branch, whose commits these are, with the reviews of these accounts.

        None where the forge has no reviews. Raises ForgeTrouble where they cannot be read: then nothing is approved by them.
        """

    def reviews_problem(self, repository: str = "") -> str:
        """Why the reviews of this repository cannot be read at all, or are none of its ledger's; empty where they can, or the forge has none.

        `repository` is the one that the ledger names.
        """

    def claims(self, log: CommitLog) -> tuple[Claim, ...]:
        """Every claim that arrived on the default branch, whose commits these are, oldest first."""

    def requested_keys(self, log: CommitLog, default: DefaultBranch) -> tuple[str, ...]:
        """Keys of the publications that a branch, whose commits these are, asks to have approved by name, each once."""

    def repository_id(self) -> str:
        """The repository's id on the forge, which a rename does not change, as a ledger names it: `github:123`; empty where it does not tell."""

    def repository_problem(self, repository: str, *, private: bool) -> str:
        """Why nothing may go out from this repository: it is not the one that the ledger names, or it is public and the brand says it is not.

        Empty where it is right, and where the forge does not tell.
        """

    def policy_claims(self, log: CommitLog) -> tuple[PolicyClaim, ...]:
        """Every claim on a policy that arrived on the default branch, whose commits these are, oldest first."""

    def verify(self, claim: Claim, signers: bytes) -> SignatureStatus:
        """Whether a claim is proved to be its person's, by the keys of this allowed_signers file."""

    def verify_policy(self, claim: PolicyClaim, signers: bytes) -> SignatureStatus:
        """Whether a claim on a policy is proved to be its person's, by the keys of this allowed_signers file."""

    def is_signed_by(self, commit: str, person: str, signers: bytes) -> bool:
        """Whether a commit is signed by a key that this allowed_signers file gives a person (id in `brand/approvals.yml`)."""

    def require_identity(self) -> None:
        """Raises Trouble when the forge does not know who is at work here."""

    def addresses(self) -> frozenset[str]:
        """The e-mail addresses of whoever is at work here, folded."""

    def approver(self, policy: Policy, name: str | None) -> str:
        """The id in `brand/approvals.yml` of whoever is at work here: the one named, else the one the forge tells. Raises Trouble."""

    def signing_key(self, person: str, policy: PolicyDocument, file: Path | None) -> str:
        """The key that will prove an approval by this person; empty when the policy that judges lets it be unsigned and there is none.

        `file` is the key that people named. Raises Trouble when an approval without a valid key would be void.
        """

    def request(self, publications: Sequence[NamedDigests], heading: str, head: str, new_branch: str | None) -> Submission:
        """Ask for the approval of publications as the commit `head` has them, on the branch at hand or on a new one.

        `heading` is one line for people; a number is added to a `new_branch` that exists already. Raises Trouble.
        """

    def approve(self, approval: ApprovalDraft) -> Submission:
        """Give an approval. Raises Trouble when it would not be proved: then nothing is approved."""
