r"""Little text, LinkedIn's form of a post's words: plain text whose marks are escaped, between mentions and hashtags. Pure.

An unescaped mark silently ends the text there. https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format,
seen 2026-11-27; that the text ends there, in two independent implementations. Whether an address with an escaped mark stays a link was not tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from marronnier.text import entities
from marronnier.text.plain_text import remove_shields

_MARKS = re.compile(r"[\\|{}@\[\]()<>#*_~]")
_MENTION = re.compile(r"@\[(?P<name>[^\[\]\n]{1,200})\]\((?P<urn>urn:li:(?:person|organization):[A-Za-z0-9_-]{1,100})\)")
_BARE_URN = re.compile(r"(?<![\w(:])urn:li:(?:person|organization):[A-Za-z0-9_-]+")
_TEMPLATE = re.compile(r"\{hashtag\|\\?[#＃]\|(?P<tag>(?:\\.|[^|{}\\])*)\}")
"""How LinkedIn gives a hashtag back."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class LittleText(NamedTuple):
    """A text in both forms."""

    wire: str
    """As LinkedIn takes it."""
    shown: str
    """As people read it: of a mention the name alone."""


class _LittleElement(NamedTuple):
    start: int
    end: int
    wire: str
    shown: str


def to_little_text(plain: str) -> LittleText:
    """The text with its mentions `@[Name](urn:li:…)` and hashtags live, and every other mark escaped. What is shielded, as code is, stays words."""
    wire, shown, at = [], [], 0
    for element in _elements(plain):
        before = remove_shields(plain[at : element.start])
        wire += [escape(before), element.wire]
        shown += [before, element.shown]
        at = element.end
    rest = remove_shields(plain[at:])
    return LittleText("".join((*wire, escape(rest))), "".join((*shown, rest)))


def escape(text: str) -> str:
    """The text with a backslash before each mark."""
    return _MARKS.sub(r"\\\g<0>", text)


def to_plain(wire: str) -> str:
    """The words of a little text, ours or one that LinkedIn gave back, for comparison; mentions stay as they are written."""
    return _ESCAPED.sub(r"\1", _TEMPLATE.sub(lambda template: f"#{template['tag']}", wire)).strip()


def is_mention(handle: str) -> bool:
    """Whether a handle is a mention as LinkedIn writes it: `@[Name](urn:li:organization:2414183)`."""
    return _MENTION.fullmatch(handle) is not None


def bare_urn(text: str) -> str:
    """The first URN of an account that stands in a text by itself, where people would read it; empty when there is none."""
    found = _BARE_URN.search(text)
    return found[0] if found else ""


def _elements(plain: str) -> Iterator[_LittleElement]:
    mentions = [_LittleElement(*found.span(), found[0], found["name"]) for found in _MENTION.finditer(plain)]
    # A word begins at once: where a mark would, the text would end at the `#`.
    tags = [
        _LittleElement(tag.start, tag.end, f"#{escape(tag.text[1:])}", tag.text)
        for tag in entities.find_hashtags(plain)
        if tag.text[0] == "#" and not _MARKS.match(tag.text[1])
    ]
    at = 0
    for element in sorted((*mentions, *tags)):
        if element.start >= at:
            yield element
            at = element.end
