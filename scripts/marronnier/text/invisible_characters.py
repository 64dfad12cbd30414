"""Invisible characters that no script or emoji needs where they are.

Allowed are U+00A0 and U+202F (French), LRM, RLM and ALM, joiners in the scripts and emoji that use them, a variation selector after a
character that has variants, closed isolates beside right-to-left letters, and tag characters in the flags of regions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from marronnier.text.urls import unescape_html

_BIDI_CONTROLS = "\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u0085\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_BIDI = re.compile(f"([{_BIDI_CONTROLS}])\\1*")
_RUN = re.compile(f"([{_INVISIBLE}])\\1*")

# https://www.unicode.org/reports/tr51/ and emoji-variation-sequences.txt, seen 2026-11-22: the blocks that emoji live in.
_PICTURE = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
# Scripts that need joiners to be written rightly: Arabic, Syriac, N'Ko, Mandaic, the Indic ones, Tibetan, Myanmar, Khmer, Mongolian.
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\ua8ff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
# Scripts written without spaces, where U+200B tells a browser where a line may break: Thai, Lao, Tibetan, Myanmar, Khmer.
_SPACELESS = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


_NEEDED_PLACES = (
    # A joiner between two parts of an emoji, or after a letter of a script that joins.
    f"(?<=[{_PICTURE}\ufe0f\U000e007f])\u200d(?=[{_PICTURE}])",
    f"(?<=[{_JOINING}])[\u200c\u200d](?![\u200c\u200d])",
    f"(?<=[{_SPACELESS}])\u200b(?=[{_SPACELESS}])",
    # A variation selector, once: after an emoji or the digit of a keycap; after ideographs, mathematical signs and Mongolian letters.
    f"(?<=[{_PICTURE}0-9#*])[\ufe0e\ufe0f](?![\ufe00-\ufe0f])",
    "(?<=[\u0370-\u1fff\u2100-\u2bff\u3400-\u9fff\ua840-\ua87f\uff00-\uff60\U00020000-\U0003ffff])[\ufe00-\ufe0d](?![\ufe00-\ufe0f])",
    "(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef](?![\U000e0100-\U000e01ef])",
    "(?<=[\u1800-\u18af])[\u180b-\u180f]",
)
"""Patterns of the places where an invisible character is needed; compiled when needed, for most posts have no such character."""
_compile = cache(re.compile)


_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_OPENS, _CLOSES, _RLI = "\u2066\u2067\u2068", "\u2069", "\u2067"
_BLANK = " \t\n\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class InvisibleCharacter:
    """An invisible character, once or several times in a row."""

    start: int
    end: int
    character: str
    is_removable: bool
    """Whether removing it does not change the text that people see."""

    @property
    def name(self) -> str:
        """Code and Unicode name: `U+200B ZERO WIDTH SPACE`. The code alone when it has no name."""
        return f"U+{ord(self.character):04X} {unicodedata.name(self.character, '')}".rstrip()


def find_bidi_controls(text: str) -> list[InvisibleCharacter]:
    """The controls of the direction of writing that are not justified, in order.

    Embeddings and overrides never are; isolates are when they are closed on their line and near a right-to-left letter.
    Removing one is safe only on a line without right-to-left letters.
    """
    if not _BIDI.search(text):
        return []
    misplaced = []
    offset = 0
    for line in text.split("\n"):
        if _BIDI.search(line):
            is_one_direction = not _RIGHT_TO_LEFT.search(line)
            justified = _justified_isolates(line)
            for run in _BIDI.finditer(line):
                if not all(spot in justified for spot in range(*run.span())):
                    misplaced.append(InvisibleCharacter(offset + run.start(), offset + run.end(), run[1], is_one_direction))
        offset += len(line) + 1
    return misplaced


def _justified_isolates(line: str) -> set[int]:
    """The positions of isolates that are closed on the line and near a right-to-left letter."""
    right_to_left = _RIGHT_TO_LEFT.search(line) is not None
    open_positions: list[int] = []
    justified: set[int] = set()
    for position, character in enumerate(line):
        if character in _OPENS:
            open_positions.append(position)
        elif character == _CLOSES and open_positions:
            start = open_positions.pop()
            # Latin words in right-to-left order would be read as other words.
            is_latin_reversed = line[start] == _RLI and not _RIGHT_TO_LEFT.search(line, start, position)
            if right_to_left and not is_latin_reversed:
                justified |= {start, position}
    return justified


def find_invisible(text: str) -> list[InvisibleCharacter]:
    """The invisible characters that no script or emoji needs where they are, in order; private-use characters too."""
    misplaced = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        # Joined emoji occur in most posts: the neighbours of one character nearly always decide.
        if not all(
            _is_needed(text[position - 1 : position + 2] if position else f"\0{text[:2]}") or _is_in_flag(text, position)
            for position in range(start, end)
        ):
            misplaced.append(InvisibleCharacter(start, end, run[1], _is_removable(text, run)))
    return misplaced


@lru_cache(maxsize=4096)
def _is_needed(neighbourhood: str) -> bool:
    """Whether the second character is needed between the first and the third (which is missing at the end of a text)."""
    return any(_compile(place).match(neighbourhood, 1) for place in _NEEDED_PLACES)


def _is_in_flag(text: str, position: int) -> bool:
    """Whether a tag character is part of the flag of a region: a black flag, the tags of its code, and the closing tag."""
    if not "\U000e0020" <= text[position] <= "\U000e007f":
        return False
    return any(flag.start() < position < flag.end() for flag in _FLAG.finditer(text, max(0, position - 8), position + 8))


def _is_removable(text: str, run: re.Match[str]) -> bool:
    """Whether removing the run loses nothing: a private-use character may be a visible picture, a line separator is a line break."""
    character = run[1]
    if unicodedata.category(character) in ("Co", "Cn"):
        return False
    if character in "\u0085\u2028\u2029":
        return run.end() == len(text) or text[run.end()] in _BLANK or text[run.start() - 1 : run.start()] in ("", *_BLANK)
    return True


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def html_entities(markdown: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and character of each HTML entity in a Markdown text, like `&#8238;`."""
    for match in _ENTITY.finditer(markdown):
        character = unescape_html(match[0])
        if character != match[0]:
            yield match.start(), match.end(), character
