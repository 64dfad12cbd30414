"""The working directory as a tree: what people wrote, below `content/`, `brand/` and `calendar/`."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

TEAM_FOLDERS = ("brand", "calendar", "content")
"""The folders that hold what people write; nothing outside them is read."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Tree(Protocol):
    """What people wrote, wherever it stands: the working directory, or a commit."""

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The files below these folders, with `/`, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError."""
        ...

    def size(self, path: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        ...

    def sha256(self, path: str) -> str:
        """SHA-256 of a file as 64 hex digits; empty when there is none."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file at that path."""
        ...

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """Paths that `paths` left out, with the kind of thing they are: `link`, `special`, `name`, `submodule`."""
        ...


def is_safe_path(path: str) -> bool:
    """Whether a path names something below the root: no way up, no absolute path, no odd character."""
    parts = path.split("/")
    return not (any(part in ("", ".", "..") for part in parts) or "\\" in path or ":" in parts[0] or _UNPRINTABLE.search(path))


def printable_path(path: str) -> str:
    """A path that is safe to print: control characters and undecodable bytes are escaped."""
    return _UNPRINTABLE.sub(lambda character: character[0].encode("unicode_escape").decode("ascii"), path)


class WorkTree:
    """The working directory of a brand."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self._refused: dict[str, str] = {}
        self._digests: dict[tuple[str, int, int, int], str] = {}
        self._listed: frozenset[str] = frozenset()
        self._listed_folders: set[str] = set()
        """Folders of which all is listed."""

    @property
    def skipped_paths(self) -> Mapping[str, str]:
        """Paths that `paths` left out, with the kind of thing they are."""
        return self._refused

    def paths(self, folders: Sequence[str] = TEAM_FOLDERS) -> tuple[str, ...]:
        """The files below these folders, with `/`, sorted; below the root itself for `""`. Hidden files and folders are left out, and so are links: see `refused`."""
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
                if any(entry.name == ".git" for entry in entries):
                    # Commits do not hold what is in it.
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
        """The file's place on the disk. Raises FileNotFoundError for what is no plain file below the root."""
        location = f"{self.root}/{path}"
        if path in self._listed:
            # Every folder on the way was just seen to be one; the file itself is never followed.
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
        """The bytes of a file. Raises FileNotFoundError for what is missing, a link, or outside the brand's folder."""
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
        """The size of a file in bytes. Raises FileNotFoundError."""
        return self._stat(path).st_size

    def exists(self, path: str) -> bool:
        """Whether there is a plain file at that path."""
        if path in self._listed:
            return True
        if path.partition("/")[0] in self._listed_folders and is_safe_path(path) and "/." not in path:
            # All that is there was just seen.
            return False
        try:
            self._stat(path)
        except OSError:
            return False
        return True

    def sha256(self, path: str) -> str:
        """SHA-256 of a file; empty when there is none. A file that did not change is not read twice."""
        try:
            status = self._stat(path)
        except OSError:
            return ""
        key = (path, status.st_size, status.st_mtime_ns, status.st_ino)
        if key not in self._digests:
            with (self.root / path).open("rb") as file:
                self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[key]
