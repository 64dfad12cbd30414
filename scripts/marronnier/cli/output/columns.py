"""Columns on a terminal, whatever the script: an emoji takes two cells, an accent none."""

from __future__ import annotations

import unicodedata

from marronnier.text.graphemes import split_graphemes

_WIDE = ("W", "F")
_EMOJI = "\ufe0f"


def display_width(text: str) -> int:
    """How many cells a terminal gives to a text."""
    if text.isascii():
        return len(text)
    return sum(_grapheme_width(grapheme) for grapheme in split_graphemes(text))


def pad(text: str, cells: int) -> str:
    """The text with spaces after it, so that the next column begins in the same place; cut with `…` when it is too long."""
    free = cells - display_width(text)
    return text + " " * free if free >= 0 else truncate(text, cells)


def truncate(text: str, cells: int) -> str:
    """The text in at most that many cells, never through a grapheme."""
    if display_width(text) <= cells:
        return text
    found, used = [], 0
    for grapheme in split_graphemes(text):
        used += _grapheme_width(grapheme)
        if used > cells - 1:
            break
        found.append(grapheme)
    kept = "".join(found) + "…"
    return kept + " " * (cells - display_width(kept))


def _grapheme_width(grapheme: str) -> int:
    """A grapheme takes the cells of its widest character; marks alone take none."""
    if _EMOJI in grapheme:
        return 2
    return max((_character_width(character) for character in grapheme), default=0)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
