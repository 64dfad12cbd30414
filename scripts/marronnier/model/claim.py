"""Claims: the statements that a person approves a publication, as data that any forge can give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from marronnier.model.plan import Digests

SignatureStatus = Literal["good", "bad", "none"]
"""`good`: by the person asked about; `bad`: the signature does not fit what is signed; `none`: no signature, or another person's."""

NOW_OR_LATER = datetime.max.replace(tzinfo=UTC)
"""The date of an approval that is still to be given."""

_NAMED = re.compile(r"(?P<key>\S+) +words=sha256:(?P<words>[0-9a-f]{64}) +when=sha256:(?P<when>[0-9a-f]{64})\s*")


@dataclass(frozen=True, slots=True)
class NamedDigests:
    """A publication's key with its digests, written `<key> words=sha256:… when=sha256:…`."""

    key: str
    digests: Digests

    def __str__(self) -> str:
        return f"{self.key} words=sha256:{self.digests.words} when=sha256:{self.digests.when}"

    @classmethod
    def parse(cls, text: str) -> NamedDigests | None:
        """Read what `str` wrote; None for anything else."""
        match = _NAMED.fullmatch(text.strip())
        return cls(match["key"], Digests(match["words"], match["when"])) if match else None


_POLICY = re.compile(r"policy sha256:(?P<digest>[0-9a-f]{64}) after=(?P<after>[0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy with the one in force that it is to follow, written `policy sha256:… after=3`: an approval counts once, and not again later."""

    digest: str
    after: int
    """The number of the policy in force."""

    def __str__(self) -> str:
        return f"policy sha256:{self.digest} after={self.after}"

    @classmethod
    def parse(cls, text: str) -> NamedPolicy | None:
        """Read what `str` wrote; None for anything else."""
        match = _POLICY.fullmatch(text.strip())
        return cls(match["digest"], int(match["after"])) if match else None


@dataclass(frozen=True, slots=True)
class ApprovalStatement:
    """What a person signs to approve publications: whoever carries it into another commit changes nothing about it."""

    by: str
    ledger: str
    """The id of the brand's ledger, so that it counts in no other brand."""
    head: str
    """The commit that the person had before them."""
    contents: tuple[str, ...]
    """Each publication as `NamedDigests` writes it, or a policy as `NamedPolicy` does."""
    signature: str = ""
    """The SSH signature, in one line of base64; empty where the policy lets approvals be unsigned."""


@dataclass(frozen=True, slots=True)
class ReviewProof:
    """What proves a claim that was made by a review."""

    account: int
    reference: str
    """The pull request, as people write it."""
    author: int | None
    """The account that opened the pull request."""
    commits: tuple[str, ...]
    """The commits of the pull request that made the publication what was reviewed."""
    hands: Mapping[str, frozenset[int]] = field(hash=False)
    """By commit: the accounts that wrote, committed or pushed it."""
    unknown_hands: frozenset[str]
    """Commits of which the forge does not tell every hand."""
    copies: frozenset[str]
    """Commits of the default branch that the forge made of the pull request's own, by a squash or a rebase: they add no words."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """Somebody's standing request to change a publication's words, as their last review of a pull request says."""

    by: str
    """The person's id in `brand/approvals.yml`."""
    reference: str
    """The pull request, as people write it."""
    words: str
    """The digest of the words that they had before them; empty where the commit that they read cannot be fetched any more."""
    at: datetime
    """When it was made, as the forge says."""


@dataclass(frozen=True, slots=True)
class EarlierHands:
    """Who brought a commit to the default branch, by one pull request or by a push to the branch itself, as far as the forge tells."""

    accounts: frozenset[int] = frozenset()
    """The accounts that opened the pull request, or wrote, committed or pushed what the commit is made of."""
    reference: str = ""
    """The pull request, as people write it; empty where the commit was pushed to the default branch itself."""
    commits: tuple[str, ...] = ()
    """Commits of the pull request, which the forge made into this one."""
    is_known: bool = True
    """Whether the forge tells every one of them."""
    unread: str = ""
    """Why the forge could not be asked; empty where it was."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The statement that a person approves these words and this when, not yet weighed."""

    by: str
    """The person's id in `brand/approvals.yml`; empty for a request."""
    key: str
    digests: Digests
    at: datetime
    """When it was made, as it says itself: shown to people, never trusted."""
    proof: str = ""
    """The forge's name of what proves it: a commit in plain Git."""
    arrived: str | None = None
    """The commit of the default branch's own line (first parents) with which it arrived; None while it has not."""
    seen: str = ""
    """The commit whose files its person had before them; empty where the forge does not say: then `arrived` stands for it."""
    addresses: frozenset[str] = frozenset()
    """E-mail addresses of whoever handed it in, folded."""
    statement: ApprovalStatement | None = None
    """The signed statement that it stands in; None where the forge has another proof."""
    older_form: bool = False
    """It has no signature of its own: only its commit's could prove it."""
    is_request: bool = False
    """It asks for approval. It approves nothing, unless merging is approving."""
    review: ReviewProof | None = None
    """The review on the forge that it is; None where it stands in a commit."""


@dataclass(frozen=True, slots=True)
class PolicyClaim:
    """The statement that a person approves a policy, not yet weighed."""

    by: str
    named: NamedPolicy
    at: datetime
    """When it was made, as it says itself: shown to people, never trusted."""
    statement: ApprovalStatement | None = None
    """The signed statement that it stands in; None where it is unsigned, or the forge has another proof."""
    addresses: frozenset[str] = frozenset()
    """E-mail addresses of whoever handed it in, folded."""
    review: ReviewProof | None = None
    """The review on the forge that it is; None where it stands in a commit."""


@dataclass(frozen=True, slots=True)
class Contributors:
    """The e-mail addresses of those who made a commit, folded."""

    author: str
    committer: str
    co_authors: frozenset[str] = frozenset()
    committed: datetime | None = None
    """When it was committed, as it says itself: a rebase commits anew. None where a forge does not say."""
