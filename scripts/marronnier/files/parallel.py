"""Reading many documents on several cores."""

from __future__ import annotations

import marshal
import os
import sys
import threading
from collections.abc import Iterator, Sequence

from marronnier.files import document
from marronnier.files.document import Document, PackedDocument

MIN_FILES = 500
"""From this many files on, a second process saves time."""
_CHUNK = 100


def read_all(files: Sequence[tuple[str, bytes]]) -> Iterator[Document | PackedDocument]:
    """Each file read, in order: packed when it has no findings, else the document."""
    cores = _cores()
    if len(files) < MIN_FILES or cores < 2 or not _may_fork():
        yield from (_read(path, data) for path, data in files)
        return
    import multiprocessing

    chunks = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    with multiprocessing.get_context("fork").Pool(cores) as pool:
        for chunk, (raw, faulty) in zip(chunks, pool.imap(_read_chunk, chunks), strict=True):
            packed = marshal.loads(raw)  # noqa: S302
            for number in range(len(chunk)):
                yield faulty[number] if number in faulty else packed[number]


def _read(path: str, data: bytes) -> Document | PackedDocument:
    parsed = document.parse_markdown(path, data)
    return parsed if parsed.findings else document.pack(parsed)


def _read_chunk(files: Sequence[tuple[str, bytes]]) -> tuple[bytes, dict[int, Document]]:
    """Runs in the other process. Plain data crosses between processes faster than objects."""
    documents = [_read(path, data) for path, data in files]
    faulty = {number: read for number, read in enumerate(documents) if isinstance(read, Document)}
    return marshal.dumps([None if isinstance(read, Document) else read for read in documents]), faulty


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return min(4, len(os.sched_getaffinity(0)))
    return min(4, os.cpu_count() or 1)


def _may_fork() -> bool:
    """Whether a copy of this process is safe: only on Linux, without other threads, and not in a copy already."""
    if sys.platform != "linux" or threading.active_count() != 1:
        return False
    multiprocessing = sys.modules.get("multiprocessing")
    return multiprocessing is None or multiprocessing.parent_process() is None
