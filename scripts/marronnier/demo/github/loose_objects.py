"""Git objects, written as git writes them, without starting git: https://git-scm.com/docs/gitformat-loose (seen 2026-11-28)."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

_FOLDER = b"40000"
_Entries = dict[bytes, tuple[bytes, bytes]]
"""Mode and binary id of each entry of a tree, by its name."""


def object_id(kind: str, data: bytes) -> str:
    """The id that git gives an object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


def write_object(folder: Path, kind: str, data: bytes) -> str:
    """Write an object below a repository's folder, unless it is there; its id."""
    sha = object_id(kind, data)
    path = folder / "objects" / sha[:2] / sha[2:]
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data, 1))
        part.replace(path)
    return sha


def edit_tree(folder: Path, read: Callable[[str], bytes | None], tree: str, files: Mapping[str, bytes | None]) -> str:
    """The id of a tree (empty: of none) in which these files, by their path, are written or gone (None)."""
    entries = _parse_tree(read(tree) or b"") if tree else {}
    below: dict[str, dict[str, bytes | None]] = {}
    for path, content in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = content
        elif content is None:
            entries.pop(os.fsencode(name), None)
        else:
            mode = entries.get(os.fsencode(name), (b"100644", b""))[0]
            kept = mode if mode in (b"100644", b"100755") else b"100644"
            entries[os.fsencode(name)] = (kept, bytes.fromhex(write_object(folder, "blob", content)))
    for name, inner in below.items():
        mode, oid = entries.get(os.fsencode(name), (b"", b""))
        made = edit_tree(folder, read, oid.hex() if mode == _FOLDER else "", inner)
        if made == object_id("tree", b""):
            # Git keeps no empty folder.
            entries.pop(os.fsencode(name), None)
        else:
            entries[os.fsencode(name)] = (_FOLDER, bytes.fromhex(made))
    return write_object(folder, "tree", _format_tree(entries))


def _parse_tree(data: bytes) -> _Entries:
    entries, place = {}, 0
    while place < len(data):
        end = data.index(b"\0", place)
        mode, _space, name = data[place:end].partition(b" ")
        entries[name] = (mode, data[end + 1 : end + 21])
        place = end + 21
    return entries


def _format_tree(entries: _Entries) -> bytes:
    ordered = sorted(entries.items(), key=lambda pair: pair[0] + (b"/" if pair[1][0] == _FOLDER else b""))
    return b"".join(b"%s %s\0%s" % (mode, name, oid) for name, (mode, oid) in ordered)
