"""The files of one commit, read from git's objects without filters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path

from marronnier.files import TEAM_FOLDERS, Tree, is_safe_path
from marronnier.files.lfs import MAX_POINTER, LfsPointer, LfsStore, may_be_pointer, parse_pointer, store_of
from marronnier.git import GitError, Repo

_PLAIN_FILE_MODES = ("100644", "100755")
"""Git's modes of plain files; 120000 is a link, 160000 a submodule (git-fast-import(1), seen 2026-11-22)."""


class CommitTree(Tree):
    """What people wrote, as one commit holds it."""

    def __init__(self, repo: Repo, rev: str) -> None:
        """Raises GitError when there is no such commit."""
        self.repo = repo
        self.rev = repo.commit_id(rev) or repo.text("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}")

    @property
    def _blobs(self) -> Mapping[str, tuple[str, int]]:
        """Object id and size in bytes of every plain file, by its path relative to the brand's folder."""
        return self._files[0]

    @cached_property
    def _files(self) -> tuple[Mapping[str, tuple[str, int]], Mapping[str, str]]:
        """The plain files; and why others are refused, by their path."""
        return self.repo.list_files(self.rev, self._read_listing)

    def _read_listing(self, listing: bytes) -> tuple[Mapping[str, tuple[str, int]], Mapping[str, str]]:
        blobs: dict[str, tuple[str, int]] = {}
        refused: dict[str, str] = {}
        for line in listing.split(b"\0"):
            if not line:
                continue
            columns, _tab, raw = line.partition(b"\t")
            mode, kind, oid, size = columns.decode("ascii").split()
            path = raw.decode("utf-8", "surrogateescape")
            if not path.startswith(self.repo.prefix):
                continue
            path = path.removeprefix(self.repo.prefix)
            if path.split("/", 1)[0] not in TEAM_FOLDERS or any(part.startswith(".") for part in path.split("/")):
                continue
            if kind != "blob":
                refused[path] = "submodule"
            elif mode not in _PLAIN_FILE_MODES:
                refused[path] = "link"
            elif not is_safe_path(path):
                refused[path] = "name"
            else:
                blobs[path] = (oid, int(size))
        return blobs, refused

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        return self._files[1]

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        starts = tuple(f"{folder}/" for folder in folders)
        return tuple(sorted(path for path in self._blobs if path.startswith(starts)))

    @cached_property
    def lfs(self) -> LfsStore:
        """The large files that pointers name."""
        return store_of(self.repo.path.resolve())

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError when the commit has no such file, GitError when the object is missing from the repository."""
        pointer = self.pointer(path)
        return self.lfs.path(pointer).read_bytes() if pointer is not None else self.read_blob(self._blob(path)[0])

    def pointer(self, path: str) -> LfsPointer | None:
        if path not in self._blobs:
            return None
        oid, size = self._blobs[path]
        return self.blob_pointer(path, oid, size)

    def blob_pointer(self, path: str, oid: str, size: int | None = None) -> LfsPointer | None:
        """The Git LFS object that a blob under that path names; None when it names none, or is not here."""
        if not may_be_pointer(path, MAX_POINTER - 1 if size is None else size):
            return None
        data = self.repo.read(oid) or b""
        return parse_pointer(data) if len(data) < MAX_POINTER else None

    def local_file(self, path: str) -> AbstractContextManager[Path]:
        pointer = self.pointer(path)
        return nullcontext(self.lfs.path(pointer)) if pointer is not None else self.blob_file(self._blob(path)[0])

    @contextmanager
    def blob_file(self, oid: str) -> Iterator[Path]:
        """A file on the disk with the bytes of a blob, written piece by piece. Raises GitError when the object is missing."""
        import tempfile

        with tempfile.NamedTemporaryFile(prefix="marronnier-") as file:
            if not self.repo.copy(oid, file.write):
                raise GitError(("cat-file",), 1, f"the object {oid} is not here")
            file.flush()
            yield Path(file.name)

    reads_together = True

    def read_all(self, paths: Sequence[str]) -> Iterator[bytes]:
        """The bytes of many files, through a reader of their own so that each may be used while the next is read. Raises as `read`."""
        with self.repo.open_reader() as reader:
            for path, data in zip(paths, reader.read_all(self._blob(path)[0] for path in paths), strict=True):
                if data is None:
                    raise GitError(("cat-file",), 1, f"the object of {path} is not here")
                pointer = parse_pointer(data) if may_be_pointer(path, len(data)) else None
                yield data if pointer is None else self.lfs.path(pointer).read_bytes()

    def size(self, path: str) -> int:
        pointer = self.pointer(path)
        return pointer.size if pointer is not None else self._blob(path)[1]

    def _blob(self, path: str) -> tuple[str, int]:
        if path not in self._blobs:
            raise FileNotFoundError(2, "no plain file in the commit", path)
        return self._blobs[path]

    def exists(self, path: str) -> bool:
        return path in self._blobs

    def sha256(self, path: str) -> str:
        """SHA-256 of a file's bytes as 64 hex digits; empty when there is no such file. Git's own SHA-1 can collide."""
        if path not in self._blobs:
            return ""
        pointer = self.pointer(path)
        return pointer.oid if pointer is not None else self.blob_sha256(self._blobs[path][0])

    def blob_sha256(self, oid: str) -> str:
        """SHA-256 of a blob's bytes, computed once in a repository. Raises GitError when the object is missing from the repository."""
        digests = self.repo.blob_digests
        if oid not in digests:
            digest = hashlib.sha256()
            if not self.repo.copy(oid, digest.update):
                raise GitError(("cat-file",), 1, f"the object {oid} is not here")
            digests[oid] = digest.hexdigest()
        return digests[oid]

    def read_blob(self, oid: str) -> bytes:
        """The bytes of a blob. Raises GitError when the object is missing from the repository."""
        data = self.repo.read(oid)
        if data is None:
            raise GitError(("cat-file",), 1, f"the object {oid} is not here")
        return data


