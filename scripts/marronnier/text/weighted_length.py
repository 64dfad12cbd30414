"""Length of a text as X counts it: in NFC, each link as 23, each emoji as 2, characters of most alphabets as 1 and all others as 2.

https://docs.x.com/fundamentals/counting-characters and https://github.com/twitter/twitter-text/blob/master/config/v3.json, seen 2026-11-22.
What is a link there: https://github.com/twitter/twitter-text/tree/master/js/src/regexp, seen 2026-11-28.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

LINK_LENGTH = 23
EMOJI_LENGTH = 2
_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""The code points that weigh one; all others weigh two."""

_DIRECTIONS = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACES = "\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LABEL = rf"[^!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACES}\ufffe\ufeff\uffff{_DIRECTIONS}]"
"""A character of a host's name, of any script."""
_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
_PATH = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_BRACKETS = rf"\({_PATH}*(?:\({_PATH}+\){_PATH}*)?(?<!\()\)"
_PATH_END = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_LATIN}]|{_BRACKETS})"
_TAIL = (
    rf"(?::[0-9]+)?(?P<path>/(?:{_PATH}*(?:{_BRACKETS}{_PATH}*)*{_PATH_END}|@{_PATH}+/)*)?"
    r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?"
)
_SHORTENED = re.compile(r"https?://t\.co/[a-z0-9]+", re.IGNORECASE)
_NOT_BEFORE_A_BARE_HOST = "-_./"


def weighted_length(text: str) -> int:
    """The weighted length."""
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text))
    length, at = 0, 0
    for start, end in _links(text) if "." in text else ():
        length += _weight(text[at:start]) + LINK_LENGTH
        at = end
    return length + _weight(text[at:])


def emoji_pattern() -> Any:
    """Emoji as readers see them: with skin tone, joined parts and variation. https://www.unicode.org/reports/tr51/, seen 2026-11-22."""
    return _emoji()


def _weight(text: str) -> int:
    if text.isascii():
        return len(text)
    rest, emoji_count = _emoji().subn("", text)
    return EMOJI_LENGTH * int(emoji_count) + 2 * len(rest) - len(_LIGHT.findall(rest))


@cache
def _emoji() -> Any:
    # Imported when needed: a text of Latin letters is counted without it.
    import regex  # type: ignore[import-untyped]

    # A sign that is text unless a variation asks for the emoji, as ©, counts as an emoji there.
    one = r"(?:(?:(?=[^\x00-\x7f])\p{Emoji})\ufe0f?\p{Emoji_Modifier}?)"
    flag = r"\p{RI}\p{RI}|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|[0-9#*]\ufe0f?\u20e3"
    return regex.compile(rf"{flag}|{one}(?:\u200d{one})*")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """An address with the character before it, and a host of Latin letters."""
    from linkify_it.tlds import TLDS  # type: ignore[import-untyped]

    # By their first letters: most words that could be one are none, and that is soon seen.
    by_letter: dict[str, list[str]] = {}
    for top in sorted(TLDS, key=len, reverse=True):
        by_letter.setdefault(top[0], []).append(re.escape(top[1:]))
    tops = "|".join(rf"{letter}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items()))
    ending = rf"(?:(?:{tops})(?=[^0-9a-z@+-]|$)|xn--[-0-9a-z]+)"
    # No host has longer names, or more of them: beyond, what looks like one counts as it is written.
    host = rf"(?:{_LABEL}(?:[_-]*{_LABEL}){{0,62}}\.){{0,20}}{_LABEL}(?:-*{_LABEL}){{0,62}}\.{ending}"
    before = rf"(?P<before>[^A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff]|[{_DIRECTIONS}]|^)"
    return (
        re.compile(rf"{before}(?P<scheme>https?://)?(?P<host>{host}){_TAIL}", re.IGNORECASE),
        re.compile(rf"(?:[-a-z0-9{_LATIN}]{{1,63}}\.){{1,20}}{ending}", re.IGNORECASE),
    )


def has_link(text: str) -> bool:
    """Whether X makes a link of something in a text: an address without `https://` is one too."""
    return next(_links(text), None) is not None


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each link."""
    address, latin_host = _patterns()
    for match in address.finditer(text):
        if match["scheme"]:
            short = _SHORTENED.match(text, match.end("before"))
            yield match.end("before"), short.end() if short else match.end()
        elif match["before"] not in tuple(_NOT_BEFORE_A_BARE_HOST):
            hosts = [found.span() for found in latin_host.finditer(text, *match.span("host"))]
            yield from hosts[:-1]
            if hosts:
                yield hosts[-1][0], match.end() if match["path"] else hosts[-1][1]
