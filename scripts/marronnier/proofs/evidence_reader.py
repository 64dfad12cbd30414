"""Evidence of approvals, read from the history of the default branch and from the forge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from marronnier import approval
from marronnier import desk as desks
from marronnier.approval import Evidence, Version
from marronnier.approval.evidence import ReviewClaims
from marronnier.approval.judgement import commits_to_approve
from marronnier.approval.policy_change import resolved
from marronnier.approval.policy_standing import PolicyStanding
from marronnier.approval.quorum import quorums_of
from marronnier.cache import Cache
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import Branch, Forge
from marronnier.git import Repo
from marronnier.git.commit_log import CommitLog
from marronnier.ledger import continued_first
from marronnier.model.approval_policy import Policy
from marronnier.model.claim import Claim, Contributors, SignatureStatus
from marronnier.model.history import History, Seal
from marronnier.model.plan import Digests
from marronnier.model.post import Post
from marronnier.model.publication import Publication
from marronnier.model.where import Where
from marronnier.proofs import policy_reader
from marronnier.proofs.first_calendar import posts_at_beginning
from marronnier.proofs.review_reader import ReviewReader
from marronnier.proofs.versions import CAMPAIGNS, SHARED_FILES, VersionHistory
from marronnier.text.inline_pictures import may_have_pictures

_SHELF = "words"
POLICY_FILE = "brand/approvals.yml"
CHANNELS_FILE = "brand/channels.yml"
RULE_FILES = (POLICY_FILE, CHANNELS_FILE, "brand/brand.yml")
"""What decided who must approve before the ledger recorded it: the policy, the groups of channels it may name, and the brand's ledger."""

