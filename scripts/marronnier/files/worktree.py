"""The files people wrote below `content/`, `brand/` and `calendar/`: the protocol Tree, and the working directory as one."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Protocol

from marronnier.files.lfs import LfsPointer, LfsStore, may_be_pointer, parse_pointer, store_of

TEAM_FOLDERS = ("brand", "calendar", "content")
"""The folders of the files that people write; nothing outside them is read."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Tree(Protocol):
    """The files people wrote, in the working directory or in a commit."""

    reads_together: bool = False
    """Whether `read_all` takes less time than reading one file after the other."""

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The paths of all files below these folders, with `/`, sorted."""
        ...

    def read_all(self, paths: Sequence[str]) -> Iterator[bytes]:
        """The bytes of many files, in the order of their paths. Raises FileNotFoundError."""
        return map(self.read, paths)

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError."""
        ...

    def size(self, path: str) -> int:
        """The size of a file in bytes. Raises FileNotFoundError."""
        ...

    def sha256(self, path: str) -> str:
        """SHA-256 of a file as 64 hex digits; empty when there is no such file."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a plain file at that path."""
        ...

    def local_file(self, path: str) -> AbstractContextManager[Path]:
        """A file on the disk with the bytes of that file, until the end of the `with`. Raises as `read`."""
        return _as_temporary_file(self.read(path))

    def pointer(self, path: str) -> LfsPointer | None:
        """The Git LFS object that stands for a file: digest, size and bytes are the object's. None for a file that is itself."""
        return None

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """The paths that `paths` leaves out, each with its kind: `link`, `special`, `name` or `submodule`."""
        ...


@contextmanager
def _as_temporary_file(data: bytes) -> Iterator[Path]:
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="marronnier-") as file:
        file.write(data)
        file.flush()
        yield Path(file.name)


def is_safe_path(path: str) -> bool:
    """Whether a path can only name a file below the root: it is relative, has no `..`, and no unprintable character."""
    parts = path.split("/")
    return not (any(part in ("", ".", "..") for part in parts) or "\\" in path or ":" in parts[0] or _UNPRINTABLE.search(path))


def printable_path(path: str) -> str:
    """A path with control characters and undecodable bytes escaped, so that it is safe to print."""
    return _UNPRINTABLE.sub(lambda character: character[0].encode("unicode_escape").decode("ascii"), path)


class WorkTree(Tree):
    """The working directory of a brand."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._refused: dict[str, str] = {}
        self._digests: dict[tuple[str, int, int, int], str] = {}
        self._listed: frozenset[str] = frozenset()
        self._listed_folders: set[str] = set()
        """Folders of which `paths` listed every file."""
        self._pointers: dict[tuple[str, int, int, int], LfsPointer | None] = {}

    @cached_property
    def lfs(self) -> LfsStore:
        """The large files that pointers name."""
        return store_of(self.root)

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """The paths that `paths` left out so far, each with its kind."""
        return self._refused

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The paths of all files below these folders, with `/`, sorted; `""` is the root itself.

        Hidden files and folders are left out, and so are links: see `skipped_paths`.
        """
        paths: list[str] = []
        for folder in folders:
            location = self.root / folder if folder else self.root
            if location.is_symlink():
                self._refused[folder] = "link"
            elif location.is_dir():
                paths += self._walk(str(location), folder)
                self._listed_folders.add(folder)
        self._listed |= frozenset(paths)
        return tuple(sorted(paths))

    def _walk(self, folder: str, name: str) -> Iterator[str]:
        waiting = [(folder, name)]
        while waiting:
            directory, prefix = waiting.pop()
            with os.scandir(directory) as scanned:
                entries = list(scanned)
                if prefix and any(entry.name == ".git" for entry in entries):
                    # A repository of its own below the root: our commits do not hold its files.
                    self._refused[prefix] = "submodule"
                    continue
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    path = f"{prefix}/{entry.name}" if prefix else entry.name
                    if _UNPRINTABLE.search(entry.name) or "\\" in entry.name:
                        self._refused[path] = "name"
                    elif entry.is_symlink():
                        self._refused[path] = "link"
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, path))
                    elif entry.is_file(follow_symlinks=False):
                        yield path
                    else:
                        self._refused[path] = "special"

    def _locate(self, path: str) -> str:
        """The file's location on the disk. Raises FileNotFoundError when the path cannot be a plain file below the root."""
        location = f"{self.root}/{path}"
        if path in self._listed:
            # `paths` saw that every folder on the way is a plain one; a link as the file itself is never followed.
            return location
        if not is_safe_path(path) or os.path.realpath(location) != os.path.normpath(location):
            raise FileNotFoundError(2, "no plain file below the brand's folder", path)
        folders = path.split("/")[:-1]
        if any(os.path.lexists(f"{self.root}/{'/'.join(folders[: end + 1])}/.git") for end in range(len(folders))):
            raise FileNotFoundError(2, "in a repository of its own", path)
        return location

    def _stat(self, path: str) -> os.stat_result:
        try:
            status = os.lstat(self._locate(path))
        except NotADirectoryError as error:
            raise FileNotFoundError(errno.ENOENT, "no plain file", path) from error
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(2, "no plain file", path)
        return status

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError when it is missing, a link, or outside the brand's folder."""
        data = self._read(path)
        pointer = parse_pointer(data) if may_be_pointer(path, len(data)) else None
        return self.lfs.path(pointer).read_bytes() if pointer is not None else data

    def _read(self, path: str) -> bytes:
        """The bytes that stand there, a pointer's too."""
        try:
            opened = os.open(self._locate(path), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise FileNotFoundError(errno.ENOENT, "no plain file", path) from error
            raise
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise FileNotFoundError(errno.ENOENT, "no plain file", path)
            return file.read()

    def size(self, path: str) -> int:
        status = self._stat(path)
        pointer = self._pointer(path, status)
        return pointer.size if pointer is not None else status.st_size

    def local_file(self, path: str) -> AbstractContextManager[Path]:
        pointer = self.pointer(path)
        if pointer is None:
            self._stat(path)
        return nullcontext(self.lfs.path(pointer) if pointer is not None else Path(self._locate(path)))

    def pointer(self, path: str) -> LfsPointer | None:
        try:
            return self._pointer(path, self._stat(path))
        except OSError:
            return None

    def _pointer(self, path: str, status: os.stat_result) -> LfsPointer | None:
        if not may_be_pointer(path, status.st_size):
            return None
        key = (path, status.st_size, status.st_mtime_ns, status.st_ino)
        if key not in self._pointers:
            self._pointers[key] = parse_pointer(self._read(path))
        return self._pointers[key]

    def exists(self, path: str) -> bool:
        if path in self._listed:
            return True
        if path.partition("/")[0] in self._listed_folders and is_safe_path(path) and "/." not in path:
            # `paths` listed every file of this folder, and this one was not among them.
            return False
        try:
            self._stat(path)
        except OSError:
            return False
        return True

    def sha256(self, path: str) -> str:
        """SHA-256 of a file as 64 hex digits; empty when there is no such file. An unchanged file is not read twice."""
        try:
            status = self._stat(path)
        except OSError:
            return ""
        if (pointer := self._pointer(path, status)) is not None:
            return pointer.oid
        key = (path, status.st_size, status.st_mtime_ns, status.st_ino)
        if key not in self._digests:
            with (self.root / path).open("rb") as file:
                self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[key]
