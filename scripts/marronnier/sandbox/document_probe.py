"""Reading of a PDF's structure: whether it is whole, whether it is encrypted, how many pages it has. Runs in the child process only.

ISO 32000-1:2008: 7.5 (structure, object and cross-reference streams), 7.6.1 (Encrypt), 7.7.3 (pages). Nothing of a page is drawn or kept.
https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf, from memory, not read again.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from typing import Any

from marronnier.sandbox.picture_header import BadPicture

MAX_READ = 128 << 20
"""Of a larger file, in bytes, only the end is read: how many pages it has is then not known."""
_TAIL = 1 << 20
_MAX_UNPACKED = 8 << 20
"""Bytes of one packed stream that are unpacked."""
_MAX_STREAMS = 4000
_MAX_DICTIONARY = 1 << 16

_START = re.compile(rb"startxref\s+(\d{1,12})\s")
_TRAILER = re.compile(rb"trailer\s*<<")
_OBJECT = re.compile(rb"\d{1,10}\s+\d{1,5}\s+obj\b")
_OBJECT_WORD = re.compile(rb"obj")
"""A word is found in a hundred megabytes within a moment, two numbers are not."""
_NUMBERS = re.compile(rb"\d\s+\d{1,5}\s+\Z")
_ENCRYPT = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,7})\b")
_PARENT = re.compile(rb"/Parent\s+\d")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_FLATE = re.compile(rb"/Filter\s*\[?\s*/FlateDecode\b")
_DATA = re.compile(rb"\bstream\r?\n")


def preload_modules() -> None:
    """Nothing: all that is needed is imported."""


def probe(descriptor: int) -> dict[str, Any]:
    """The number of pages; -1 where it is not known. Raises BadPicture for `damaged`, `encrypted`, `no-pages`."""
    size = os.fstat(descriptor).st_size
    if not size:
        raise BadPicture("damaged")
    if size > MAX_READ:
        tail = os.pread(descriptor, _TAIL, size - _TAIL)
        if b"%%EOF" not in tail:
            raise BadPicture("damaged")
        return _answer(_ENCRYPT.search(tail) is not None, -1)
    data = bytearray(size)
    if os.preadv(descriptor, [data], 0) < size:
        raise BadPicture("damaged")
    trailer = _last_trailer(data)
    if trailer is None or data.rfind(b"%%EOF") < 0:
        raise BadPicture("damaged")
    is_encrypted = _ENCRYPT.search(trailer) is not None
    return _answer(is_encrypted, -1 if is_encrypted else _count_pages(data))


def _answer(is_encrypted: bool, pages: int) -> dict[str, Any]:
    if is_encrypted:
        raise BadPicture("encrypted")
    if pages == 0:
        raise BadPicture("no-pages")
    return {"pages": pages}


def _last_trailer(data: bytearray) -> bytearray | None:
    """The dictionary that says what the file is made of; None in a file that was cut off, or is none."""
    starts = list(_START.finditer(data, max(0, len(data) - _TAIL)))
    if not starts:
        return None
    at = int(starts[-1][1])
    for place in (at, data.rfind(b"trailer"), data.rfind(b"/XRef")):
        if 0 <= place < len(data) and (found := _trailer_at(data, place)) is not None:
            return found
    return None


def _trailer_at(data: bytearray, at: int) -> bytearray | None:
    """The trailer of a table or stream of references at that place; readers look for it elsewhere where it is not there."""
    if data[at : at + 4] == b"xref":
        found = _TRAILER.search(data, at, at + (32 << 20))
        return _dictionary(data, found.end()) if found else None
    if data[at : at + 7] == b"trailer":
        return _dictionary(data, at)
    if data[at : at + 5] == b"/XRef":
        return _dictionary(data, max(0, at - 1024))
    found = _OBJECT.match(data, at)
    return _dictionary(data, found.end()) if found else None


def _dictionary(data: bytearray, at: int) -> bytearray:
    """What stands from there until the stream, the object or the trailer ends."""
    piece = data[at : at + _MAX_DICTIONARY]
    ends = [end for mark in (b"startxref", b"endobj") if (end := piece.find(mark)) >= 0]
    if found := _DATA.search(piece):
        ends.append(found.start())
    return piece[: min(ends, default=len(piece))]


def _count_pages(data: bytearray) -> int:
    """The pages of the last tree of pages that has no other above it; -1 where none is found."""
    pages = -1
    for body in _dictionaries(data):
        if _PAGES.search(body) and not _PARENT.search(body) and (count := _COUNT.search(body)):
            pages = int(count[1])
    return pages


def _dictionaries(data: bytearray) -> Iterator[bytearray]:
    """The objects that may be a tree of pages, in the order of the file: those that stand open, and those within packed streams."""
    streams = 0
    for found in _OBJECT_WORD.finditer(data):
        if not _NUMBERS.search(data[max(0, found.start() - 24) : found.start()]):
            continue
        body = _dictionary(data, found.end())
        if not _PACKED.search(body):
            yield body
            continue
        streams += 1
        if streams > _MAX_STREAMS or not _FLATE.search(body):
            continue
        start = _DATA.search(data, found.end())
        if start is not None:
            yield from _unpacked(data, start.end(), body)


def _unpacked(data: bytearray, at: int, body: bytearray) -> Iterator[bytearray]:
    """The objects of a packed stream, which begins with their numbers and places."""
    first = re.search(rb"/First\s+(\d{1,8})\b", body)
    end = data.find(b"endstream", at)
    if first is None or end < 0:
        return
    try:
        text = bytearray(zlib.decompressobj().decompress(data[at:end], _MAX_UNPACKED))
    except zlib.error:
        return
    base = int(first[1])
    numbers = text[:base].split()
    places = [base + int(place) for place in numbers[1::2] if place.isdigit()]
    for start, stop in zip(places, [*places[1:], len(text)], strict=True):
        yield text[start:stop]
