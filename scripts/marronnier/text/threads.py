"""Threads: a text split into messages, at separators of the author or at sentence breaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING

from marronnier.text.code_fences import classify_lines, trim_blank_lines
from marronnier.text.graphemes import split_graphemes
from marronnier.text.inline_pictures import InlinePicture, find_inline_pictures

if TYPE_CHECKING:
    from marronnier.text.sentence_breaks import Break

_PART_SEPARATOR = re.compile(r"-{3,}[ \t]*")
_BLANKS = " \t\n"


def split_parts(markdown: str) -> tuple[str, ...]:
    """The messages that lines `---` between blank lines separate; at least one, perhaps empty.

    A line `---` in code, below a line of text (which makes that a heading) or indented separates nothing.
    """
    if "---" not in markdown:
        return (markdown.strip("\n"),)
    lines = markdown.split("\n")
    parts: list[list[str]] = [[]]
    for number, line, is_text in classify_lines(markdown):
        alone = (number == 0 or not lines[number - 1].strip()) and (number + 1 == len(lines) or not lines[number + 1].strip())
        if is_text and alone and _PART_SEPARATOR.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return tuple(words for part in parts if (words := trim_blank_lines(part)[0]).strip()) or ("",)


def parts_with_pictures(markdown: str) -> tuple[tuple[str, tuple[InlinePicture, ...]], ...]:
    """The parts of a text, each with the pictures of the repository that stand in it."""
    return tuple((part, tuple(one for one in find_inline_pictures(part) if not one.is_remote)) for part in split_parts(markdown))


def break_text(text: str, limit: int, count: Callable[[str], int]) -> tuple[str, ...]:
    """The text split into messages of at most `limit`, measured by `count`; at least one, perhaps empty.

    A message ends with a paragraph, unless it would be less than a third full; else with a sentence or a line; else with a word.
    A link, mention, hashtag or number with its unit is never split. A word longer than the limit is split between graphemes;
    a link longer than the limit stays whole, which the rule `over-length` reports.
    """
    text = text.strip(_BLANKS)
    if limit < 1 or count(text) <= limit:
        return (text,)
    from marronnier.text.sentence_breaks import find_breaks

    breaks = find_breaks(text)
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end, start_next = _end_of_piece(text, start, breaks, limit, count)
        pieces.append(text[start:end].rstrip(_BLANKS))
        start = start_next
    return tuple(piece for piece in pieces if piece)


def _end_of_piece(text: str, start: int, breaks: list[Break], limit: int, count: Callable[[str], int]) -> tuple[int, int]:
    """The end of the piece that begins at `start`, and the start of the next one."""
    ahead = breaks[bisect_right(breaks, start, key=lambda place: place.end) :]

    def length(index: int) -> int:
        return count(text[start : ahead[index].end].rstrip(_BLANKS))

    # Counts normally grow with the text, so a binary search finds the last break that fits; the loop after it corrects other counts.
    low, high = 0, 1
    while high < len(ahead) and length(high - 1) <= limit:
        low, high = high, high * 2
    high = min(high, len(ahead))
    while low < high:
        middle = (low + high) // 2
        if length(middle) <= limit:
            low = middle + 1
        else:
            high = middle
    while low and length(low - 1) > limit:
        low -= 1
    if low == 0:
        return _split_unit(text, start, ahead[0], limit, count)
    if low == len(ahead):
        return ahead[-1].end, ahead[-1].next
    fitting = range(low - 1, -1, -1)
    for index in fitting:
        if ahead[index].kind == "paragraph" and length(index) * 3 >= limit:
            return ahead[index].end, ahead[index].next
    for index in fitting:
        if ahead[index].kind in ("paragraph", "sentence"):
            return ahead[index].end, ahead[index].next
    return ahead[low - 1].end, ahead[low - 1].next


def _split_unit(text: str, start: int, unit: Break, limit: int, count: Callable[[str], int]) -> tuple[int, int]:
    """The end of a piece of a unit without breaks that is longer than the limit, and the start of the next: at a space, else within the first word."""
    from marronnier.text.sentence_breaks import BREAKABLE_SPACE, is_unbreakable

    spaces = [space for space in BREAKABLE_SPACE.finditer(text, start, unit.end) if space.start() > start]
    for space in reversed(spaces):
        if count(text[start : space.start()]) <= limit:
            return space.start(), space.end()
    end, following = (spaces[0].start(), spaces[0].end()) if spaces else (unit.end, unit.next)
    if is_unbreakable(text[start:end]):
        return end, following
    cut = start
    for cluster in split_graphemes(text[start:end]):
        if cut > start and count(text[start : cut + len(cluster)]) > limit:
            return cut, cut
        cut += len(cluster)
    return end, following
