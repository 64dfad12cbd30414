"""Length of a toot as servers count; as Mastodon does: 23 for each link, and the name alone for each mention, as its own extractor finds them.

app/validators/status_length_validator.rb, app/lib/extractor.rb and config/initializers/twitter_regex.rb of
https://github.com/mastodon/mastodon, seen 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from marronnier.text.graphemes import count_graphemes

LINK_LENGTH = 23
"""The length that any link counts. https://docs.joinmastodon.org/user/posting/#links, seen 2026-11-25"""

_SIGN = r"[^\s<>()?]"
_BRACKETS = rf"\((?:{_SIGN}+|{_SIGN}*\({_SIGN}+\){_SIGN}*)\)"
_LAST = r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]"
_PATH = rf"/(?:(?:{_SIGN}|{_BRACKETS})*(?:{_LAST}|{_BRACKETS}))?"
# Mastodon lets a query continue through no-break spaces; here it ends at one, so the count may be higher than Mastodon's, never lower.
_BEYOND = "\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\ue000-\uf8ff\U00010000-\U0010fffd"
_QUERY = rf"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^{_BEYOND}]*[a-z0-9_&=#/\-{_BEYOND}]"
_HOST = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?P<top>xn--[a-z0-9-]+|[^\W\d_]{2,63})(?![0-9a-z@])"
_URL = re.compile(rf"(?<![A-Za-z0-9@＠$#＃\ufeff\ufffe\uffff])https?://{_HOST}(?::[0-9]+)?(?:{_PATH})?(?:{_QUERY})?", re.IGNORECASE)
MENTION = re.compile(r"(?<![/\w])@(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)@[\w.-]*\w(?![@＠]|://)")


@dataclass(frozen=True, slots=True)
class Counting:
    """How a server counts."""

    unit: Literal["graphemes", "codepoints"] = "graphemes"
    link: int | None = LINK_LENGTH
    """What each link counts; None: its full length, and then a mention counts in full too."""

    def length(self, text: str) -> int:
        """The length of a text."""
        if self.link is not None and ("://" in text or "@" in text):
            text = "".join(_counted_pieces(text, self.link))
        return len(text) if self.unit == "codepoints" else count_graphemes(text)

    def full_length(self, text: str) -> int:
        """The length of a text whose links count in full: a content warning."""
        return len(text) if self.unit == "codepoints" else count_graphemes(text)


MASTODON_COUNTING = Counting()


@cache
def channel_counting(unit: str, link_length: str) -> Counting:
    """The counting that `limits:` of a channel names, which is Mastodon's where it names none."""
    link = None if link_length == "full" else int(link_length or LINK_LENGTH)
    return Counting("codepoints" if unit == "codepoints" else "graphemes", link)


def toot_length(text: str) -> int:
    """The length on Mastodon itself: graphemes, with 23 for each link and `@name` for `@name@host`."""
    return MASTODON_COUNTING.length(text)


def link_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each link: an address with http or https whose host has an existing top-level domain."""
    return [match.span() for match in _URL.finditer(text) if _is_top_level_domain(match["top"])] if "://" in text else []


def _is_top_level_domain(top: str) -> bool:
    top = top.casefold()
    return top.startswith("xn--") or top in _top_level_domains()


@cache
def _top_level_domains() -> frozenset[str]:
    # Imported on first need: few texts come near the limit.
    from linkify_it.tlds import TLDS  # type: ignore[import-untyped]

    return frozenset(top.casefold() for top in TLDS)


def _counted_pieces(text: str, link: int) -> Iterator[str]:
    """The text in pieces, with a placeholder of the counted length for each link and mention; of two that overlap, the first counts."""
    entities = [(start, end, "x" * link) for start, end in link_spans(text)]
    entities += [(*match.span(), f"@{match['name']}") for match in MENTION.finditer(text)]
    at = 0
    for start, end, placeholder in sorted(entities):
        if start >= at:
            yield text[at:start]
            yield placeholder
            at = end
    yield text[at:]
