"""WebVTT, the format of captions: whether a file is one, and where it is not. https://www.w3.org/TR/webvtt1/, seen 2026-11-28"""

from __future__ import annotations

import re
from typing import NamedTuple

_CLOCK = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_CLOCK}[ \t]+-->[ \t]+{_CLOCK}(?:[ \t].*)?")
_HEADER = re.compile(r"\ufeff?WEBVTT(?:[ \t].*)?")
MAX_LINES = 100_000
"""The most lines that are read: a day of captions has fewer."""


class CaptionFault(NamedTuple):
    """What is wrong with a file of captions."""

    line: int
    """From 1."""
    kind: str
    """`no-header`, `no-cue`, `timing`, `order`, `not-utf8`, `too-long`."""


def find_fault(data: bytes) -> CaptionFault | None:
    """The first fault of a file of captions; None for captions that players show."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return CaptionFault(data.count(b"\n", 0, error.start) + 1, "not-utf8")
    lines = re.split(r"\r\n|\n|\r", text)
    if not _HEADER.fullmatch(lines[0]):
        return CaptionFault(1, "no-header")
    if len(lines) > MAX_LINES:
        return CaptionFault(MAX_LINES, "too-long")
    cues = 0
    for number, line in enumerate(lines, 1):
        if "-->" not in line:
            continue
        match = _TIMING.fullmatch(line.strip(" \t"))
        if match is None:
            return CaptionFault(number, "timing")
        if _seconds(match.groups()[4:]) <= _seconds(match.groups()[:4]):
            return CaptionFault(number, "order")
        cues += 1
    return None if cues else CaptionFault(len(lines), "no-cue")


def _seconds(clock: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in clock)
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
