"""The lines of a Markdown text: headings and separators within fenced code do not structure a post."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_OPENS = re.compile(r"(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*[ \t]*(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_CLOSES = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})[ \t]*$")


def classify_lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Number (from 0), line, and whether the line is outside fenced code, for each line of a Markdown text.

    Only `\\n` ends a line, so that line numbers agree with editors.
    A fence that is never closed lasts to the end, as in CommonMark.
    """
    fence = ""
    for number, line in enumerate(text.split("\n")):
        if fence:
            closing = _CLOSES.match(line)
            if closing and closing["fence"].startswith(fence):
                fence = ""
            yield number, line, False
            continue
        opening = _OPENS.match(line) if "```" in line or "~~~" in line else None
        if opening:
            fence = opening["fence"]
        yield number, line, not opening


def trim_blank_lines(lines: Sequence[str]) -> tuple[str, int]:
    """The text of these lines without blank lines around it, and how many were left out before it; 0 where all are blank."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last]), first if first < last else 0
