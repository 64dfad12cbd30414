"""The units in which networks count a text, by name: a network states its unit and the number, and everybody counts alike.

    length_units.count("weighted", "👨‍👩‍👧‍👦 https://example.org")    # 26

Held to independent implementations in `tests/text/test_length_units.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marronnier.messages import N_
from marronnier.text.graphemes import byte_length, count_graphemes
from marronnier.text.weighted_length import LINK_LENGTH, emoji_pattern, weighted_length

_MARKS_OF_LITTLE_TEXT = re.compile(r"[\\|{}@\[\]()<>#*_~]")
"""The characters that LinkedIn's text escapes with a backslash.
https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format, seen 2026-11-27"""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of length."""

    name: str
    """As people call it, in the plural."""
    count: Callable[[str], int]
    most: int
    """The most units that one code point counts, links apart."""
    link: int = 0
    """What each link counts, with a scheme or without one; 0 where links count like other words."""


def count(unit: str, text: str) -> int:
    """The length of a text in that unit. Raises KeyError for a unit that nobody knows."""
    return UNITS[unit].count(text)


def utf16_length(text: str) -> int:
    """The length in UTF-16 units: two for what lies beyond the first 65,536 code points. A lone surrogate counts as one."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def emoji_as_bytes_length(text: str) -> int:
    """The length as Threads counts it: visible characters, and each emoji as its bytes in UTF-8."""
    if text.isascii():
        return len(text)
    emoji = emoji_pattern()
    return count_graphemes(emoji.sub("", text)) + sum(byte_length(found) for found in emoji.findall(text))


def escaped_length(text: str) -> int:
    """The length in code points of a text whose marks have a backslash: where it is not known whether those count, they do."""
    return len(text) + len(_MARKS_OF_LITTLE_TEXT.findall(text))


UNITS: Mapping[str, Unit] = {
    "graphemes": Unit(N_("visible characters"), count_graphemes, 1),
    "codepoints": Unit(N_("code points"), len, 1),
    "utf16": Unit(N_("UTF-16 units"), utf16_length, 2),
    "bytes": Unit(N_("bytes"), byte_length, 4),
    "weighted": Unit(N_("weighted characters"), weighted_length, 2, LINK_LENGTH),
    "emoji-as-bytes": Unit(N_("characters, emoji by their bytes"), emoji_as_bytes_length, 4),
    "escaped": Unit(N_("characters with their backslashes"), escaped_length, 2),
}