_NO_POLICY = Policy(moves="never")
"""Before the first commit of all there was no policy, and nobody who could approve."""
_UNAPPROVED = Digests("", "")
"""Stands for whatever a publication was on the default branch while nobody approved it."""


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
    repository: str = ""
    """The repository that the ledger names."""
    cache: Cache | None = None
    """Where words digests are kept from one look to the next. Whoever publishes or approves gives none."""
    _words_digests: dict[str, str] = field(default_factory=dict)
    _rules: dict[tuple[str, ...], Desk] = field(default_factory=dict)
    _containments: dict[tuple[str, str], bool] = field(default_factory=dict)
    _desks: dict[str, Desk] = field(default_factory=dict)
    _policies: dict[str, Policy] = field(default_factory=dict)
    _before: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def history(self) -> VersionHistory:
        """What publications were at earlier commits."""
        return VersionHistory(self.repo, self.log, self.desk)

    @cached_property
    def reviews(self) -> ReviewReader:
        """What reviews on the forge approve."""
        return ReviewReader(self.repo, self.forge, self.log, self.history, self.repository)

    def review_notices(self) -> tuple[str, ...]:
        """Sentences for people: why no review could be read, where one was needed."""
        return (f"{self.reviews.known_problem[:1].upper()}{self.reviews.known_problem[1:]}.",) if self.reviews.known_problem else ()

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

    @cached_property
    def existed(self) -> Callable[[Post], bool]:
        """Whether a post stood in the calendar when the ledger began. Git is asked once, and only where somebody asks."""
        return posts_at_beginning(self.repo, self.log.head, self.desk.brand.ledger.first)

    def evidence(self, publications: Mapping[str, Publication], histories: Mapping[str, History], standing: PolicyStanding) -> Evidence:
        """Evidence for publications of the default branch, by key, with what the ledger recorded of them and of the policy."""
        return Evidence(
            claims=self._claims,
            policy=standing.policy,
            expand=self.desk.expand,
            locked_channels=locked_channels(self.desk, standing),
            verify=lambda claim: self._verify(claim, standing),
            is_signed_by=lambda oid, person: self.forge.is_signed_by(oid, person, standing.contributor_keys),
            merging_counted=lambda commit, publication: self._merging_counted(commit, publication, standing),
            contributors=self._contributors,
            versions=lambda key: self.history.versions(publications[key]),
            introducing_commits=lambda key: self.history.introducing_commits(publications[key]),
            position=lambda oid: self.log.positions.get(oid, len(self.log.positions)),
            zone=self.desk.brand.zone,
            former_policy=lambda commit: self._former_policy(commit, standing),
            branch=self._branch,
            contains=self._contains,
            ledger_at=self._ledger_at,
            continued_ledger=self._continued_ledger,
            was_sealed=lambda key, digests: _was_sealed(histories.get(key), digests),
            was_approved_when_sealed=lambda key, digests: _was_sealed(histories.get(key), digests, by_somebody=True),
            reviews=lambda key: self.reviews.claims(publications[key], standing, self._requests_of(publications[key])),
            reviews_of_all_versions=lambda key: self.reviews.claims(publications[key], standing, (), all_versions=True),
            later_reviews=lambda key: self.reviews.later_claims(publications[key], standing),
            earlier_hands=lambda key, commit: self.reviews.earlier_hands(publications[key], commit),
            seal_of=lambda key, digests: _seal_of(histories.get(key), digests, publications[key]),
            head=self.log.head,
            shallow=self.shallow,
        )

    def evidence_on(
        self, branch: Branch, publication: Publication, digests: Digests, histories: Mapping[str, History], standing: PolicyStanding
    ) -> Evidence:
        """Evidence for a publication that has these digests on a branch, as if the branch were merged now."""
        pull = branch.pull_request
        reviews = self.reviews.claims_on(pull, publication, self.log.head, standing.policy) if pull is not None else ReviewClaims()
        oids = tuple(branch.contributors)

        @cache
        def versions() -> tuple[Version, ...]:
            on_default = self.evidence({publication.key: publication}, histories, standing)
            # Each stands for itself: what came between them, and whether they were merged, makes no difference any more.
            earlier = [Version(oid, (), _UNAPPROVED) for oid in sorted(commits_to_approve(publication, on_default))]
            own = [
                Version(oid, (position - 1,) if position else (), digests if oid == oids[-1] else None, arrived=branch.tip)
                for position, oid in enumerate(oids, len(earlier))
            ]
            return (*earlier, *own)

        return Evidence(
            claims=_by_key(branch.claims),
            policy=standing.policy,
            expand=self.desk.expand,
            locked_channels=frozenset(),
            verify=lambda claim: self.forge.verify(claim, standing.document.signers),
            is_signed_by=lambda oid, person: self.forge.is_signed_by(oid, person, standing.contributor_keys),
            merging_counted=lambda _commit, _publication: False,
            contributors=lambda oid: branch.contributors[oid] if oid in branch.contributors else self._contributors(oid),
            versions=lambda _key: versions(),
            introducing_commits=lambda _key: (),
            reviews=lambda _key: reviews,
            earlier_hands=lambda _key, commit: self.reviews.earlier_hands(publication, commit),
            review_now=lambda person: self.reviews.claim_now(pull, person, publication, self.log.head, standing.policy),
            position=lambda _oid: 0,
            zone=self.desk.brand.zone,
            branch=self._branch,
            contains=self._contains,
            ledger_at=self._ledger_at,
            continued_ledger=self._continued_ledger,
            head=self.log.head,
        )

    def _contributors(self, oid: str) -> Contributors:
        """Who made a commit of the default branch, or of a pull request that was read."""
        commit = self.log.commits.get(oid)
        return commit.contributors if commit is not None else self.reviews.contributors[oid]

    def _requests_of(self, publication: Publication) -> list[Claim]:
        """The requests for a publication by name that arrived on the default branch."""
        keys = {publication.key, publication.key.partition("~")[0]}
        return [claim for key in keys for claim in self._claims.get(key, ()) if claim.is_request]

    def _verify(self, claim: Claim, standing: PolicyStanding) -> SignatureStatus:
        """Whether a claim is proved by the keys in force; where it came before the ledger recorded any, by those just before it as well."""
        status = self.forge.verify(claim, standing.document.signers)
        if claim.review is not None:
            return status
        arrived = claim.arrived or claim.proof
        if status != "good" or not self._is_from_before(arrived, standing):
            return status
        base = self.log.predecessor(arrived)
        return self.forge.verify(claim, policy_reader.signers_at(self.repo, base)) if base is not None else "none"

    def _former_policy(self, commit: str, standing: PolicyStanding) -> Policy | None:
        """Of a commit that arrived before the ledger recorded any policy, the policy just before it; None of any other."""
        if not self._is_from_before(commit, standing):
            return None
        base = self.log.predecessor(commit)
        return self._policy_at(base) if base is not None else _NO_POLICY

    def _is_from_before(self, commit: str, standing: PolicyStanding) -> bool:
        """Whether a commit was there before the ledger recorded the first policy. From then on, no commit decides by which policy it is judged."""
        return not standing.adopted or commit in self._ancestors(standing.adopted[0].commit)

    def _merging_counted(self, commit: str, publication: Publication, standing: PolicyStanding) -> bool:
        """Whether merging counted as approval when a commit arrived: by the ledger, or before it recorded any policy by the one just before."""
        since = standing.merging_counts_since(publication)
        if standing.adopted and since is None:
            return False
        if since is not None and (since.number > 0 or commit not in self._ancestors(since.commit)):
            return commit not in self._ancestors(since.commit)
        # Who makes the very first commit decides everything: nothing stands before it, so its own policy is asked.
        base = self.log.predecessor(commit) or (commit if self.log.positions.get(commit) == 0 else None)
        if base is None:
            return False
        policy = self._policy_at(base)
        return not any(quorum.needed for quorum in quorums_of(policy, publication, self.desk.expand))

    @cached_property
    def _branch(self) -> str:
        """The default branch's name, asked once."""
        return self.repo.default_branch()

    @cached_property
    def _claims(self) -> Mapping[str, tuple[Claim, ...]]:
        return _by_key(self.forge.claims(self.log))

    def _ancestors(self, commit: str) -> frozenset[str]:
        """A commit of the default branch with all that is before it; nothing where the branch does not have it, or no longer."""
        if commit not in self._before:
            found: set[str] = set()
            waiting = [commit]
            while waiting:
                oid = waiting.pop()
                if oid not in found and oid in self.log.commits:
                    found.add(oid)
                    waiting += self.log.commits[oid].parents
            self._before[commit] = frozenset(found)
        return self._before[commit]

    def _contains(self, head: str, commit: str) -> bool:
        """Whether the first commit is the second one or comes after it; False when this clone lacks the first."""
        if (head, commit) not in self._containments:
            self._containments[head, commit] = self.repo.is_ancestor(commit, head)
        return self._containments[head, commit]

    def _ledger_at(self, commit: str) -> str:
        """The id of the ledger that the brand names at a commit; empty while it names none."""
        return self._rules_at(commit).brand.ledger.first or ""

    @cached_property
    def _continued_ledger(self) -> str:
        return continued_first(self.repo, self.desk.brand.ledger.first)

    def _policy_at(self, commit: str) -> Policy:
        """The policy at a commit, its groups of channels and its teams resolved."""
        if commit not in self._policies:
            rules = self._rules_at(commit)
            self._policies[commit] = resolved(rules.policy, rules.expand)
        return self._policies[commit]

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
    if may_have_pictures(post.text):
        return None
    front = post.front
    media = [*front.media, *(medium for own in front.for_.values() for medium in own.media or ())]
    paths = (desks.media_path(desk, post, src) for medium in media for src in medium.sources)
    composer = approval.composer_number(publication.channel.network)
    return " ".join((settings, str(composer), *(f"{path}={desk.tree.sha256(path)}" for path in paths)))


