"""The versions a publication had along the default branch's history, and the commits that made them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath

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

BRAND_FILE = "brand/brand.yml"
SHARED_FILES = (BRAND_FILE, "brand/channels.yml", "brand/handles.yml", "calendar/slots.yml", "calendar/days.yml")
"""Files that every publication's digests may depend on, beside its post, its media and its campaign."""

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_ID = re.compile(rb"^\s*[\"']?id[\"']?[ \t]*[:=][ \t]*[\"']?([A-Za-z0-9._-]+)", re.MULTILINE)
_LONGEST_FRONT = 65536


@dataclass(frozen=True, slots=True)
class _Node:
    """A commit that changed files a publication depends on, or a merge of different states of them."""

    commit: str
    parents: tuple[int, ...]
    blobs: tuple[str, ...]
    """In the order of the paths asked about; empty where there is no such file."""


class VersionHistory:
    """What publications were at earlier commits. Everything read is remembered: an answer about a commit never changes."""

    def __init__(self, repo: Repo, log: CommitLog, desk: Desk) -> None:
        self.repo = repo
        self.log = log
        self.desk = desk
        self._versions: dict[str, tuple[Version, ...]] = {}
        self._nodes: dict[tuple[str, ...], list[_Node]] = {}
        self._desks: dict[tuple[tuple[str, str], ...], Desk] = {}
        self._brands: dict[str, Brand] = {}

    def versions(self, publication: Publication) -> tuple[Version, ...]:
        """Its versions, parents before children; the last is how it stands at the end of the log."""
        versions = self._versions.get(publication.key)
        if versions is None:
            versions = self._versions[publication.key] = tuple(self._read_versions(publication))
        return versions

    def introducing_commits(self, publication: Publication) -> tuple[str, ...]:
        """Commits of the branch's own line that changed its post's files, and by that made it what it is now.

        Most posts need a few versions for that, not all of them.
        """
        paths = self._paths(publication)
        nodes = self._file_graph(paths)
        post_files = [index for index, path in enumerate(paths) if path in self._post_paths(publication)]
        commits = []
        for node in reversed(nodes):
            before = nodes[node.parents[0]] if node.parents else None
            changed = before is None or any(node.blobs[index] != before.blobs[index] for index in post_files)
            if (
                changed
                and node.commit in self.log.positions
                and self._has_same_digests(paths, node, nodes[-1], publication)
                and not (before is not None and self._has_same_digests(paths, before, nodes[-1], publication))
            ):
                commits.append(node.commit)
        return tuple(commits)

    def _has_same_digests(self, paths: tuple[str, ...], earlier: _Node, later: _Node, publication: Publication) -> bool:
        """Whether a publication has the same digests at two commits."""
        blobs = zip(paths, earlier.blobs, later.blobs, strict=True)
        if all(self._digested_part(path, before) == self._digested_part(path, after) for path, before, after in blobs):
            return True
        before, after = self._digests_at(paths, earlier, publication), self._digests_at(paths, later, publication)
        return before is not None and after is not None and before[0] == after[0]

    def _digested_part(self, path: str, blob: str) -> object:
        """What of a file may change a digest: all of it, but in brand.yml the ledger and the clock.

        Every brand changes brand.yml to name its ledger; without this exception all its posts would be read at both versions.
        """
        if path != BRAND_FILE or not blob:
            return blob
        if blob not in self._brands:
            self._brands[blob] = self._desk({path: blob}).brand.replace(ledger=LedgerIdentity(), clock=None)
        return self._brands[blob]

    def blobs_of(self, path: str) -> frozenset[str]:
        """Every blob that a path ever held."""
        return frozenset(blob for oid in self._commits_by_path.get(path, ()) if (blob := self._changes[oid][path]))

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
        current = {post.path: post for post in chain(self.desk.posts.values(), self.desk.duplicates)}
        for path, post in current.items():
            paths_by_id.setdefault(post.id, set()).add(path)
        read_already = {(path, blob) for path in current if (blob := self._head_blobs.get(path, ""))}
        changed_files = {file for changed in self._changes.values() for file in changed.items()}
        unread = sorted((path, blob) for path, blob in changed_files - read_already if blob and post_parser.is_post_path(path))
        with self.repo.open_reader() as batch:
            for (path, _blob), data in zip(unread, batch.read_all(blob for _path, blob in unread), strict=True):
                for post_id in _ids(path, data or b""):
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
        for node in self._file_graph(paths):
            digests, instant = self._digests_at(paths, node, publication) or (None, None)
            at = instant.at if instant is not None and instant.basis == "written" else None
            committed, arrived = self.log.commits[node.commit].at, self.log.arrivals.get(node.commit)
            yield Version(node.commit, node.parents, digests, at, committed, arrived)

    def _digests_at(self, paths: tuple[str, ...], node: _Node, publication: Publication) -> tuple[Digests, Instant] | None:
        return digests_on(self._desk(dict(zip(paths, node.blobs, strict=True))), publication)

    def _post_paths(self, publication: Publication) -> frozenset[str]:
        """Every file that may ever have held its post."""
        return self._paths_by_id.get(publication.post.id, frozenset({publication.post.path}))

    def _paths(self, publication: Publication) -> tuple[str, ...]:
        """Every file that this publication depends on, or ever may have."""
        posts = self._post_paths(publication)
        texts = [self.repo.read(blob) or b"" for path in posts for blob in self.blobs_of(path)]
        campaigns: set[str] = set()
        if any(b"campaign" in text for text in texts):
            campaigns = {path for path in self._commits_by_path if path.startswith("calendar/campaigns/")}
        if campaign := publication.post.front.campaign:
            campaigns.add(f"calendar/campaigns/{campaign}.md")
        # The same name may have stood for another file before.
        media = {path for path, name in self._media_names.items() if any(name in text for text in texts)}
        media |= {picture.path for picture in publication.words.all_media}
        return tuple(sorted({*posts, *SHARED_FILES, *campaigns, *media}))

    @cached_property
    def _media_names(self) -> Mapping[str, bytes]:
        """Every file below content/ that ever was and is no post, with its name."""
        return {
            path: PurePosixPath(path).name.encode("utf-8", "surrogateescape")
            for path in self._commits_by_path
            if path.startswith("content/") and not path.lower().endswith((".md", ".markdown"))
        }

    def _file_graph(self, paths: tuple[str, ...]) -> list[_Node]:
        """The commits at which one of these files changed, and the merges that brought different states of them together."""
        if paths in self._nodes:
            return self._nodes[paths]
        touching = frozenset().union(*(self._commits_by_path.get(path, frozenset()) for path in paths))
        nodes: list[_Node] = []
        positions: dict[str, int] = {}
        for oid, commit in self.log.commits.items():
            parents = tuple(dict.fromkeys(positions[parent] for parent in commit.parents if parent in positions))
            if oid not in touching and len(parents) == 1:
                positions[oid] = parents[0]
                continue
            before = nodes[parents[0]].blobs if parents else ("",) * len(paths)
            changed = self._changes.get(oid, {})
            positions[oid] = len(nodes)
            nodes.append(_Node(oid, parents, tuple(changed.get(path, blob) for path, blob in zip(paths, before, strict=True))))
        self._nodes[paths] = nodes
        return nodes

    def _desk(self, files: Mapping[str, str]) -> Desk:
        """The desk of these files alone, by path and blob."""
        present = tuple((path, blob) for path, blob in files.items() if blob)
        if present not in self._desks:
            self._desks[present] = desks.load(_BlobTree(self.repo, dict(present)))
        return self._desks[present]


