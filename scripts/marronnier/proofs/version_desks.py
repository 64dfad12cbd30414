"""Desks of earlier commits that hold one post and what it depends on. Settings are loaded once for many versions of a post."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from marronnier import desk as desks
from marronnier.desk import Desk
from marronnier.desk.post_parser import is_post_path
from marronnier.files import TEAM_FOLDERS, Tree
from marronnier.git import Repo
from marronnier.model.post import Post

_Files = tuple[tuple[str, str], ...]
"""Paths with the blob of each."""


class VersionDesks:
    """The desks of a few files of a repository, by the blobs of these files."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._settings: dict[_Files, Desk] = {}
        self._posts: dict[tuple[str, str, Sequence[str]], Post | None] = {}
        self._digests: dict[str, str] = {}

    def desk(self, files: Mapping[str, str]) -> Desk:
        """The desk of these files alone, by path and blob; the blob is empty where there is no such file."""
        present = {path: blob for path, blob in files.items() if blob}
        shared = tuple((path, blob) for path, blob in present.items() if not path.startswith("content/"))
        if shared not in self._settings:
            self._settings[shared] = desks.load(_BlobTree(self._repo, dict(shared), self._digests))
        settings = self._settings[shared]
        tree = _BlobTree(self._repo, present, self._digests)
        posts: dict[str, Post] = {}
        for path in sorted(filter(is_post_path, present)):
            post = self._post(path, present[path], tree, settings)
            if post is not None:
                posts.setdefault(post.id, post)
        return replace(settings, tree=tree, posts=posts)

    def _post(self, path: str, blob: str, tree: _BlobTree, settings: Desk) -> Post | None:
        known = (path, blob, settings.brand.foreign_keys)
        if known not in self._posts:
            self._posts[known] = desks.read_post(tree, path, settings.brand)
        return self._posts[known]


class _BlobTree(Tree):
    """A few blobs as a tree of files."""

    def __init__(self, repo: Repo, blobs: Mapping[str, str], digests: dict[str, str]) -> None:
        self._repo = repo
        self._blobs = blobs
        self._digests = digests
        self._last = ("", b"")
        """The file that was read last: whoever reads one asks for its size first."""

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """None: what is no plain file has no blob here."""
        return {}

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The files below these folders, sorted."""
        return tuple(sorted(path for path in self._blobs if path.startswith(tuple(f"{folder}/" for folder in folders))))

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError."""
        if self._last[0] != path:
            data = self._repo.read(self._blobs[path]) if path in self._blobs else None
            if data is None:
                raise FileNotFoundError(2, "not among these files", path)
            self._last = (path, data)
        return self._last[1]

    def size(self, path: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        return len(self.read(path))

    def sha256(self, path: str) -> str:
        """SHA-256 of a file; empty when it is not there."""
        blob = self._blobs.get(path)
        if blob is None:
            return ""
        if blob not in self._digests:
            self._digests[blob] = hashlib.sha256(self.read(path)).hexdigest()
        return self._digests[blob]

    def exists(self, path: str) -> bool:
        """Whether there is a file at that path."""
        return path in self._blobs
