"""Hidden characters: which stand where a script or an emoji needs them, and which have no business in words.

What is let pass: U+00A0 and U+202F (French), LRM, RLM and ALM, joiners in the scripts and emoji that use them, a variation selector
after what takes one, isolates that are closed again beside right-to-left letters, tag characters of the flags of regions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

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
    # Text or picture, once, after an emoji or the digit of a keycap; the forms of ideographs, mathematical signs and Mongolian letters.
    f"(?<=[{_PICTURE}0-9#*])[\ufe0e\ufe0f](?![\ufe00-\ufe0f])",
    "(?<=[\u0370-\u1fff\u2100-\u2bff\u3400-\u9fff\ua840-\ua87f\uff00-\uff60\U00020000-\U0003ffff])[\ufe00-\ufe0d](?![\ufe00-\ufe0f])",
    "(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef](?![\U000e0100-\U000e01ef])",
    "(?<=[\u1800-\u18af])[\u180b-\u180f]",
)
"""Where such a character is needed; each is made into a pattern on first need, for most posts hold no such character."""
_compile = cache(re.compile)


_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_OPENS, _CLOSES, _RLI = "\u2066\u2067\u2068", "\u2069", "\u2067"
_BLANK = " \t\n\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class InvisibleCharacter:
    """A character that nobody sees, or the same one several times in a row."""

    start: int
    end: int
    character: str
    is_removable: bool
    """Whether the words stay what they were without it."""

    @property
    def name(self) -> str:
        """`U+200B ZERO WIDTH SPACE`, as Unicode names it."""
        return character_name(self.character)


def character_name(character: str) -> str:
    """The code of a character and its name in Unicode, where it has one."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def bidi_controls(text: str) -> list[InvisibleCharacter]:
    """The characters that turn the direction of writing and must not stand where they do, in order.

    Embeddings and overrides never may; isolates where they are not closed on their line, or no right-to-left letter is near them.
    Taking one away is safe only on a line that reads in one direction anyway.
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
    """Where isolates stand that are closed again, and have a reason to be there."""
    right_to_left = _RIGHT_TO_LEFT.search(line) is not None
    open_positions: list[int] = []
    justified: set[int] = set()
    for position, character in enumerate(line):
        if character in _OPENS:
            open_positions.append(position)
        elif character == _CLOSES and open_positions:
            start = open_positions.pop()
            # Latin words made to run from right to left read as something else than they are.
            is_latin_reversed = line[start] == _RLI and not _RIGHT_TO_LEFT.search(line, start, position)
            if right_to_left and not is_latin_reversed:
                justified |= {start, position}
    return justified


def find_invisible(text: str) -> list[InvisibleCharacter]:
    """The characters that nobody sees and no script or emoji needs where they stand, in order; those for private use too."""
    misplaced = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        # A family of emoji is met in most posts: what stands around one character tells nearly always.
        if not all(
            _is_needed(text[position - 1 : position + 2] if position else f"\0{text[:2]}") or _is_in_flag(text, position)
            for position in range(start, end)
        ):
            misplaced.append(InvisibleCharacter(start, end, run[1], _is_removable(text, run)))
    return misplaced


@lru_cache(maxsize=4096)
def _is_needed(neighbourhood: str) -> bool:
    """Whether the middle one of three characters (the second of two at the end of a text) is needed between the others."""
    return any(_compile(place).match(neighbourhood, 1) for place in _NEEDED_PLACES)


def _is_in_flag(text: str, position: int) -> bool:
    """Whether a tag character is part of the flag of a region: a black flag, its code, and a tag that ends it."""
    if not "\U000e0020" <= text[position] <= "\U000e007f":
        return False
    return any(flag.start() < position < flag.end() for flag in _FLAG.finditer(text, max(0, position - 8), position + 8))


def _is_removable(text: str, run: re.Match[str]) -> bool:
    """Whether nothing is lost: a private character may be a picture on somebody's screen, a line separator stands for a break."""
    character = run[1]
    if unicodedata.category(character) in ("Co", "Cn"):
        return False
    if character in "\u0085\u2028\u2029":
        return run.end() == len(text) or text[run.end()] in _BLANK or text[run.start() - 1 : run.start()] in ("", *_BLANK)
    return True


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def html_entities(markdown: str) -> Iterator[tuple[int, int, str]]:
    """Where Markdown spells a character as HTML does (`&#8238;`), and the character."""
    if "&" not in markdown:
        return
    import html

    for match in _ENTITY.finditer(markdown):
        character = html.unescape(match[0])
        if character != match[0]:
            yield match.start(), match.end(), character
