"""Hashtags: a subject as people write it, as the one word after `#`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Style = Literal["inline", "end", "none"]
"""Where a network likes its hashtags: in the sentence where the word stands, after the words, or not at all."""

# A combining mark belongs to its letter, and Python's \w does not count all of them: Arabic vowel signs, Devanagari.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u094f\u200c"
_WORD = re.compile(rf"\w[\w{_MARKS}]*")
_PRESENT = re.compile(rf"(?<![\w/&#])[#＃](\w[\w{_MARKS}]*)")
_ONLY_TAGS = re.compile(r"[#＃]\S+(?:[ \t]+[#＃]\S+)*[ \t]*")
_UNTOUCHED = re.compile(rf"\S+://\S+|www\.\S+|[@#＃][\w{_MARKS}.@-]+|\S+@\S+")


def to_hashtag(name: str) -> str:
    """The subject as one word, without `#`: `Fête de quartier` becomes `FêteDeQuartier`, which screen readers say word by word.

    One word stays as typed. Words of a script without capitals are joined by `_`, to stay readable.
    A middle dot goes and joins (`habitant·es`): most networks would end the hashtag there. Empty when nothing of it can stand in one.
    """
    text = unicodedata.normalize("NFC", name).replace("·", "").lstrip("#＃ ")
    words: list[str] = _WORD.findall(text)
    if len(words) < 2:
        return "".join(words)
    joined = ""
    for word in words:
        capital = word[0].upper() + word[1:]
        bare = joined and not (_cased(joined[-1]) and _cased(word[0]))
        joined += f"_{capital}" if bare else capital
    return joined


def hashtags_in(text: str) -> frozenset[str]:
    """The hashtags a text already holds, folded for comparing."""
    return frozenset(_folded(found) for found in _PRESENT.findall(text))


def place_hashtags(text: str, tags: Iterable[str], style: Style) -> str:
    """The text with its hashtags, each once and none that it already holds, whatever the capitals.

    `inline` makes a hashtag of the first place where the word itself stands; the others, and all with `end`, follow the words
    on a line of their own, or on the last line where that holds nothing else.
    """
    if style == "none":
        return text
    there = set(hashtags_in(text))
    after = []
    for name in tags:
        word = to_hashtag(name)
        if not word or _folded(word) in there:
            continue
        there.add(_folded(word))
        marked = _marked(text, word) if style == "inline" else None
        if marked is None:
            after.append(f"#{word}")
        else:
            text = marked
    if not after:
        return text
    last = text.rpartition("\n")[2]
    apart = "" if not text else " " if _ONLY_TAGS.fullmatch(last) else "\n\n"
    return f"{text.rstrip(' ') if apart == ' ' else text}{apart}{' '.join(after)}"


def _marked(text: str, word: str) -> str | None:
    """The text with `#` before the first place where that word stands alone, outside links, mentions and hashtags."""
    untouched = [found.span() for found in _UNTOUCHED.finditer(text)]
    for found in re.finditer(rf"(?<![\w{_MARKS}'’-]){re.escape(word)}(?![\w{_MARKS}-])", text, re.IGNORECASE):
        if not any(begin <= found.start() < end for begin, end in untouched):
            return f"{text[: found.start()]}#{text[found.start() :]}"
    return None


def _cased(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()
