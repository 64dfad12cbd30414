"""Places where a text may be broken: ends of paragraphs, sentences and words, in French, Dutch, English and Arabic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

BreakKind = Literal["paragraph", "sentence", "word"]


@dataclass(frozen=True, slots=True)
class Break:
    """A place between two words at which the text may be broken."""

    end: int
    """The index at which the text before the break ends."""
    next: int
    """The index at which the text after the break begins."""
    kind: BreakKind


_FRENCH = (
    "m mm mme mmes mlle mlles me dr pr st ste sts stes p pp ex cf etc env tél av bd boul art chap vol éd réf min max"
    " janv févr avr juil sept oct nov déc"
)
_DUTCH = (
    "bv bijv blz enz evt dhr mevr mw drs ir ing prof nr nrs ca o.a m.a.w d.w.z t.e.m a.u.b i.p.v e.d jl vzw st jan feb mrt apr aug okt dec"
)
_ENGLISH = "mr mrs ms jr sr vs e.g i.e a.m p.m no fig dept est approx tel"
_ARABIC = "د أ م ص ج هـ إلخ الخ"
ABBREVIATIONS = frozenset(f"{_FRENCH} {_DUTCH} {_ENGLISH} {_ARABIC}".split())
"""Abbreviations that end with a full stop, without it and in lower case: they do not end a sentence."""

_ATTACHED = "m mm mme mmes mlle mlles me dr pr st ste sts stes p pp dhr mevr mw drs mr mrs ms nr nrs no fig art vol"
_ATTACHED_ABBREVIATIONS = frozenset(_ATTACHED.split())
"""Abbreviations that belong to the word after them: there is no break after one."""

BREAKABLE_SPACE = re.compile(r"[ \t\n\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")
# There is no break before closing punctuation nor after opening punctuation: people type « and ! with plain spaces too.
_CLOSING = re.compile(r"[!?:;»”’)\]}%‰€…،؛؟,.]+(?:\s|$)|[)\]»”]|\((?:https?://|mailto:)")
_OPENING = re.compile(r"(?:^|\s)[«“‘(\[{¿¡•◦▪☐☑>#@–—-]$|(?:^|\n)[ \t]*\d{1,4}[.)]$")
_SENTENCE_END = re.compile(r"[.!?…؟۔。！？]+(?:\s?[\"'»”’)\]]+)?$")
_PICTURES = "\u2190-\u2bff\u3030\U0001f000-\U0001faff\ufe0f\u200d\U000e0020-\U000e007f"
_EMOJI = re.compile(rf"[{_PICTURES}]")
_LAST_EMOJI = re.compile(rf"\s*[{_PICTURES}][{_PICTURES}\s]*$")
_LAST_WORD = re.compile(r"([^\s(«“\"'’]*)\.$")
_DOTTED = re.compile(r"(?:\w\.)+\w")
_UNBREAKABLE = re.compile(r"\W*(?:https?://|www\.|[@#]\w|[\w.+-]+@\w)", re.IGNORECASE)


def find_breaks(text: str) -> list[Break]:
    """Every place at which the text may be broken, in order; the last one is its end.

    There is no break at a no-break space, before `!`, `»` or `(https://…)`, nor after a list mark.
    """
    breaks = []
    for gap in BREAKABLE_SPACE.finditer(text):
        if gap.start() == 0 or gap.end() == len(text):
            continue
        kind = _break_kind(text, gap)
        if kind is not None:
            breaks.append(Break(gap.start(), gap.end(), kind))
    breaks.append(Break(len(text), len(text), "paragraph"))
    return breaks


def is_unbreakable(word: str) -> bool:
    """Whether a word must never be split: a link, an e-mail address, a mention or a hashtag."""
    return _UNBREAKABLE.match(word) is not None or "://" in word


def _break_kind(text: str, gap: re.Match[str]) -> BreakKind | None:
    space = gap.group()
    if space.count("\n") > 1 or "\u2029" in space:
        return "paragraph"
    if "\n" in space or "\u2028" in space:
        return "sentence"
    before, after = text[max(0, gap.start() - 40) : gap.start()], text[gap.end() : gap.end() + 1]
    if _CLOSING.match(text, gap.end()) or _OPENING.search(before) or _abbreviation_at_end(before) in _ATTACHED_ABBREVIATIONS:
        return None
    if _EMOJI.match(after):
        # An emoji belongs to the sentence before it: « On plante ! 🌳 ».
        return None if _SENTENCE_END.search(before) else "word"
    before = _LAST_EMOJI.sub("", before)
    return "sentence" if _SENTENCE_END.search(before) and not after.islower() and not _abbreviation_at_end(before) else "word"


def _abbreviation_at_end(before: str) -> str:
    """The abbreviation at the end of the text, in lower case and without its full stop; empty when there is none."""
    match = _LAST_WORD.search(before)
    word = match[1].casefold() if match else ""
    initial = len(word) == 1 and word.isalpha()
    return word if initial or word in ABBREVIATIONS or _DOTTED.fullmatch(word) else ""
