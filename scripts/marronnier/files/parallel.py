"""Reading many files at once, on as many cores as there are; and documents as plain data, for the way between and for the cache."""

from __future__ import annotations

import marshal
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from marronnier.files.document import Document, parse_markdown, to_nfc
from marronnier.files.utf8 import decode

ENOUGH = 500
"""From this many files on a second process pays."""
_AT_ONCE = 100
Packed = tuple[Any, ...]


def pack(document: Document) -> Packed:
    """What was worked out of a file without findings, as plain data; the words are in the file itself."""
    return (document.data, document.places, document.body_line, document.body_start)


def unpack(path: str, data: bytes, packed: Packed) -> Document:
    """The document that was packed, from the same bytes, under the path they have now. Without the places of its keys."""
    front, places, body_line, body_start = packed
    text = decode(path, data)
    assert isinstance(text, str)
    return Document(path, front, places, to_nfc(text[body_start:]), body_line, text, body_start=body_start)


def read_all(files: Sequence[tuple[str, bytes]]) -> Iterator[Document | Packed]:
    """Each file read, in order: packed when all is well, the document with its findings otherwise."""
    cores = _cores()
    if len(files) < ENOUGH or cores < 2 or not _may_fork():
        for path, data in files:
            yield _read_one(path, data)
        return
    import multiprocessing

    chunks = [files[start : start + _AT_ONCE] for start in range(0, len(files), _AT_ONCE)]
    with multiprocessing.get_context("fork").Pool(cores) as pool:
        for chunk, (raw, bad) in zip(chunks, pool.imap(_read_chunk, chunks), strict=True):
            packed = marshal.loads(raw)  # noqa: S302
            for number in range(len(chunk)):
                yield bad[number] if number in bad else packed[number]


def _read_one(path: str, data: bytes) -> Document | Packed:
    document = parse_markdown(path, data)
    return document if document.findings else pack(document)


def _read_chunk(files: Sequence[tuple[str, bytes]]) -> tuple[bytes, dict[int, Document]]:
    """In the other process: plain data crosses faster than objects."""
    made = [_read_one(path, data) for path, data in files]
    bad = {number: document for number, document in enumerate(made) if isinstance(document, Document)}
    return marshal.dumps([None if isinstance(document, Document) else document for document in made]), bad


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return min(4, len(os.sched_getaffinity(0)))
    return min(4, os.cpu_count() or 1)


def _may_fork() -> bool:
    """Whether a copy of this process is safe: not on Windows and macOS, and not beside other threads."""
    return sys.platform == "linux" and threading.active_count() == 1 and not is_worker_process()


def is_worker_process() -> bool:
    """Whether this already is a copy: a copy makes no copies."""
    module = sys.modules.get("multiprocessing")
    return module is not None and module.parent_process() is not None
