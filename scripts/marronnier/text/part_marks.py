"""Lines of a text that look as if they separated the parts of a thread, and do not."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

from marronnier.text.code_fences import classify_lines

_DASHES = re.compile(r"-{3,}[ \t]*")
_INDENTED_DASHES = re.compile(r" {0,3}-{3,}[ \t]*")
_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]|$)")
_CONTINUED = re.compile(r"[ \t]+\S|-[ \t]|#|[ \t]*$")
_MAX_LINES = 60
"""The most lines of front matter within the words; longer ones are words."""


class PartMark(NamedTuple):
    """One such line."""

    line: int
    """The line of the text, from 0."""
    makes_heading: bool
    """Whether it makes a heading of the line above, and is not published itself."""
    is_indented: bool = False
    """Whether spaces stand before it."""


def find_unseparated_parts(markdown: str) -> tuple[PartMark, ...]:
    """The lines `---` outside code that are indented, or without a blank line above or below: they separate nothing."""
    if "---" not in markdown:
        return ()
    lines = markdown.split("\n")
    marks = []
    for number, line, is_text in classify_lines(markdown):
        if is_text and _INDENTED_DASHES.fullmatch(line):
            above, below = lines[number - 1].strip() if number else "", lines[number + 1].strip() if number + 1 < len(lines) else ""
            if above or below or line[0] == " ":
                marks.append(PartMark(number, makes_heading=bool(above), is_indented=line[0] == " "))
    return tuple(marks)


def find_front_matter(markdown: str, keys: Collection[str]) -> tuple[range, ...]:
    """The lines of each front matter within the words: between two lines `---`, keys with their values, one of them in `keys`."""
    if markdown.count("---") < 2:
        return ()
    lines = markdown.split("\n")
    dashes = [number for number, line, is_text in classify_lines(markdown) if is_text and _DASHES.fullmatch(line)]
    found: list[range] = []
    for first, last in pairwise(dashes):
        inner = lines[first + 1 : last]
        names = {match[1].casefold() for line in inner if (match := _KEY.match(line))}
        is_mapping = all(_KEY.match(line) or _CONTINUED.match(line) for line in inner) and len(inner) <= _MAX_LINES
        if is_mapping and names & set(keys) and not (found and first in found[-1]):
            found.append(range(first, last + 1))
    return tuple(found)
