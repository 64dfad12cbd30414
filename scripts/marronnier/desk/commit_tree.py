"""A commit as a tree: the same files as the working directory would have, read from git's objects, never through filters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property

from marronnier.files import TEAM_FOLDERS, is_inside
from marronnier.git import GitError, Repo

_PLAIN = ("100644", "100755")
"""Modes of plain files; 120000 is a link, 160000 a submodule (git-fast-import(1), seen 2026-11-22)."""


class CommitTree:
    """What people wrote, as one commit holds it."""

    def __init__(self, repo: Repo, rev: str) -> None:
        """Raises GitError when there is no such commit."""
        self.repo = repo
        self.rev = repo.commit_id(rev) or repo.text("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}")
        self._refused: dict[str, str] = {}
        self._digests: dict[str, str] = {}

    @cached_property
    def _blobs(self) -> Mapping[str, tuple[str, int]]:
        """Object id and size of every plain file, by its path below the brand's folder."""
        listed = self.repo.run("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", self.rev)
        found: dict[str, tuple[str, int]] = {}
        for line in listed.split(b"\0"):
            if not line:
                continue
            facts, _tab, raw = line.partition(b"\t")
            mode, kind, oid, size = facts.decode("ascii").split()
            path = raw.decode("utf-8", "surrogateescape")
            if not path.startswith(self.repo.prefix):
                continue
            path = path.removeprefix(self.repo.prefix)
            if path.split("/", 1)[0] not in TEAM_FOLDERS or any(part.startswith(".") for part in path.split("/")):
                continue
            if kind != "blob":
                self._refused[path] = "submodule"
            elif mode not in _PLAIN:
                self._refused[path] = "link"
            elif not is_inside(path):
                self._refused[path] = "name"
            else:
                found[path] = (oid, int(size))
        return found

    @property
    def refused(self) -> Mapping[str, str]:
        """Paths that `paths` left out, with the kind of thing they are."""
        return self._refused if self._blobs is not None else {}

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The files below these folders, with `/`, sorted."""
        starts = tuple(f"{folder}/" for folder in folders)
        return tuple(sorted(path for path in self._blobs if path.startswith(starts)))

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError; GitError when git cannot give an object that the commit names."""
        if path not in self._blobs:
            raise FileNotFoundError(2, "no plain file in the commit", path)
        data = self.repo.read(self._blobs[path][0])
        if data is None:
            raise GitError(("cat-file",), 1, f"the object of {path} is not here")
        return data

    def size(self, path: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        if path not in self._blobs:
            raise FileNotFoundError(2, "no plain file in the commit", path)
        return self._blobs[path][1]

    def exists(self, path: str) -> bool:
        """Whether the commit holds a plain file at that path."""
        return path in self._blobs

    def sha256(self, path: str) -> str:
        """SHA-256 of a file's bytes; empty when there is none. Never git's own SHA-1, which can collide."""
        if path not in self._blobs:
            return ""
        oid = self._blobs[path][0]
        if oid not in self._digests:
            self._digests[oid] = hashlib.sha256(self.read(path)).hexdigest()
        return self._digests[oid]
