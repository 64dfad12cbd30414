"""Marks: where links, mentions and hashtags stand in a plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A link goes on until a blank, a quotation mark around it, or a mark that only turns the direction of writing.
_TURNS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_LINK = re.compile(rf"(?<![\w@$#＃/])https?://[^\s<>\"«»“”„{_TURNS}]+", re.IGNORECASE)
_ENDS = ".,;:!?'’‘*_~›…،؛؟。、"
"""What after a link belongs to the sentence around it."""
_PAIRS = {")": "(", "]": "[", "}": "{"}

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_MENTION = re.compile(rf"(?<![\w@＠/.#＃])@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:@{_HOST})?(?![\w@]|[.-]\w)")

# Python's \w does not count every mark that belongs to its letter, as Arabic vowel signs and Devanagari do;
# the middle dot and the joiner stand inside words (`habitant·es`).
_SIGNS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u094f"
_HASHTAG = re.compile(rf"(?<![\w/&#＃@])[#＃](?=[\w·\u200c]*[^\W\d_])\w(?:[\w{_SIGNS}·\u200c]*[\w{_SIGNS}])?")


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a text that is more than words, in code points."""

    start: int
    end: int
    text: str


def links(text: str) -> list[Entity]:
    """The web addresses, as typed and in order: those that begin with `http://` or `https://`, without what ends the sentence around them."""
    return [mark for found in _LINK.finditer(text) if (mark := _link(found))] if "://" in text else []


def mentions(text: str) -> list[Entity]:
    """The `@name`, `@name.example.org` and `@name@example.org` outside links, in order, each with its `@`. Which of them a network knows, it tells."""
    return _outside(links(text), text, _MENTION) if "@" in text else []


def hashtags(text: str) -> list[Entity]:
    """The hashtags outside links and mentions, in order, each with its `#`: a word with one letter at least, in any script."""
    if "#" not in text and "＃" not in text:
        return []
    return _outside([*links(text), *mentions(text)], text, _HASHTAG)


def _link(found: re.Match[str]) -> Entity | None:
    address = found.group()
    while address and (address[-1] in _ENDS or _closes_too_much(address)):
        address = address[:-1]
    host = address.partition("://")[2]
    return Entity(found.start(), found.start() + len(address), address) if host and host[0] not in "/?#" else None


def _closes_too_much(address: str) -> bool:
    """Whether it ends with a bracket that was opened before it."""
    opening = _PAIRS.get(address[-1])
    return opening is not None and address.count(address[-1]) > address.count(opening)


def _outside(taken: list[Entity], text: str, kind: re.Pattern[str]) -> list[Entity]:
    found = [Entity(one.start(), one.end(), one.group()) for one in kind.finditer(text)]
    return [mark for mark in found if not any(other.start < mark.end and mark.start < other.end for other in taken)]