class _BlobTree:
    """A few blobs as a tree of files."""

    def __init__(self, repo: Repo, blobs: Mapping[str, str]) -> None:
        self._repo = repo
        self._blobs = blobs
        self.skipped_paths: Mapping[str, str] = {}

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The files below these folders, sorted."""
        return tuple(sorted(path for path in self._blobs if path.startswith(tuple(f"{folder}/" for folder in folders))))

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError."""
        data = self._repo.read(self._blobs[path]) if path in self._blobs else None
        if data is None:
            raise FileNotFoundError(2, "not among these files", path)
        return data

    def size(self, path: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        return len(self.read(path))

    def sha256(self, path: str) -> str:
        """SHA-256 of a file; empty when it is not there."""
        return hashlib.sha256(self.read(path)).hexdigest() if path in self._blobs else ""

    def exists(self, path: str) -> bool:
        """Whether there is a file at that path."""
        return path in self._blobs


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


def _ids(path: str, data: bytes) -> Iterable[str]:
    """Every id that a post's file may have: too many do no harm, because the post itself is read in the end."""
    yield post_parser.default_id(path)
    yield post_parser.slugify(post_parser.default_id(path))
    for post_id in _ID.findall(data[:_LONGEST_FRONT]):
        yield post_id.decode().casefold()
