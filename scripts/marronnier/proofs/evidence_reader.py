"""Evidence of approvals, read from the history of the default branch and from the forge."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from marronnier import approval
from marronnier import desk as desks
from marronnier.approval import Evidence, Version
from marronnier.cache import Cache
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import Branch, Forge
from marronnier.git import Repo
from marronnier.git.commit_log import CommitLog
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim
from marronnier.model.history import History
from marronnier.model.plan import Digests
from marronnier.model.publication import Publication
from marronnier.model.where import Where
from marronnier.proofs.versions import CAMPAIGNS, SHARED_FILES, VersionHistory

_SHELF = "words"
POLICY_FILE = "brand/approvals.yml"
CHANNELS_FILE = "brand/channels.yml"
RULE_FILES = (POLICY_FILE, CHANNELS_FILE, "brand/brand.yml")
"""What decides who must approve: the policy, the groups of channels it may name, and the brand's ledger."""

_QUORUM_ZERO = re.compile(rb"quorum['\"]?\s*:\s*['\"]?0")


@dataclass
class EvidenceReader:
    """Reads what judging asks for, each thing once."""

    repo: Repo
    forge: Forge
    log: CommitLog
    """The commits of the default branch."""
    desk: Desk
    """The desk at the log's head."""
    shallow: bool = False
    cache: Cache | None = None
    """Where words digests are kept from one look to the next. Whoever publishes or approves gives none."""
    _words_digests: dict[str, str] = field(default_factory=dict)
    _rules: dict[tuple[str, ...], Desk] = field(default_factory=dict)
    _containments: dict[tuple[str, str], bool] = field(default_factory=dict)
    _desks: dict[str, Desk] = field(default_factory=dict)

    @cached_property
    def history(self) -> VersionHistory:
        """What publications were at earlier commits."""
        return VersionHistory(self.repo, self.log, self.desk)

    def words_digest(self, publication: Publication) -> str:
        """The words digest of a publication of the desk, computed once."""
        digest = self._words_digests.get(publication.key)
        if digest is None:
            digest = self._kept_words_digest(publication) if self.cache is not None else approval.words_digest(publication)
            self._words_digests[publication.key] = digest
        return digest

    def _kept_words_digest(self, publication: Publication) -> str:
        """The words digest from the cache, under the digests of all it follows from: the post, its media, and the settings."""
        assert self.cache is not None
        follows_from = _digest_of_sources(self._words_settings, publication, self.desk)
        if follows_from is None:
            return approval.words_digest(publication)
        kept: Mapping[str, tuple[str, str]] = self.cache.get(_SHELF, publication.post.digest) or {}
        name = f"{publication.post.path} {publication.channel_name}"
        if kept.get(name, ("", ""))[0] != follows_from:
            kept = {**kept, name: (follows_from, approval.words_digest(publication))}
            self.cache.put(_SHELF, publication.post.digest, kept)
        return kept[name][1]

    @cached_property
    def _words_settings(self) -> str:
        """A digest of the files below brand/ and calendar/ that words may follow from."""
        paths = (path for path in self.desk.tree.paths(("brand", "calendar")) if path in SHARED_FILES or path.startswith(CAMPAIGNS))
        return hashlib.sha256("".join(f"{path} {self.desk.tree.sha256(path)}\n" for path in paths).encode()).hexdigest()

    def evidence(self, publications: Mapping[str, Publication], histories: Mapping[str, History]) -> Evidence:
        """Evidence for publications of the default branch, by key, with what the ledger recorded of them."""
        return Evidence(
            claims=self._claims,
            base_of=self.log.predecessor,
            policy_at=self.policy_at,
            expand_at=lambda commit, names: self._rules_at(commit).expand(names),
            verify=self.forge.verify,
            is_signed_by=self.forge.is_signed_by,
            contributors=lambda oid: self.log.commits[oid].contributors,
            versions=lambda key: self.history.versions(publications[key]),
            introducing_commits=lambda key: self.history.introducing_commits(publications[key]),
            position=lambda oid: self.log.positions.get(oid, len(self.log.positions)),
            current_policy=self.desk.policy,
            zone=self.desk.brand.zone,
            where_at=lambda commit, publication: (
                Where.of(publication.channel) if self._has_one_channels_file else self._where_at(commit, publication)
            ),
            branch=self._branch,
            contains=self._contains,
            ledger_at=self._ledger_at,
            was_sealed=lambda key, digests: _was_sealed(histories.get(key), digests),
            head=self.log.head,
            had_quorum_zero=self._had_quorum_zero,
            shallow=self.shallow,
        )

    def evidence_on(self, branch: Branch, digests: Digests) -> Evidence:
        """Evidence for a publication that has these digests on a branch, as if the branch were merged now."""
        oids = tuple(branch.contributors)
        versions = tuple(
            Version(oid, (position - 1,) if position else (), digests if oid == oids[-1] else None, arrived=branch.tip)
            for position, oid in enumerate(oids)
        )
        return Evidence(
            claims=_by_key(branch.claims),
            base_of=lambda _oid: self.log.head,
            policy_at=lambda _oid: self.desk.policy,
            expand_at=lambda _oid, names: self.desk.expand(names),
            verify=self.forge.verify,
            is_signed_by=self.forge.is_signed_by,
            contributors=branch.contributors.__getitem__,
            versions=lambda _key: versions,
            introducing_commits=lambda _key: (),
            position=lambda _oid: 0,
            current_policy=self.desk.policy,
            zone=self.desk.brand.zone,
            where_at=self._where_at,
            branch=self._branch,
            contains=self._contains,
            ledger_at=self._ledger_at,
            head=self.log.head,
        )

    @cached_property
    def _branch(self) -> str:
        """The default branch's name, asked once."""
        return self.repo.default_branch()

    @cached_property
    def _claims(self) -> Mapping[str, tuple[Claim, ...]]:
        return _by_key(self.forge.claims(self.log))

    @cached_property
    def _had_quorum_zero(self) -> bool:
        """Whether some policy of the past may have said that merging is approving."""
        if self.desk.policy.quorum == 0 or any(requirement.quorum == 0 for requirement in self.desk.policy.requirements):
            return True
        blobs = self.history.blobs_of(POLICY_FILE)
        with self.repo.open_reader() as batch:
            return any(_QUORUM_ZERO.search(data or b"") for data in batch.read_all(sorted(blobs)))

    def _where_at(self, commit: str, publication: Publication) -> Where | None:
        """Where a publication's channel spoke, as a commit has it; None where there is no such channel or it cannot be read."""
        channels = self._rules_at(commit).channels.channels
        names = (publication.channel_name, *publication.channel.was)
        return next((Where.of(channels[name]) for name in names if name in channels), None)

    def _contains(self, head: str, commit: str) -> bool:
        """Whether the first commit is the second one or comes after it; False when this clone lacks the first."""
        if (head, commit) not in self._containments:
            self._containments[head, commit] = self.repo.is_ancestor(commit, head)
        return self._containments[head, commit]

    def _ledger_at(self, commit: str) -> str:
        """The id of the ledger that the brand names at a commit; empty while it names none."""
        return self._rules_at(commit).brand.ledger.first or ""

    @cached_property
    def _has_one_channels_file(self) -> bool:
        """Whether no commit of the default branch ever changed `brand/channels.yml`: then no channel ever spoke elsewhere."""
        return len(self.history.blobs_of(CHANNELS_FILE)) <= 1

    def policy_at(self, commit: str) -> Policy:
        """The policy at a commit."""
        return self._rules_at(commit).policy

    def _rules_at(self, commit: str) -> Desk:
        """The desk's rules at a commit: its policy and its groups; posts are not read."""
        if commit == self.log.head:
            return self.desk
        if commit not in self._desks:
            files = tuple(self._blob_at(path, commit) for path in RULE_FILES)
            if files not in self._rules:
                self._rules[files] = desks.load(CommitTree(self.repo, commit), only="")
            self._desks[commit] = self._rules[files]
        return self._desks[commit]

    def _blob_at(self, path: str, commit: str) -> str:
        if commit in self.log.positions:
            return self.history.blob_at(path, commit)
        return self.repo.shared_reader().object_id(f"{commit}:./{path}") or ""


def _digest_of_sources(settings: str, publication: Publication, desk: Desk) -> str | None:
    """What words follow from beside the post's file, as one text; None where that is not known without making them."""
    post = publication.post
    if "![" in post.text:
        return None
    front = post.front
    media = [*front.media, *(medium for own in front.for_.values() for medium in own.media or ())]
    paths = (desks.media_path(desk, post, medium.src) for medium in media)
    composer = approval.composer_number(publication.channel.network)
    return " ".join((settings, str(composer), *(f"{path}={desk.tree.sha256(path)}" for path in paths)))


def _was_sealed(history: History | None, digests: Digests) -> bool:
    events = history.events if history is not None else ()
    return any(event.name == "sealed" and (event.data["words"], event.data["when"]) == (digests.words, digests.when) for event in events)


def _by_key(claims: Iterable[Claim]) -> Mapping[str, tuple[Claim, ...]]:
    by_key: dict[str, list[Claim]] = {}
    for claim in claims:
        by_key.setdefault(claim.key, []).append(claim)
    return {key: tuple(claims) for key, claims in by_key.items()}
