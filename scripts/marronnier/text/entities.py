"""Entities of a plain text: its links, mentions and hashtags, with their positions."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A link ends at a blank, a quotation mark, or a control character for the direction of writing.
_DIRECTION_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_LINK = re.compile(rf"(?<![\w@$#＃/])https?://[^\s<>\"«»“”„{_DIRECTION_MARKS}]+", re.IGNORECASE)
_TRAILING = ".,;:!?'’‘*_~›…،؛؟。、"
"""Characters that, after a link, belong to the sentence around it."""
_PAIRS = {")": "(", "]": "[", "}": "{"}

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_MENTION = re.compile(rf"(?<![\w@＠/.#＃])@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:@{_HOST})?(?![\w@]|[.-]\w)")

# Python's \w leaves out combining marks of Arabic and Devanagari;
# the middle dot and the zero-width non-joiner occur inside words (`habitant·es`).
COMBINING = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u094f"
_HASHTAG = re.compile(rf"(?<![\w/&#＃@])[#＃](?=[\w·\u200c]*[^\W\d_])\w(?:[\w{COMBINING}·\u200c]*[\w{COMBINING}])?")


_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
_JOINED_HASHTAG = re.compile(rf"(?<![\w/&#＃@])[#＃]\w*(?:-\w|[{_EMOJI}])(?:[\w{COMBINING}{_EMOJI}\ufe0f\u200d]|-(?=\w))*")


@dataclass(frozen=True, slots=True)
class Entity:
    """A link, mention or hashtag; positions are in code points."""

    start: int
    end: int
    text: str


def find_links(text: str) -> list[Entity]:
    """The URLs that begin with `http://` or `https://`, as typed and in order, without the punctuation of the sentence around them."""
    return [entity for match in _LINK.finditer(text) if (entity := _trim_link(match))] if "://" in text else []


def find_mentions(text: str) -> list[Entity]:
    """The mentions `@name`, `@name.example.org` and `@name@example.org` outside links, in order, each with its `@`. A network may not know them."""
    return _entities_outside(find_links(text), text, _MENTION) if "@" in text else []


def find_hashtags(text: str) -> list[Entity]:
    """The hashtags outside links and mentions, in order, each with its `#`. A hashtag has at least one letter, in any script."""
    if "#" not in text and "＃" not in text:
        return []
    return _entities_outside([*find_links(text), *find_mentions(text)], text, _HASHTAG)


def find_joined_hashtags(text: str) -> list[Entity]:
    """The hashtags outside links and mentions that hold a hyphen or an emoji, whole: `#foo-bar`, `#🌳`. Some networks end them there."""
    if "#" not in text and "＃" not in text:
        return []
    return _entities_outside([*find_links(text), *find_mentions(text)], text, _JOINED_HASHTAG)


def _trim_link(match: re.Match[str]) -> Entity | None:
    url = match.group()
    while url and (url[-1] in _TRAILING or _has_unopened_bracket(url)):
        url = url[:-1]
    host = url.partition("://")[2]
    return Entity(match.start(), match.start() + len(url), url) if host and host[0] not in "/?#" else None


def _has_unopened_bracket(url: str) -> bool:
    """Whether the URL ends with a closing bracket that it does not open."""
    opening = _PAIRS.get(url[-1])
    return opening is not None and url.count(url[-1]) > url.count(opening)


def _entities_outside(exclusions: list[Entity], text: str, pattern: re.Pattern[str]) -> list[Entity]:
    entities = [Entity(match.start(), match.end(), match.group()) for match in pattern.finditer(text)]
    return [
        entity for entity in entities if not any(excluded.start < entity.end and entity.start < excluded.end for excluded in exclusions)
    ]
