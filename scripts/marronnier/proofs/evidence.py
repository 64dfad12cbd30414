"""Proving: the evidence of approvals, from the history of the default branch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from marronnier import desk as desks
from marronnier.approval import Claim, Evidence
from marronnier.approval.evidence import Contributors, Signature
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge.approval_signatures import verify_signatures
from marronnier.forge.commit_log import Commit, CommitLog
from marronnier.forge.plain_git import blob
from marronnier.git import Repo
from marronnier.model.policy import Policy
from marronnier.model.publication import Publication
from marronnier.proofs.versions import VersionHistory

POLICY = "brand/approvals.yml"
SIGNERS = "brand/allowed_signers"
RULES = (POLICY, "brand/channels.yml")
"""What decides who must approve: the policy, and the groups of channels it may name."""

_ZERO = re.compile(rb"quorum['\"]?\s*:\s*['\"]?0")


@dataclass
class EvidenceReader:
    """Reads from git what judging asks for, each thing once."""

    repo: Repo
    log: CommitLog
    desk: Desk
    """The desk at the log's head."""
    past: VersionHistory
    shallow: bool = False
    words: dict[str, str] = field(default_factory=dict)
    """Words digests of the desk's publications, by key: those computed so far."""
    _rules: dict[tuple[bytes | None, ...], Desk] = field(default_factory=dict)
    _desks: dict[str, Desk] = field(default_factory=dict)
    _signers: dict[str, bytes] = field(default_factory=dict)
    _signatures: dict[tuple[str, str, bytes], Signature] = field(default_factory=dict)
    _signed: dict[str, bool] = field(default_factory=dict)

    def evidence(self, publications: Mapping[str, Publication]) -> Evidence:
        """Evidence for publications of the default branch, by key."""
        return Evidence(
            claims=self.claims,
            arrival=self.log.arrivals.get,
            base=self.log.before,
            policy=self.policy,
            expand=self.expand,
            signature=self.signature,
            hands=self.hands,
            versions=lambda key: self.past.versions(publications[key]),
            brought=lambda key: self.past.introducing_commits(publications[key]),
            order=lambda oid: self.log.places.get(oid, len(self.log.places)),
            today=self.desk.policy,
            zone=self.desk.brand.zone,
            head=self.log.head,
            ever_zero=self.ever_zero,
            shallow=self.shallow,
        )

    @cached_property
    def claims(self) -> Mapping[str, tuple[Claim, ...]]:
        """Every claim of the log, by the key it names."""
        return claims_of(self.log.commits.values())

    @cached_property
    def ever_zero(self) -> bool:
        """Whether some policy of the past may have said that merging is approving."""
        if self.desk.policy.quorum == 0 or any(requirement.quorum == 0 for requirement in self.desk.policy.requirements):
            return True
        blobs = self.past.blobs_of(POLICY)
        with self.repo.open_reader() as batch:
            return any(_ZERO.search(data or b"") for data in batch.read_all(sorted(blobs)))

    def rules_at(self, commit: str) -> Desk:
        """The desk's rules at a commit: its policy and its groups; posts are not read."""
        if commit == self.log.head:
            return self.desk
        if commit not in self._desks:
            state = tuple(blob(self.repo, commit, path) for path in RULES)
            if state not in self._rules:
                self._rules[state] = desks.load(CommitTree(self.repo, commit), only="")
            self._desks[commit] = self._rules[state]
        return self._desks[commit]

    def policy(self, commit: str) -> Policy | None:
        """The policy at a commit."""
        return self.rules_at(commit).policy

    def expand(self, commit: str, names: Iterable[str]) -> tuple[str, ...]:
        """Groups at a commit to channel names."""
        return self.rules_at(commit).expand(names)

    def hands(self, oid: str) -> Contributors:
        """Whose hands were on a commit."""
        return hands_of(self.log.commits[oid])

    def signature(self, oid: str, who: str, base: str) -> Signature:
        """Whether a commit is signed by a person's key, as `brand/allowed_signers` stood at another commit."""
        if not self.is_signed(oid):
            return "none"
        if base not in self._signers:
            self._signers[base] = blob(self.repo, base, SIGNERS) or b""
        signers = self._signers[base]
        if (oid, who, signers) not in self._signatures:
            # One process for all that this person claims, not one for each claim.
            theirs = [claim.commit for named in self.claims.values() for claim in named if claim.by == who and not claim.merges]
            together = [one for one in dict.fromkeys((oid, *theirs)) if (one, who, signers) not in self._signatures]
            for one, status in verify_signatures(self.repo, together[:200], who, signers).items():
                self._signatures[one, who, signers] = status
        return self._signatures[oid, who, signers]

    def is_signed(self, oid: str) -> bool:
        """Whether a commit carries any signature at all; that costs far less than checking one."""
        if oid not in self._signed:
            raw = self.repo.read(oid) or b""
            self._signed[oid] = b"\ngpgsig" in raw.split(b"\n\n", 1)[0]
        return self._signed[oid]


def claims_of(commits: Iterable[Commit]) -> Mapping[str, tuple[Claim, ...]]:
    """What commits claim, by the key they name. A commit that names several approvers claims nothing."""
    found: dict[str, list[Claim]] = {}
    for commit in commits:
        emails = frozenset({commit.author, commit.committer})
        if commit.claimant:
            for named in commit.approved:
                claim = Claim(commit.oid, commit.claimant, named.key, named.words, named.when, commit.at, emails)
                found.setdefault(named.key, []).append(claim)
        for named in commit.asked:
            claim = Claim(commit.oid, "", named.key, named.words, named.when, commit.at, emails, merges=True)
            found.setdefault(named.key, []).append(claim)
    return {key: tuple(claims) for key, claims in found.items()}


def hands_of(commit: Commit) -> Contributors:
    """Whose hands were on a commit."""
    return Contributors(commit.author, commit.committer, commit.co_authors)