class ChangedTree(Tree):
    """The files of a commit that differs from another in few of them, without a list of all."""

    def __init__(self, near: CommitTree, changes: Mapping[str, str]) -> None:
        """`changes`: the blob of each file that differs from `near`, empty for one that is gone."""
        self._near = near
        self._changes = {path: blob if _is_readable(path) else "" for path, blob in changes.items()}

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """Those of the commit nearby."""
        return self._near.skipped_paths

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        starts = tuple(f"{folder}/" for folder in folders)
        added = (path for path, blob in self._changes.items() if blob and path.startswith(starts))
        return tuple(sorted({*(path for path in self._near.paths(folders) if path not in self._changes), *added}))

    def has_own(self, path: str) -> bool:
        """Whether it differs from the commit nearby in this file."""
        return path in self._changes

    def read(self, path: str) -> bytes:
        if path not in self._changes:
            return self._near.read(path)
        if not self._changes[path]:
            raise FileNotFoundError(2, "no plain file in the commit", path)
        pointer = self.pointer(path)
        return self._near.lfs.path(pointer).read_bytes() if pointer is not None else self._near.read_blob(self._changes[path])

    def pointer(self, path: str) -> LfsPointer | None:
        if path not in self._changes:
            return self._near.pointer(path)
        return self._near.blob_pointer(path, self._changes[path]) if self._changes[path] else None

    def local_file(self, path: str) -> AbstractContextManager[Path]:
        if path not in self._changes:
            return self._near.local_file(path)
        if not self._changes[path]:
            raise FileNotFoundError(2, "no plain file in the commit", path)
        pointer = self.pointer(path)
        return nullcontext(self._near.lfs.path(pointer)) if pointer is not None else self._near.blob_file(self._changes[path])

    def size(self, path: str) -> int:
        if path not in self._changes:
            return self._near.size(path)
        pointer = self.pointer(path)
        return pointer.size if pointer is not None else len(self.read(path))

    def exists(self, path: str) -> bool:
        return bool(self._changes[path]) if path in self._changes else self._near.exists(path)

    def sha256(self, path: str) -> str:
        if path not in self._changes:
            return self._near.sha256(path)
        if not self._changes[path]:
            return ""
        pointer = self.pointer(path)
        return pointer.oid if pointer is not None else self._near.blob_sha256(self._changes[path])


def _is_readable(path: str) -> bool:
    """Whether a file with that path is ever read: no part of it is hidden, and its name can be printed."""
    return is_safe_path(path) and not any(part.startswith(".") for part in path.split("/"))
