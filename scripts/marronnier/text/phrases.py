"""Phrases that voice rules search for, whatever the apostrophes, capitals, encoding of accents and line breaks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Python's \w leaves out the combining marks of Arabic letters; U+0640 only stretches a word.
_COMBINING = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")
_ALEF = "\u0627\u0623\u0625\u0622\u0671"
_PREFIX = "(?:[وف]?[بكلس]?(?:ال|لل)?)"
"""Particles that Arabic writes as part of the next word: and, so, with, like, for, will, the."""
_APOSTROPHES = "'’ʼ＇"
_DASHES = "-\u2010\u2011"
_BETWEEN = r"[\s\u00a0\u202f*_~]+"
_LETTERS = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"h?[aeiouyàâäéèêëîïôöùûüœæ]", re.IGNORECASE)
_AGREEING_WORD = re.compile(
    r"(?:[\w]['’]|\b(?:le|la|l|de|du|d|ce|cet|cette|au|à l|ma|mon|ta|ton|sa|son|que|ne|se|me|te|je|si|beau|bel|nouveau|nouvel|vieux|vieil|un|une|a|an))[\s\u00a0]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One or several words to search for."""

    words: str
    stem: str
    """The longest run of letters, in lower case: a text without it cannot contain the phrase. Empty when that is not certain."""
    compounds: bool = False
    """Whether the phrase also matches as part of a hyphenated compound."""

    def may_occur_in(self, lowered: str) -> bool:
        """Whether a text, given in lower case, may contain the phrase: a fast test."""
        return self.stem in lowered

    def find_spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each occurrence in a text, in order."""
        return (match.span() for match in _pattern(self.words, self.compounds).finditer(text))


@lru_cache(maxsize=2048)
def compile_phrase(words: str, *, compounds: bool = False) -> Phrase | None:
    """The phrase that finds these words; None when there are none.

    It does not match within a longer word, and within a hyphenated compound (`vous` in `rendez-vous`) only with `compounds`.
    """
    typed = unicodedata.normalize("NFC", words).strip()
    if not typed:
        return None
    rows = _LETTERS.findall(typed.lower()) or [typed.lower()]
    stem = max(rows, key=len) if not _ARABIC.search(typed) else ""
    # Lower case changes the length of some capitals: the fast test would miss them.
    return Phrase(typed, stem if stem.upper().lower() == stem else "", compounds)


@lru_cache(maxsize=2048)
def _pattern(typed: str, compounds: bool) -> re.Pattern[str]:
    parts = [_character_pattern(character) for character in re.sub(r"[\s\u00a0\u202f]+", " ", typed)]
    before = after = ""
    if typed[0].isalnum():
        before = f"(?<![\\w{_COMBINING}])" + ("" if compounds else f"(?<!\\w[{_DASHES}])") + (_PREFIX if _ARABIC.match(typed[0]) else "")
    if typed[-1].isalnum():
        after = f"(?![\\w{_COMBINING}])" + ("" if compounds else f"(?![{_DASHES}]\\w)")
    return re.compile(before + "".join(parts) + after, re.IGNORECASE)


def _character_pattern(character: str) -> str:
    if character == " ":
        return _BETWEEN
    if character in _APOSTROPHES:
        return f"[{_APOSTROPHES}]"
    if character in _DASHES:
        return f"[{_DASHES}]"
    if _ARABIC.match(character):
        same = f"[{_ALEF}]" if character in _ALEF else character
        return f"{same}[{_COMBINING}\u0640]*"
    return re.escape(character)


def match_capitals(original: str, replacement: str) -> str:
    """The replacement with the capitals of the model: `Usagers` gives `Lectrices`, `USAGERS` gives `LECTRICES`."""
    letters = [character for character in original if character.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return replacement.upper()
    if letters and letters[0].isupper() and replacement[:1].islower():
        return replacement[:1].upper() + replacement[1:]
    return replacement


def keeps_agreement(before: str, replaced: str, replacement: str) -> bool:
    """Whether the replacement agrees with the text before it as the replaced words did: not after `l’` or `le` when only one begins with a vowel."""
    return bool(_VOWEL.match(replaced)) == bool(_VOWEL.match(replacement)) or not _AGREEING_WORD.search(before)