def _was_sealed(history: History | None, digests: Digests, *, by_somebody: bool = False) -> bool:
    """Whether these digests were ever sealed; with `by_somebody`, on the approval of a person, not by merging alone."""
    events = history.events if history is not None else ()
    return any(
        event.name == "sealed"
        and (event.data["words"], event.data["when"]) == (digests.words, digests.when)
        and (not by_somebody or bool(event.data.get("by")))
        for event in events
    )


def _seal_of(history: History | None, digests: Digests, publication: Publication) -> Seal | None:
    """The seal of these digests, for the place where the publication's channel speaks now."""
    seal = history.seal if history is not None else None
    where = Where.of(publication.channel)
    return seal if seal is not None and (seal.words, seal.when, seal.where or where) == (digests.words, digests.when, where) else None


def locked_channels(desk: Desk, standing: PolicyStanding) -> frozenset[str]:
    """The channels of a desk that do not speak where the policy in force has them."""
    channels = desk.channels.channels
    return standing.locked({name: Where.of(each) for name, each in channels.items()}, {name: each.was for name, each in channels.items()})


def _by_key(claims: Iterable[Claim]) -> Mapping[str, tuple[Claim, ...]]:
    by_key: dict[str, list[Claim]] = {}
    for claim in claims:
        by_key.setdefault(claim.key, []).append(claim)
    return {key: tuple(claims) for key, claims in by_key.items()}
