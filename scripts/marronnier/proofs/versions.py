"""The versions a publication had along the default branch's history, and the commits that made them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier.approval import Version
from marronnier.desk import Desk, post_parser
from marronnier.files import TEAM_FOLDERS
from marronnier.git import Repo
from marronnier.git.commit_log import CommitLog, file_changes
from marronnier.model.brand import Brand, LedgerIdentity
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests
from marronnier.model.post import Post
from marronnier.model.publication import Publication
from marronnier.proofs.file_graph import FileGraph, FileState
from marronnier.proofs.media_mentions import MediaMentions
from marronnier.proofs.version_desks import VersionDesks

BRAND_FILE = "brand/brand.yml"
SHARED_FILES = (BRAND_FILE, "brand/channels.yml", "brand/handles.yml", "calendar/slots.yml", "calendar/days.yml")
"""Files that every publication's digests may depend on, beside its post, its media and its campaign."""

CAMPAIGNS = "calendar/campaigns/"

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class VersionHistory:
    """What publications were at earlier commits. Everything read is remembered: an answer about a commit never changes."""

    def __init__(self, repo: Repo, log: CommitLog, desk: Desk) -> None:
        self.repo = repo
        self.log = log
        self.desk = desk
        self._desks = VersionDesks(repo)
        self._versions: dict[str, tuple[Version, ...]] = {}
        self._states: dict[tuple[str, ...], list[FileState]] = {}
        self._paths_by_publication: dict[str, tuple[str, ...]] = {}
        self._facts: dict[str, _TextFacts] = {}
        self._brands: dict[str, Brand] = {}
        self._own_blobs: dict[str, tuple[list[int], list[str]]] = {}
        self._digests: dict[tuple[str, tuple[str, ...]], tuple[Digests, Instant] | None] = {}

    def prepare(self, publications: Iterable[Publication]) -> None:
        """Read together what these publications will be judged by: one question to git for each would take most of the time."""
        paths = frozenset().union(*(self._post_paths(publication) for publication in publications))
        blobs = sorted({blob for path in paths for blob in self.blobs_of(path)} - self._facts.keys())
        with self.repo.open_reader() as batch:
            for blob, data in zip(blobs, batch.read_all(blobs), strict=True):
                self._facts[blob] = self._facts_in(data or b"")

    def versions(self, publication: Publication) -> tuple[Version, ...]:
        """Its versions, parents before children; the last is how it stands at the end of the log."""
        versions = self._versions.get(publication.key)
        if versions is None:
            versions = self._versions[publication.key] = tuple(self._read_versions(publication))
        return versions

    def digests_at(self, commit: str, publication: Publication, more_paths: Iterable[str] = ()) -> Digests | None:
        """The digests of a publication at any commit of this clone; None where it does not exist there.

        `more_paths`: files that it may depend on there, and that the branch of this history never had.
        """
        paths = tuple(sorted({*self._paths(publication), *more_paths}))
        reader = self.repo.shared_reader()
        blobs = {path: reader.object_id(f"{commit}:./{path}") or "" for path in paths}
        known = ("\0".join((publication.key, *paths)), tuple(blobs.values()))
        if known not in self._digests:
            self._digests[known] = digests_on(self._desks.desk(blobs), publication)
        found = self._digests[known]
        return found[0] if found is not None else None

    def introducing_commits(self, publication: Publication) -> Iterator[str]:
        """Commits of the branch's own line that changed its post's files, and by that made it what it is now, the newest first.

        Whoever is satisfied with the first one reads two versions, however many there are.
        """
        paths = self._paths(publication)
        states = self._file_states(paths)
        post_paths = self._post_paths(publication)
        post_files = [index for index, path in enumerate(paths) if path in post_paths]
        for state in reversed(states):
            before = states[state.parents[0]] if state.parents else None
            changed = before is None or any(state.blobs[index] != before.blobs[index] for index in post_files)
            if (
                changed
                and state.commit in self.log.positions
                and self._has_same_digests(paths, state, states[-1], publication)
                and not (before is not None and self._has_same_digests(paths, before, states[-1], publication))
            ):
                yield state.commit

    def _has_same_digests(self, paths: tuple[str, ...], earlier: FileState, later: FileState, publication: Publication) -> bool:
        """Whether a publication has the same digests at two commits."""
        blobs = zip(paths, earlier.blobs, later.blobs, strict=True)
        if all(self._digested_part(path, before) == self._digested_part(path, after) for path, before, after in blobs):
            return True
        before = self._digests_at(paths, earlier, publication)
        after = self._digests_at(paths, later, publication) if before is not None else None
        return before is not None and after is not None and before[0] == after[0]

    def _digested_part(self, path: str, blob: str) -> object:
        """What of a file may change a digest: all of it, but in brand.yml the ledger and the clock.

        Every brand changes brand.yml to name its ledger; without this exception all its posts would be read at both versions.
        """
        if path != BRAND_FILE or not blob:
            return blob
        if blob not in self._brands:
            self._brands[blob] = self._desks.desk({path: blob}).brand.replace(ledger=LedgerIdentity(), clock=None)
        return self._brands[blob]

    def blobs_of(self, path: str) -> frozenset[str]:
        """Every blob that a path ever held."""
        return frozenset(blob for oid in self._commits_by_path.get(path, ()) if (blob := self._changes[oid][path]))

    def blob_at(self, path: str, commit: str) -> str:
        """The blob of a file at a commit of the branch's own line; empty where there is none."""
        positions, blobs = self._own_blobs.get(path) or self._read_own_blobs(path)
        index = bisect_right(positions, self.log.positions[commit])
        return blobs[index - 1] if index else ""

    def _read_own_blobs(self, path: str) -> tuple[list[int], list[str]]:
        """The positions on the branch's own line at which a file changed, and what it became there."""
        commits = self._commits_by_path.get(path, frozenset()) & self.log.positions.keys()
        positions = sorted(self.log.positions[oid] for oid in commits)
        blobs = [self._changes[self.log.first_parents[position]][path] for position in positions]
        self._own_blobs[path] = positions, blobs
        return positions, blobs

    @cached_property
    def _changes(self) -> Mapping[str, Mapping[str, str]]:
        """By commit: the files it changed against its first parent, and the blob each has now."""
        return {
            oid: {change.path: change.blob for change in changed}
            for oid, changed in file_changes(self.repo, self.log, TEAM_FOLDERS).items()
        }

    @cached_property
    def _commits_by_path(self) -> Mapping[str, frozenset[str]]:
        """By path: the commits that changed it."""
        commits: dict[str, set[str]] = {}
        for oid, changed in self._changes.items():
            for path in changed:
                commits.setdefault(path, set()).add(oid)
        return {path: frozenset(oids) for path, oids in commits.items()}

    @cached_property
    def _paths_by_id(self) -> Mapping[str, frozenset[str]]:
        """By post id: every path that may ever have held it. Files are moved, deleted and added again; the id stays."""
        paths_by_id: dict[str, set[str]] = {}
        current = {post.path: post.id for post in chain(self.desk.posts.values(), self.desk.duplicates)}
        current |= {sketch.path: sketch.id for sketch in self.desk.over.values()}
        for path, post_id in current.items():
            paths_by_id.setdefault(post_id, set()).add(path)
        read_already = {(path, blob) for path in current if (blob := self._head_blobs.get(path, ""))}
        changed_files = {file for changed in self._changes.values() for file in changed.items()}
        unread = sorted((path, blob) for path, blob in changed_files - read_already if blob and post_parser.is_post_path(path))
        with self.repo.open_reader() as batch:
            for (path, _blob), data in zip(unread, batch.read_all(blob for _path, blob in unread), strict=True):
                for post_id in post_parser.possible_ids(path, data or b""):
                    paths_by_id.setdefault(post_id, set()).add(path)
        return {post_id: frozenset(paths) for post_id, paths in paths_by_id.items()}

    @cached_property
    def _head_blobs(self) -> Mapping[str, str]:
        """The blob of every file at the end of the log, as far as its own line tells."""
        blobs: dict[str, str] = {}
        for oid in self.log.first_parents:
            blobs |= self._changes.get(oid, {})
        return blobs

    def _read_versions(self, publication: Publication) -> Iterable[Version]:
        paths = self._paths(publication)
        for state in self._file_states(paths):
            digests, instant = self._digests_at(paths, state, publication) or (None, None)
            at = instant.at if instant is not None and instant.basis == "written" else None
            committed, arrived = self.log.commits[state.commit].at, self.log.arrivals.get(state.commit)
            yield Version(state.commit, state.parents, digests, at, committed, arrived)

    def _digests_at(self, paths: tuple[str, ...], state: FileState, publication: Publication) -> tuple[Digests, Instant] | None:
        known = (publication.key, state.blobs)
        if known not in self._digests:
            post_paths = self._post_paths(publication)
            if not any(blob for path, blob in zip(paths, state.blobs, strict=True) if path in post_paths):
                return None
            self._digests[known] = digests_on(self._desks.desk(dict(zip(paths, state.blobs, strict=True))), publication)
        return self._digests[known]

    def _post_paths(self, publication: Publication) -> frozenset[str]:
        """Every file that may ever have held its post."""
        return self._paths_by_id.get(publication.post.id, frozenset({publication.post.path}))

    def _paths(self, publication: Publication) -> tuple[str, ...]:
        """Every file that this publication depends on, or ever may have."""
        if publication.key not in self._paths_by_publication:
            self._paths_by_publication[publication.key] = self._find_paths(publication)
        return self._paths_by_publication[publication.key]

    def _find_paths(self, publication: Publication) -> tuple[str, ...]:
        posts = self._post_paths(publication)
        if any(blob not in self._facts for path in posts for blob in self.blobs_of(path)):
            self.prepare([publication])
        facts = [self._facts[blob] for path in posts for blob in self.blobs_of(path)]
        campaigns = {path for fact in facts if fact.names_campaign for path in self._campaign_paths}
        if campaign := publication.post.front.campaign:
            campaigns.add(f"{CAMPAIGNS}{campaign}.md")
        # The same name may have stood for another file before.
        media = frozenset().union(*(fact.media for fact in facts)) | publication.words.paths
        return tuple(sorted({*posts, *SHARED_FILES, *campaigns, *media}))

    def _facts_in(self, text: bytes) -> _TextFacts:
        return _TextFacts(b"campaign" in text, self._media.in_text(text))

    @cached_property
    def _campaign_paths(self) -> tuple[str, ...]:
        return tuple(path for path in self._commits_by_path if path.startswith(CAMPAIGNS))

    @cached_property
    def _media(self) -> MediaMentions:
        """Every file below content/ that ever was and is no post."""
        names = (path for path in self._commits_by_path if path.startswith("content/"))
        return MediaMentions(path for path in names if not path.lower().endswith((".md", ".markdown")))

    @cached_property
    def _graph(self) -> FileGraph:
        return FileGraph(self.log, self._changes)

    def _file_states(self, paths: tuple[str, ...]) -> list[FileState]:
        """The commits at which one of these files changed, and the merges that brought different states of them together."""
        if paths not in self._states:
            touching = frozenset().union(*(self._commits_by_path.get(path, frozenset()) for path in paths))
            self._states[paths] = self._graph.states(paths, touching)
        return self._states[paths]


@dataclass(frozen=True, slots=True)
class _TextFacts:
    """What one version of a post may depend on."""

    names_campaign: bool
    media: frozenset[str]
    """Paths of every file whose name stands in it."""


def digests_on(desk: Desk, publication: Publication) -> tuple[Digests, Instant] | None:
    """The digests and the instant of a publication on a desk; None when the desk lacks its post, or the post is not for its channel."""
    post: Post | None = desk.posts.get(publication.post.id)
    if post is None:
        return None
    names = desks.channel_names(desk, post)
    channel = next((name for name in (publication.channel_name, *publication.channel.was) if name in names), None)
    if channel is None:
        return None
    on_desk = desks.publication(desk, post, channel, publication.occurrence)
    # A written date is an instant whatever else there is; what the tool chooses is not part of the digest.
    instant = timetable.make(desk, {}, _ANY_TIME).instants.get(on_desk.key) or Instant(None, "repeat")
    return approval.digests(on_desk, instant, desk), instant
