"""Hashtags: from a subject as people write it to one word after `#`, and their place in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from marronnier.text.entities import COMBINING

HashtagStyle = Literal["inline", "end", "none"]
"""Where a network has its hashtags: `inline` at the word in the text, `end` after the text, `none` nowhere."""

_COMBINING = f"{COMBINING}\u200c"
_WORD = re.compile(rf"\w[\w{_COMBINING}]*")
_PRESENT = re.compile(rf"(?<![\w/&#])[#＃](\w[\w{_COMBINING}]*)")
_ONLY_TAGS = re.compile(r"[#＃]\S+(?:[ \t]+[#＃]\S+)*[ \t]*")
_EXCLUDED = re.compile(rf"\S+://\S+|www\.\S+|[@#＃][\w{_COMBINING}.@-]+|\S+@\S+")


def to_hashtag(name: str) -> str:
    """The subject as one word, without `#`: `Fête de quartier` becomes `FêteDeQuartier`, which screen readers say word by word.

    One word stays as typed. Words of a script without capitals are joined by `_`, to stay readable.
    A middle dot is removed (`habitant·es`), because most networks would end the hashtag there. Empty when no character is allowed in a hashtag.
    """
    text = unicodedata.normalize("NFC", name).replace("·", "").lstrip("#＃ ")
    words: list[str] = _WORD.findall(text)
    if len(words) < 2:
        return "".join(words)
    joined = ""
    for word in words:
        capital = word[0].upper() + word[1:]
        needs_separator = joined and not (_has_case_or_digit(joined[-1]) and _has_case_or_digit(word[0]))
        joined += f"_{capital}" if needs_separator else capital
    return joined


def folded_hashtags(text: str) -> frozenset[str]:
    """The hashtags of a text without `#`, case-folded for comparison."""
    return frozenset(_fold(hashtag) for hashtag in _PRESENT.findall(text))


def place_hashtags(text: str, tags: Iterable[str], style: HashtagStyle, present: Iterable[str] | None = None) -> str:
    """The text with these tags as hashtags, each once, without those it already has in any capitals.

    `inline` puts `#` before the first occurrence of the word. All other hashtags are appended on a line of their own,
    or to the last line when that holds only hashtags.
    `present` holds those of the text, without `#`, where a network reads them otherwise.
    """
    if style == "none":
        return text
    known = set(folded_hashtags(text) if present is None else map(_fold, present))
    appended = []
    for name in tags:
        word = to_hashtag(name)
        if not word or _fold(word) in known:
            continue
        known.add(_fold(word))
        marked = _mark_inline(text, word) if style == "inline" else None
        if marked is None:
            appended.append(f"#{word}")
        else:
            text = marked
    if not appended:
        return text
    last = text.rpartition("\n")[2]
    separator = "" if not text else " " if _ONLY_TAGS.fullmatch(last) else "\n\n"
    return f"{text.rstrip(' ') if separator == ' ' else text}{separator}{' '.join(appended)}"


def _mark_inline(text: str, word: str) -> str | None:
    """The text with `#` before the first occurrence of the word outside links, mentions and hashtags; None when there is none."""
    excluded = [match.span() for match in _EXCLUDED.finditer(text)]
    for match in re.finditer(rf"(?<![\w{_COMBINING}'’/&#-]){re.escape(word)}(?![\w{_COMBINING}-])", text, re.IGNORECASE):
        if not any(begin <= match.start() < end for begin, end in excluded):
            return f"{text[: match.start()]}#{text[match.start() :]}"
    return None


def _has_case_or_digit(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()
