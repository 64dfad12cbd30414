"""The length of a film as its file's own table says, read without decoding anything. MP4 and QuickTime only.

Plain Python over bytes, with a limit on every loop (ISO/IEC 14496-12, boxes `moov` and `mvhd`).
"""

from __future__ import annotations

from collections.abc import Iterator

_MOST_BOXES = 1000


def film_seconds(data: bytes) -> float | None:
    """Its length in seconds; None where the file does not say."""
    for start, end in _boxes(data, b"moov", 0, len(data)):
        for first, last in _boxes(data, b"mvhd", start, end):
            return _seconds(data[first:last])
    return None


def _seconds(table: bytes) -> float | None:
    """What a movie header says: units a second, and how many of them."""
    is_long = table[:1] == b"\x01"
    at, width = (20, 8) if is_long else (12, 4)
    scale, length = int.from_bytes(table[at : at + 4], "big"), table[at + 4 : at + 4 + width]
    units = int.from_bytes(length, "big")
    return units / scale if scale and len(length) == width and units < 2 ** (8 * width) - 1 else None


def _boxes(data: bytes, name: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the contents of the boxes with that name begin and end, between two places."""
    for _box in range(_MOST_BOXES):
        size, kind, head = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        size = size or end - start
        if len(kind) < 4 or size < head or start + size > end:
            return
        if kind == name:
            yield start + head, start + size
        start += size
