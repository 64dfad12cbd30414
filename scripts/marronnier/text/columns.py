"""Column widths on a terminal for any script: an emoji takes two cells, an accent none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from marronnier.text.graphemes import split_graphemes

_WIDE = ("W", "F")
_UNBROKEN = re.compile(r"(?:`[^`]*`|[^ `])+|`")
_EMOJI_SELECTOR = "\ufe0f"


def display_width(text: str) -> int:
    """The number of cells that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_grapheme_width(grapheme) for grapheme in split_graphemes(text))


def pad(text: str, cells: int) -> str:
    """The text filled with spaces to a number of cells, or truncated with `…` where it is longer."""
    free = cells - display_width(text)
    return text + " " * free if free >= 0 else truncate(text, cells)


def truncate(text: str, cells: int) -> str:
    """The text in at most that many cells, cut between graphemes, with `…` at its end."""
    if display_width(text) <= cells:
        return text
    graphemes, used = [], 0
    for grapheme in split_graphemes(text):
        used += _grapheme_width(grapheme)
        if used > cells - 1:
            break
        graphemes.append(grapheme)
    shortened = "".join(graphemes) + "…"
    return shortened + " " * (cells - display_width(shortened))


def wrap(text: str, cells: int, *, hanging: int = 0) -> Iterator[str]:
    """The text in lines of at most that many cells, those after the first indented by `hanging`.

    Code between backticks is never broken, so that it can be copied: a longer one has a longer line.
    """
    line = ""
    for word in _UNBROKEN.findall(text):
        if line.strip() and display_width(line) + 1 + display_width(word) > cells:
            yield line
            line = " " * hanging + word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _grapheme_width(grapheme: str) -> int:
    """The cells of the grapheme's widest character; combining marks alone take none."""
    if _EMOJI_SELECTOR in grapheme:
        return 2
    return max((_character_width(character) for character in grapheme), default=0)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
