"""The past of a publication: which versions it had along the default branch's history, and which commits made them."""

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
from marronnier.forge.commit_log import CommitLog, file_changes
from marronnier.git import Repo
from marronnier.model.brand import Brand, LedgerIdentity
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests
from marronnier.model.post import Post
from marronnier.model.publication import Publication

BRAND = "brand/brand.yml"
SHARED = (BRAND, "brand/channels.yml", "brand/handles.yml", "calendar/slots.yml", "calendar/days.yml")
"""Files that every publication's digests may depend on, beside its post, its media and its campaign."""

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_ID = re.compile(rb"^\s*[\"']?id[\"']?[ \t]*[:=][ \t]*[\"']?([A-Za-z0-9._-]+)", re.MULTILINE)
_LONGEST_FRONT = 65536


@dataclass(frozen=True, slots=True)
class _Node:
    """A commit at which files a publication depends on changed, or a merge of different states of them."""

    commit: str
    parents: tuple[int, ...]
    blobs: tuple[str, ...]
    """In the order of the paths asked about; empty where there is no such file."""


class VersionHistory:
    """Answers what a publication was at earlier commits. Everything read is remembered: an answer about a commit never changes."""

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
        found = self._versions.get(publication.key)
        if found is None:
            found = self._versions[publication.key] = tuple(self._read(publication))
        return found

    def introducing_commits(self, publication: Publication) -> tuple[str, ...]:
        """Commits of the branch's own line that changed its post's files, and by that made it what it is now.

        The short way for most posts: a few versions are read, not all of them.
        """
        paths = self._paths(publication)
        nodes = self._graph(paths)
        own = [place for place, path in enumerate(paths) if path in self._posts(publication)]
        found = []
        for node in reversed(nodes):
            before = nodes[node.parents[0]] if node.parents else None
            changed = before is None or any(node.blobs[place] != before.blobs[place] for place in own)
            if (
                changed
                and node.commit in self.log.places
                and self._same(paths, node, nodes[-1], publication)
                and not (before is not None and self._same(paths, before, nodes[-1], publication))
            ):
                found.append(node.commit)
        return tuple(found)

    def _same(self, paths: tuple[str, ...], one: _Node, other: _Node, publication: Publication) -> bool:
        """Whether a publication has the same digests at both."""
        if all(
            self._meaning(path, blob) == self._meaning(path, then) for path, blob, then in zip(paths, one.blobs, other.blobs, strict=True)
        ):
            return True
        known, then = self._known(paths, one, publication), self._known(paths, other, publication)
        return known is not None and then is not None and known[0] == then[0]

    def _meaning(self, path: str, blob: str) -> object:
        """What a version of a file may mean for a digest: all of it, but for what brand.yml says of the ledger and of the clock.

        Every brand changes it to name its ledger; without this, all its posts would be read at both versions.
        """
        if path != BRAND or not blob:
            return blob
        if blob not in self._brands:
            self._brands[blob] = self._desk({path: blob}).brand.but(ledger=LedgerIdentity(), clock=None)
        return self._brands[blob]

    def blobs_of(self, path: str) -> frozenset[str]:
        """Every blob that a path ever held."""
        return frozenset(blob for oid in self._touching.get(path, ()) if (blob := self._alterations[oid][path]))

    @cached_property
    def _alterations(self) -> Mapping[str, Mapping[str, str]]:
        """By commit: the files it changed against its first parent, and the blob each has now."""
        return {oid: {one.path: one.blob for one in changed} for oid, changed in file_changes(self.repo, self.log, TEAM_FOLDERS).items()}

    @cached_property
    def _touching(self) -> Mapping[str, frozenset[str]]:
        """By path: the commits that changed it."""
        found: dict[str, set[str]] = {}
        for oid, changed in self._alterations.items():
            for path in changed:
                found.setdefault(path, set()).add(oid)
        return {path: frozenset(oids) for path, oids in found.items()}

    @cached_property
    def _paths_of_ids(self) -> Mapping[str, frozenset[str]]:
        """By post id: every path that may ever have held it. Files are moved, deleted and added again; the id stays."""
        found: dict[str, set[str]] = {}
        now = {post.path: post for post in chain(self.desk.posts.values(), self.desk.duplicates)}
        for path, post in now.items():
            found.setdefault(post.id, set()).add(path)
        known = {(post.path, blob) for post in now.values() if (blob := self._blob_now(post.path))}
        listed = sorted(
            {(path, blob) for changed in self._alterations.values() for path, blob in changed.items() if blob and post_parser.is_post(path)}
            - known
        )
        with self.repo.open_reader() as batch:
            for (path, _blob), data in zip(listed, batch.read_all(blob for _path, blob in listed), strict=True):
                for post_id in _ids(path, data or b""):
                    found.setdefault(post_id, set()).add(path)
        return {post_id: frozenset(paths) for post_id, paths in found.items()}

    def _blob_now(self, path: str) -> str:
        return self._head.get(path, "")

    @cached_property
    def _head(self) -> Mapping[str, str]:
        """The blob of every file at the end of the log, as far as its own line tells."""
        found: dict[str, str] = {}
        for oid in self.log.line:
            found |= self._alterations.get(oid, {})
        return found

    def _read(self, publication: Publication) -> Iterable[Version]:
        paths = self._paths(publication)
        for node in self._graph(paths):
            known = self._known(paths, node, publication)
            at = known[1].at if known is not None and known[1].basis == "written" else None
            yield Version(node.commit, node.parents, known[0] if known else None, at, self.log.commits[node.commit].at)

    def _known(self, paths: tuple[str, ...], node: _Node, publication: Publication) -> tuple[Digests, Instant] | None:
        return digests_on(self._desk(dict(zip(paths, node.blobs, strict=True))), publication)

    def _posts(self, publication: Publication) -> frozenset[str]:
        """Every file that may ever have held its post."""
        return self._paths_of_ids.get(publication.post.id, frozenset({publication.post.path}))

    def _paths(self, publication: Publication) -> tuple[str, ...]:
        """Every file that this publication depends on, or ever may have."""
        front = publication.post.front
        posts = self._posts(publication)
        campaigns = {path for path in self._touching if path.startswith("calendar/campaigns/")} if self._had_campaign(posts) else set()
        if front.campaign:
            campaigns.add(f"calendar/campaigns/{front.campaign}.md")
        media = {picture.path for picture in publication.words.media} | self._media_named(posts)
        return tuple(sorted({*posts, *SHARED, *campaigns, *media}))

    def _had_campaign(self, posts: Iterable[str]) -> bool:
        return any(b"campaign" in text for text in self._texts(posts))

    def _media_named(self, posts: Iterable[str]) -> set[str]:
        """Media that some version of the post names: the same name may have found another file before."""
        texts = self._texts(posts)
        return {path for path, name in self._media.items() if any(name in text for text in texts)}

    @cached_property
    def _media(self) -> Mapping[str, bytes]:
        """Every file below content/ that ever was and is no post, with its name."""
        return {
            path: PurePosixPath(path).name.encode("utf-8", "surrogateescape")
            for path in self._touching
            if path.startswith("content/") and not path.lower().endswith((".md", ".markdown"))
        }

    def _texts(self, posts: Iterable[str]) -> list[bytes]:
        return [self.repo.read(blob) or b"" for path in posts for blob in self.blobs_of(path)]

    def _graph(self, paths: tuple[str, ...]) -> list[_Node]:
        """The commits at which one of these files changed, and the merges that brought different states of them together."""
        if paths in self._nodes:
            return self._nodes[paths]
        touching = frozenset().union(*(self._touching.get(path, frozenset()) for path in paths))
        nodes: list[_Node] = []
        place: dict[str, int] = {}
        for oid, commit in self.log.commits.items():
            parents = tuple(dict.fromkeys(place[parent] for parent in commit.parents if parent in place))
            if oid not in touching and len(parents) == 1:
                place[oid] = parents[0]
                continue
            before = nodes[parents[0]].blobs if parents else ("",) * len(paths)
            changed = self._alterations.get(oid, {})
            place[oid] = len(nodes)
            nodes.append(_Node(oid, parents, tuple(changed.get(path, blob) for path, blob in zip(paths, before, strict=True))))
        self._nodes[paths] = nodes
        return nodes

    def _desk(self, files: Mapping[str, str]) -> Desk:
        """What these files say together, whatever else there was."""
        there = tuple((path, blob) for path, blob in files.items() if blob)
        if there not in self._desks:
            self._desks[there] = desks.load(_Files(self.repo, dict(there)))
        return self._desks[there]


