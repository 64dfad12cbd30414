"""What every forge answers and does: the default branch, proposals, claims and their proofs, requests and approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from marronnier.git.commit_log import CommitLog
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim, Contributors, NamedDigests, SignatureStatus


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


@dataclass(frozen=True, slots=True)
class BranchListing:
    """The branches that are shown as proposals, the newest first."""

    shown: tuple[Branch, ...]
    left_out: int = 0
    """How many older ones are not shown."""


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

    def branches(self, default: DefaultBranch) -> BranchListing:
        """The proposals: branches with commits that the default branch lacks, the newest first. Raises GitError."""

    def claims(self, log: CommitLog) -> tuple[Claim, ...]:
        """Every claim that arrived on the default branch, whose commits these are, oldest first."""

    def requested_keys(self, log: CommitLog, default: DefaultBranch) -> tuple[str, ...]:
        """Keys of the publications that a branch, whose commits these are, asks to have approved by name, each once."""

    def verify(self, claim: Claim, base: str) -> SignatureStatus:
        """Whether a claim is proved to be its person's, by the keys in force at the commit `base`."""

    def is_signed_by(self, commit: str, person: str, base: str) -> bool:
        """Whether a commit is signed by the key that a person (id in `brand/approvals.yml`) has at the commit `base`."""

    def require_identity(self) -> None:
        """Raises Trouble when the forge does not know who is at work here."""

    def addresses(self) -> frozenset[str]:
        """The e-mail addresses of whoever is at work here, folded."""

    def approver(self, policy: Policy, name: str | None) -> str:
        """The id in `brand/approvals.yml` of whoever is at work here: the one named, else the one the forge tells. Raises Trouble."""

    def signing_key(self, person: str, policy: Policy, default: DefaultBranch, file: Path | None) -> str:
        """The key that will prove an approval by this person; empty when the policy lets it be unsigned and there is none.

        `file` is the key that people named. Raises Trouble when an approval without a valid key would be void.
        """

    def request(self, publications: Sequence[NamedDigests], heading: str, head: str, new_branch: str | None) -> Submission:
        """Ask for the approval of publications as the commit `head` has them, on the branch at hand or on a new one.

        `heading` is one line for people; a number is added to a `new_branch` that exists already. Raises Trouble.
        """

    def approve(
        self, publications: Sequence[NamedDigests], heading: str, head: str, person: str, key: str, default: DefaultBranch, ledger: str
    ) -> Submission:
        """Approve publications as the commit `head` has them, in the brand whose ledger has that id (empty while it has none). Raises Trouble when it would not be proved: then nothing is approved."""
