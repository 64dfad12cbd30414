"""Threads: words in several messages, broken where the author says, or where a reader would pause."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from marronnier.text.code_fences import classify_lines
from marronnier.text.graphemes import split_graphemes
from marronnier.text.sentence_breaks import BREAKABLE_SPACE, Break, find_breaks, is_unbreakable

_PART_SEPARATOR = re.compile(r"-{3,}[ \t]*")
_BLANKS = " \t\n"


def split_parts(markdown: str) -> tuple[str, ...]:
    """The messages an author separated by a line `---` between blank lines; at least one, perhaps empty.

    A `---` inside code, below a line of text (there it makes a heading) or indented breaks nothing.
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
    return tuple(words for part in parts if (words := _trim_blank_lines(part)).strip()) or ("",)


def _trim_blank_lines(lines: list[str]) -> str:
    written = [number for number, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[written[0] : written[-1] + 1]) if written else ""


def break_text(text: str, limit: int, count: Callable[[str], int]) -> tuple[str, ...]:
    """A text in messages of at most `limit`, as `count` (the network's own) counts; at least one, perhaps empty.

    Each ends where a paragraph does, unless that leaves it less than a third full; else where a sentence or a line does;
    else between words. A link, mention, hashtag or number with its unit is never cut. A word too long for any message is cut
    between graphemes; a link that alone is too long stays whole, and so too long: the rule `over-length` tells.
    """
    text = text.strip(_BLANKS)
    if limit < 1 or count(text) <= limit:
        return (text,)
    places = find_breaks(text)
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end, start_next = _end_of_piece(text, start, places, limit, count)
        pieces.append(text[start:end].rstrip(_BLANKS))
        start = start_next
    return tuple(piece for piece in pieces if piece)


def _end_of_piece(text: str, start: int, places: list[Break], limit: int, count: Callable[[str], int]) -> tuple[int, int]:
    """Where the piece that begins at `start` ends, and where the next begins."""
    first = bisect_right(places, start, key=lambda pause: pause.end)
    ahead = places[first:]

    def length(index: int) -> int:
        return count(text[start : ahead[index].end].rstrip(_BLANKS))

    # Counts grow with the text, so that the last pause that fits is found by halving; a count that does not is caught below.
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
    """A piece of words that belong together but fit no message: up to a space between them, else a piece of the first word."""
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
