"""Git LFS: the small file that a commit holds in place of a large one, and the large ones that are on this machine.

A pointer names its object by SHA-256. Wherever a media file is a pointer, the file is the object: its digest, its size, its bytes.
https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, seen 2026-11-28
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

MAX_POINTER = 1024
"""A pointer is shorter than this many bytes."""

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,15})\n"
)
_TEXTS = frozenset((".md", ".yml", ".yaml", ".toml", ".json", ".csv", ".py"))
"""Endings of files that are always what they say: nothing that judges a post is ever read from elsewhere."""
_CHUNK = 1 << 20


class LfsPointer(NamedTuple):
    """The object that a pointer names."""

    oid: str
    """SHA-256 of the object's bytes, as 64 hex digits."""
    size: int
    """In bytes."""


class ObjectNotHere(FileNotFoundError):
    """A pointer's object is not on this machine, or is not what the pointer says."""

    def __init__(self, pointer: LfsPointer) -> None:
        super().__init__(2, "the Git LFS object is not here", pointer.oid)
        self.pointer = pointer


def may_be_pointer(path: str, size: int) -> bool:
    """Whether a file of that name and size can be a pointer."""
    return 0 < size < MAX_POINTER and posixpath.splitext(path)[1].lower() not in _TEXTS


def parse_pointer(data: bytes) -> LfsPointer | None:
    """The object that these bytes name; None when they are no pointer."""
    match = _POINTER.fullmatch(data) if len(data) < MAX_POINTER else None
    return LfsPointer(match[1].decode(), int(match[2])) if match else None


@dataclass
class LfsStore:
    """The objects of one repository on this machine, where git-lfs keeps them too."""

    folder: Path | None
    """`.git/lfs/objects`; None where there is no repository."""
    fetch: Callable[[LfsPointer, Path], None] | None = None
    """Puts an object that is not here at that path; it may raise anything. None where nothing is fetched."""

    def __post_init__(self) -> None:
        self._checked: set[LfsPointer] = set()

    def path(self, pointer: LfsPointer) -> Path:
        """The object's file, compared with its size and SHA-256 once. Raises ObjectNotHere, and what `fetch` raises."""
        if self.folder is None:
            raise ObjectNotHere(pointer)
        place = self.folder / pointer.oid[:2] / pointer.oid[2:4] / pointer.oid
        if pointer not in self._checked:
            if not is_object(place, pointer) and self.fetch is not None:
                self.fetch(pointer, place)
            if not is_object(place, pointer):
                raise ObjectNotHere(pointer)
            self._checked.add(pointer)
        return place


def is_object(place: Path, pointer: LfsPointer) -> bool:
    """Whether a file is the object that a pointer names."""
    try:
        with place.open("rb") as file:
            return place.stat().st_size == pointer.size and hashlib.file_digest(file, "sha256").hexdigest() == pointer.oid
    except OSError:
        return False


def store_of(root: Path) -> LfsStore:
    """The store of the repository that a folder is in."""
    for folder in (root, *root.parents):
        git = folder / ".git"
        if git.is_file():
            # A second working directory of one repository: its objects are with the first.
            named = git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
            git = (folder / named).resolve()
            common = git / "commondir"
            git = (git / common.read_text(encoding="utf-8").strip()).resolve() if common.is_file() else git
        if git.is_dir():
            return LfsStore(git / "lfs" / "objects")
    return LfsStore(None)
