"""How long a toot is: a link counts 23, a mention only its name. What Mastodon's own extractor finds, and nothing else, is one.

app/validators/status_length_validator.rb, app/lib/extractor.rb and config/initializers/twitter_regex.rb of
https://github.com/mastodon/mastodon, seen 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from marronnier.text.graphemes import count_graphemes

LINK = 23
"""What a link counts, however long it is. https://docs.joinmastodon.org/user/posting/#links, seen 2026-11-25"""

_SIGN = r"[^\s<>()?]"
_BRACKETS = rf"\((?:{_SIGN}+|{_SIGN}*\({_SIGN}+\){_SIGN}*)\)"
_LAST = r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]"
_PATH = rf"/(?:(?:{_SIGN}|{_BRACKETS})*(?:{_LAST}|{_BRACKETS}))?"
# Mastodon lets a query go on through no-break spaces too; we end it there, and so may count a few more, never fewer.
_BEYOND = "\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\ue000-\uf8ff\U00010000-\U0010fffd"
_QUERY = rf"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^{_BEYOND}]*[a-z0-9_&=#/\-{_BEYOND}]"
_HOST = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?P<top>xn--[a-z0-9-]+|[^\W\d_]{2,63})(?![0-9a-z@])"
_URL = re.compile(rf"(?<![A-Za-z0-9@＠$#＃\ufeff\ufffe\uffff])https?://{_HOST}(?::[0-9]+)?(?:{_PATH})?(?:{_QUERY})?", re.IGNORECASE)
MENTION = re.compile(r"(?<![/\w])@(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)@[\w.-]*\w(?![@＠]|://)")


def toot_length(text: str) -> int:
    """Graphemes, with 23 for each link and `@name` for `@name@host`."""
    if "://" not in text and "@" not in text:
        return count_graphemes(text)
    return count_graphemes("".join(_countable(text)))


def links(text: str) -> list[tuple[int, int]]:
    """Where the links stand: addresses with http or https, and a name of a host under a domain that exists."""
    return [found.span() for found in _URL.finditer(text) if _exists(found["top"])] if "://" in text else []


def _exists(top: str) -> bool:
    top = top.casefold()
    return top.startswith("xn--") or top in _top_level()


@cache
def _top_level() -> frozenset[str]:
    # Imported on first need: few texts come near the limit.
    from linkify_it.tlds import TLDS  # type: ignore[import-untyped]

    return frozenset(top.casefold() for top in TLDS)


def _countable(text: str) -> Iterator[str]:
    """The text, with something of the counted length in place of links and mentions; of two that overlap, the first counts."""
    entities = [(start, end, "x" * LINK) for start, end in links(text)]
    entities += [(*found.span(), f"@{found['name']}") for found in MENTION.finditer(text)]
    at = 0
    for start, end, said in sorted(entities):
        if start >= at:
            yield text[at:start]
            yield said
            at = end
    yield text[at:]