class _Files:
    """A few files as a tree, by their blobs."""

    def __init__(self, repo: Repo, blobs: Mapping[str, str]) -> None:
        self._repo = repo
        self._blobs = blobs
        self.refused: Mapping[str, str] = {}

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """Those below these folders, sorted."""
        return tuple(sorted(path for path in self._blobs if path.startswith(tuple(f"{folder}/" for folder in folders))))

    def read(self, path: str) -> bytes:
        """The bytes of one. Raises FileNotFoundError."""
        data = self._repo.read(self._blobs[path]) if path in self._blobs else None
        if data is None:
            raise FileNotFoundError(2, "not among these files", path)
        return data

    def size(self, path: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        return len(self.read(path))

    def sha256(self, path: str) -> str:
        """SHA-256 of one; empty when it is not there."""
        return hashlib.sha256(self.read(path)).hexdigest() if path in self._blobs else ""

    def exists(self, path: str) -> bool:
        """Whether it is there."""
        return path in self._blobs


def digests_on(desk: Desk, publication: Publication) -> tuple[Digests, Instant] | None:
    """The digests and the instant a publication has on a desk with its post; None when there it has no such post, or not for that channel."""
    post: Post | None = desk.posts.get(publication.post.id)
    if post is None:
        return None
    names = desks.channels_of(desk, post)
    channel = next((name for name in (publication.channel_name, *publication.channel.was) if name in names), None)
    if channel is None:
        return None
    there = desks.publication(desk, post, channel, publication.occurrence)
    # A written date is an instant whatever else there is; what the tool chooses is not part of the digest.
    instant = timetable.make(desk, {}, _ANY_TIME).instants.get(there.key) or Instant(None, "repeat")
    return approval.digests(there, instant, desk), instant


def _ids(path: str, data: bytes) -> Iterable[str]:
    """Every id that a post's file may have: too many does no harm, the post itself tells in the end."""
    yield post_parser.default_id(path)
    yield post_parser.slugify(post_parser.default_id(path))
    for found in _ID.findall(data[:_LONGEST_FRONT]):
        yield found.decode().casefold()
