"""What every forge answers and does: the default branch, proposals, claims and their proofs, requests and approvals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from marronnier.forge.conversations import Conversations, Threads
from marronnier.git.commit_log import Commit, CommitLog
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
    title: str = ""
    """How its pull request is called."""
    opened_by: str = ""
    """The name of the account that opened its pull request, as the forge gives it."""
    opened_at: datetime | None = None


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
class RequestWords:
    """What the team reads of a request."""

    heading: str
    """One line: the title of the commit, and of the pull request."""
    invitation: str
    """What is asked of reviewers, in a sentence."""


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

    def makers(self, commit: str, log: CommitLog) -> tuple[PullRequest, ...]:
        """The merged pull requests by which a commit came, to whichever branch, with whose hands made their commits. No review is read.

        None where it came by none. Raises ForgeTrouble where they cannot be read.
        """

    def pushers(self, commit: Commit, log: CommitLog) -> tuple[frozenset[int], bool]:
        """The accounts that wrote, committed or pushed a commit to the default branch itself, and whether every one of them is known.

        Raises ForgeTrouble where they cannot be read.
        """

    def squashed(self, commit: Commit) -> bool:
        """Whether the forge itself may have made a commit of a whole pull request."""

    def reviews_problem(self, repository: str = "") -> str:
        """Why the reviews of this repository cannot be read at all, or are none of its ledger's; empty where they can, or the forge has none.

        `repository` is the one that the ledger names.
        """

    def branch_at(self, default: DefaultBranch, name: str, commit: str, accounts: Collection[int] = ()) -> Branch | None:
        """What a commit proposes, whether a branch names it or not; None where the default branch has it, or shares no commit with it.

        Where an open pull request has that head, it comes with the reviews of these accounts; without accounts the forge is not asked.
        Raises ForgeTrouble where they cannot be read.
        """

    def claims(self, log: CommitLog) -> tuple[Claim, ...]:
        """Every claim that arrived on the default branch, whose commits these are, oldest first."""

    def requested_keys(self, log: CommitLog, default: DefaultBranch) -> tuple[str, ...]:
        """Keys of the publications that a branch, whose commits these are, asks to have approved by name, each once."""

    def repository_name(self) -> str:
        """How people call the repository on the forge: `owner/name`; empty where there is none. Nothing is asked."""

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

    def freeze_reason(self) -> str:
        """Why everything is frozen, as people said on the forge; empty when nobody did. Asked anew each time.

        Raises Trouble when the forge does not answer: what cannot be read counts as frozen.
        """

    def dispatch(self, workflow: str, inputs: Mapping[str, str], *, branch: str = "") -> None:
        """Start a workflow on a branch, else on the default branch; the one that runs now where none is named. Tried once, never again.

        Raises Trouble when the forge cannot, refuses, or does not answer.
        """

    @property
    def has_conversations(self) -> bool:
        """Whether there are issues and pull requests that can be asked for at all. Nothing is asked."""

    def conversations(self, repository: str = "") -> Conversations | None:
        """The issues and pull requests; None where the forge has none. `repository` is the one that the ledger names.

        Raises ForgeTrouble where they cannot be read, or are none of that repository.
        """

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

    def request(self, publications: Sequence[NamedDigests], words: RequestWords, head: str, new_branch: str | None) -> Submission:
        """Ask for the approval of publications as the commit `head` has them, on the branch at hand or on a new one.

        A number is added to a `new_branch` that exists already. Raises Trouble.
        """

    def resume_request(self, branch: Branch, publications: Sequence[NamedDigests], words: RequestWords) -> Submission | None:
        """Finish a request that stands on a branch and did not come to where its reviewers read; None where nothing is left to do. Raises Trouble."""

    def approve(self, approval: ApprovalDraft) -> Submission:
        """Give an approval. Raises Trouble when it would not be proved: then nothing is approved."""


@dataclass(frozen=True, slots=True)
class PullRequestHead:
    """A pull request, and the commit that it proposes."""

    number: int
    commit: str
    base: str
    """The name of the branch that it is to be merged into."""


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment on a line that a pull request changes."""

    id: int
    """0 for one that is not written yet."""
    path: str
    """Relative to the repository's root, with `/`."""
    line: int
    """Its line in the file as proposed; 0 where the line is no longer part of the changes."""
    text: str
    is_ours: bool = True
    is_answered: bool = False
    """Whether somebody replied to it."""


class PullRequestComments(Threads, Protocol):
    """The pull requests of a forge that has them, and what we write there. Each list is whole, or Trouble is raised.

    A write that raises ForgeTrouble may have been done where that says `may_have_happened`. None is repeated by itself.
    """

    def get(self, number: int) -> PullRequestHead:
        """The pull request with that number, as it stands now. Raises Trouble where there is none."""

    def of_run(self, event: Path) -> tuple[PullRequestHead, ...]:
        """The open pull requests that the run of an untrusted workflow was for, by the head's commit and the head's repository.

        `event` is the file in which the forge tells the run that follows of it. Nothing that the untrusted run left is read.
        """

    def fetch(self, pull_request: PullRequestHead) -> str:
        """Bring the head's objects into this clone, of a fork too, and check nothing out; the commit that was fetched. Raises Trouble."""

    def line_address(self, pull_request: PullRequestHead, path: str, line: int) -> str:
        """The address of a line within what a pull request changes."""

    def run_address(self) -> str:
        """The address of the run at work, where its files are kept; empty outside of one."""

    def line_comments(self, pull_request: PullRequestHead) -> tuple[LineComment, ...]:
        """Every comment on its lines, oldest first, replies left out."""

    def add_line_comments(self, pull_request: PullRequestHead, comments: Sequence[LineComment]) -> None:
        """Write comments on lines that it changes, all of them together: people are told once."""

    def remove_line_comment(self, comment: LineComment) -> None:
        """Delete a comment on a line; nothing happens where it is gone."""
