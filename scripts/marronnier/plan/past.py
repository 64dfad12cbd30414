"""The past of a publication: which versions it had along the default branch's history, and which commits made them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePosixPath

from marronnier import approval, timetable
from marronnier import desk as desks
from marronnier.approval import Version
from marronnier.desk import Desk
from marronnier.forge.log import Log, alterations
from marronnier.git import Repo
from marronnier.model.planned import Digests, Instant
from marronnier.model.post import Post
from marronnier.model.publication import Publication

FOLDERS = ("content", "brand", "calendar")
SHARED = ("brand/brand.yml", "brand/channels.yml", "brand/handles.yml", "calendar/slots.yml", "calendar/days.yml")
"""Files that every publication's digests may depend on, beside its post, its media and its campaign."""

_ID = re.compile(rb"^id:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*)[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Node:
    """A commit at which files a publication depends on changed."""

    commit: str
    parents: tuple[int, ...]
    files: tuple[str, ...]
    """Blobs of the publication's files, in the order of its paths."""


class Past:
    """Answers what a publication was at earlier commits. Everything read is remembered: an answer about a commit never changes."""

    def __init__(self, repo: Repo, log: Log, desk: Desk) -> None:
        self.repo = repo
        self.log = log
        self.desk = desk
        self._found: dict[str, tuple[Version, ...]] = {}
        self._digests: dict[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[Digests, Instant] | None] = {}
        self._shared: dict[tuple[str, ...], Desk] = {}
        self._posts: dict[tuple[str, str], Post | None] = {}

    def versions(self, publication: Publication) -> tuple[Version, ...]:
        """Its versions, oldest first; the last is how it stands at the end of the log."""
        found = self._found.get(publication.key)
        if found is None:
            found = self._found[publication.key] = self._versions(publication)
        return found

    def blobs_of(self, path: str) -> frozenset[str]:
        """Every blob that a path ever held."""
        return frozenset(blob for oid in self._touching.get(path, ()) if (blob := self._alterations[oid][path]))

    @cached_property
    def _alterations(self) -> Mapping[str, Mapping[str, str]]:
        """By commit: the files it changed, and the blob each has now."""
        return {
            oid: {alteration.path: alteration.blob for alteration in changed}
            for oid, changed in alterations(self.repo, self.log, FOLDERS).items()
        }

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
        """By post id: every path that ever held it. Files may be moved, deleted and added again; the id stays."""
        now = {post.path: post.id for post in (*self.desk.posts.values(), *self.desk.duplicates)}
        found: dict[str, set[str]] = {}
        for path, post_id in now.items():
            found.setdefault(post_id, set()).add(path)
        old: set[tuple[str, str]] = set()
        for changed in self._alterations.values():
            old |= {(path, blob) for path, blob in changed.items() if blob and is_post(path)}
        listed = sorted(old)
        with self.repo.batch() as batch:
            for (path, blob), data in zip(listed, batch.read_all(blob for _path, blob in listed), strict=True):
                self._ids[path, blob] = written_id(path, data or b"")
                found.setdefault(self._ids[path, blob], set()).add(path)
        return {post_id: frozenset(paths) for post_id, paths in found.items()}

    @cached_property
    def _ids(self) -> dict[tuple[str, str], str]:
        return {}

    def _versions(self, publication: Publication) -> tuple[Version, ...]:
        post_paths = tuple(sorted(self._paths_of_ids.get(publication.post.id, {publication.post.path})))
        media = {picture.path for picture in publication.words.media} | self._media_beside(post_paths)
        campaigns = {f"calendar/campaigns/{publication.post.front.campaign}.md"} if publication.post.front.campaign else set()
        paths = (*post_paths, *SHARED, *sorted(media | campaigns))
        nodes = self._nodes(paths)
        versions = []
        for node in nodes:
            known = self._digests_at(publication, node, paths, post_paths)
            at = known[1].at if known is not None and known[1].basis == "written" else None
            versions.append(Version(node.commit, node.parents, known[0] if known else None, at, self.log.commits[node.commit].at))
        return tuple(versions)

    def _media_beside(self, post_paths: Iterable[str]) -> set[str]:
        """Files that a media name of the post's could find before the one it finds now: beside the post, in its folder."""
        folders = {str(PurePosixPath(path).parent) for path in post_paths if PurePosixPath(path).stem == "index"}
        return {path for path in self._touching if not path.endswith(".md") and str(PurePosixPath(path).parent) in folders}

    def _nodes(self, paths: tuple[str, ...]) -> list[_Node]:
        """The commits at which one of these files changed, and the merges that brought different states of them together."""
        touching = frozenset().union(*(self._touching.get(path, frozenset()) for path in paths))
        nodes: list[_Node] = []
        place: dict[str, int] = {}
        for oid, commit in self.log.commits.items():
            parents = [place[parent] for parent in commit.parents if parent in place]
            if oid not in touching and len(set(parents)) == 1:
                place[oid] = parents[0]
                continue
            before = nodes[parents[0]].files if parents and commit.parents[0] in place else ("",) * len(paths)
            changed = self._alterations.get(oid, {})
            files = tuple(changed.get(path, blob) for path, blob in zip(paths, before, strict=True))
            place[oid] = len(nodes)
            nodes.append(_Node(oid, tuple(dict.fromkeys(parents)), files))
        return nodes

    def _digests_at(
        self, publication: Publication, node: _Node, paths: tuple[str, ...], post_paths: tuple[str, ...]
    ) -> tuple[Digests, Instant] | None:
        memory = (publication.key, paths, node.files)
        if memory not in self._digests:
            self._digests[memory] = self._read(publication, node, dict(zip(paths, node.files, strict=True)), post_paths)
        return self._digests[memory]

    def _read(
        self, publication: Publication, node: _Node, files: Mapping[str, str], post_paths: tuple[str, ...]
    ) -> tuple[Digests, Instant] | None:
        """Its digests and instant at a commit; None where it did not exist."""
        path = next((path for path in post_paths if files[path] and self._id_of(path, files[path]) == publication.post.id), None)
        if path is None:
            return None
        tree = desks.CommitTree(self.repo, node.commit)
        post = self._post(path, files[path], tree)
        if post is None:
            return None
        shared = self._desk_at(tree, tuple(files[name] for name in files if not is_post(name)))
        desk = replace(shared, tree=tree, posts={post.id: post}, duplicates=())
        return digests_on(desk, post, publication)

    def _post(self, path: str, blob: str, tree: desks.CommitTree) -> Post | None:
        if (path, blob) not in self._posts:
            read = desks.load(tree, only=path)
            self._posts[path, blob] = next((post for post in (*read.posts.values(), *read.duplicates) if post.path == path), None)
        return self._posts[path, blob]

    def _desk_at(self, tree: desks.CommitTree, blobs: tuple[str, ...]) -> Desk:
        """What brand and calendar said there; read once for each state of those files."""
        if blobs not in self._shared:
            self._shared[blobs] = desks.load(tree, only="")
        return self._shared[blobs]

    def _id_of(self, path: str, blob: str) -> str:
        return self._ids.get((path, blob), "")


def digests_on(desk: Desk, post: Post, publication: Publication) -> tuple[Digests, Instant] | None:
    """The digests and the instant a publication has on a desk that holds its post; None when the post does not go to that channel there."""
    names = desks.channels_of(desk, post)
    channel = next((name for name in (publication.channel_name, *publication.channel.was) if name in names), None)
    if channel is None:
        return None
    there = desks.publication(desk, post, channel, publication.occurrence)
    # The instant of a written date depends on nothing else than the post and the brand.
    instant = timetable.make(desk, {}, _ANY).instants.get(there.key) or Instant(None, "repeat")
    return approval.digests(there, instant, desk), instant


_ANY = datetime(2000, 1, 1, tzinfo=UTC)


def is_post(path: str) -> bool:
    """Whether a path is that of a post or an idea."""
    return path.endswith(".md") and path.startswith(("content/posts/", "content/ideas/"))


def written_id(path: str, data: bytes) -> str:
    """The id that a post's file gives it: `id:` of its front matter, else its name (its folder's, for `index.md`), folded."""
    head = data[:20000].lstrip(b"\xef\xbb\xbf")
    end = head.find(b"\n---", 3)
    found = _ID.search(head[: end if end > 0 else len(head)]) if head.startswith(b"---") else None
    if found is not None:
        return found[1].decode().casefold()
    where = PurePosixPath(path)
    return (where.parent.name if where.stem == "index" else where.stem).casefold()
