"""Comparison of a toot on a server with a part that may have been sent: by everything that readers see.

A server shows a toot otherwise than it was sent, and may leave something out; it adds nothing.
So each element is the same, or less than was sent (the toot may be ours), or something else (it is not).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any, Literal
from urllib.parse import unquote

from marronnier.networks.kit.fediverse.addresses import toot_id
from marronnier.networks.kit.fediverse.client import as_mapping
from marronnier.networks.kit.fediverse.toot_length import MENTION
from marronnier.networks.kit.seam import SendRequest
from marronnier.text.entities import find_links

Likeness = Literal["same", "less", "other"]
_MIN_KEPT = 0.8
"""The share of a text's letters that a server may leave out and still show the same text: markup, or what looked like it."""


def compare_toot(sending: SendRequest, toot: Mapping[str, Any]) -> Likeness:
    """Whether a toot is this part: `same` in everything, `less` when it may be with something left out or changed by the server, `other`."""
    found: Likeness = "same"
    for likeness in _likenesses(sending, toot):
        if likeness == "other":
            return "other"
        if likeness == "less":
            found = "less"
    return found


def _likenesses(sending: SendRequest, toot: Mapping[str, Any]) -> Iterator[Likeness]:
    """The likeness of each element, those that cost least first."""
    wire = sending.part.wire
    if toot.get("reblog"):
        yield "other"
    yield _compare_parents(sending, toot.get("in_reply_to_id"))
    text = str(wire.get("status", ""))
    if not (text.strip() and toot.get("text") == text):
        page = _TootText(str(toot.get("content") or ""))
        yield _compare_letters(_without_links(text), _without_links(page.words), least=_MIN_KEPT)
        yield _compare_links(text, page)
    yield _compare_pictures([picture.alt for picture in sending.part.media], toot.get("media_attachments"))
    # A server or its moderators may set a warning or narrow an audience: such a toot may still be ours.
    told = str(wire.get("spoiler_text", "")), str(toot.get("spoiler_text") or "")
    yield "same" if _letters(told[0]) == _letters(told[1]) else "less"
    if visibility := wire.get("visibility"):
        yield "same" if toot.get("visibility") == visibility else "less"
    options = as_mapping(toot.get("poll")).get("options")
    titles = [str(as_mapping(option).get("title", "")) for option in options] if isinstance(options, list) else []
    asked = [str(option) for option in as_mapping(wire.get("poll")).get("options", ())]
    yield "same" if list(map(_letters, titles)) == list(map(_letters, asked)) else "less"


def _compare_parents(sending: SendRequest, parent: object) -> Likeness:
    """Whether the toot replies to the part before this one. A toot whose parent was deleted has none."""
    ours, theirs = toot_id(sending.previous[-1].id) if sending.previous else "", str(parent) if parent else ""
    return "same" if ours == theirs else "less" if ours and not theirs else "other"


def _compare_letters(ours: str, theirs: str, *, least: float = 0.0) -> Likeness:
    """Whether both have the same letters, or theirs are ours with some left out, of which at least the share `least` is kept."""
    here, there = _letters(ours), _letters(theirs)
    if here == there:
        return "same"
    rest = iter(here)
    kept = len(there) >= least * len(here) and all(letter in rest for letter in there)
    return "less" if kept and (there or not least) else "other"


def _compare_links(text: str, page: _TootText) -> Likeness:
    """Whether the toot links where the text does. A server may link a host without `https://`, drop a link, or its parameters."""
    ours = {_bare_address(link.text) for link in find_links(text)}
    theirs = {_bare_address(link) for link in page.links}
    rest = _without_scheme(_without_links(text)).casefold()
    for link in theirs - ours:
        if link and link.casefold() in rest:
            continue
        if _place(link) not in map(_place, ours):
            return "other"
        return "less"
    shown = _without_scheme(page.words)
    unlinked = {_bare_address(link.text) for link in find_links(text) if _without_scheme(link.text).rstrip("/") in shown}
    return "same" if ours <= theirs | unlinked else "less"


def _place(link: str) -> str:
    """An address without its parameters and its case: of two that differ in these only, one may be the other, as a server shows it."""
    return link.partition("?")[0].casefold()


def _bare_address(address: str) -> str:
    """An address without what servers write in several ways: scheme, the host's case and script, percent-encoding, last slash."""
    bare = _without_scheme(address).rstrip("/")
    found = re.match(r"[^/?#]*", bare)
    host = found[0].casefold() if found else ""
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return host + bare[found.end() if found else 0 :]


def _without_scheme(text: str) -> str:
    return re.sub(r"https?://", "", unicodedata.normalize("NFKC", unquote(text)), flags=re.IGNORECASE)


def _compare_pictures(alts: Sequence[str], attachments: object) -> Likeness:
    """Whether the toot has the same pictures in the same order, by their alternative texts."""
    shown = [str(as_mapping(one).get("description") or "") for one in attachments] if isinstance(attachments, list) else []
    if len(shown) > len(alts):
        return "other"
    found: Likeness = "same" if len(shown) == len(alts) else "less"
    if found == "same":
        for alt, description in zip(alts, shown, strict=True):
            likeness = _compare_letters(alt, description)
            if likeness != "same":
                found = likeness
            if likeness == "other":
                break
    return found


def _without_links(text: str) -> str:
    """The text without its links, and with mentions as a server shows them: `@name`."""
    for link in reversed(find_links(text)):
        text = text[: link.start] + text[link.end :]
    return MENTION.sub(lambda match: f"@{match['name']}", text)


def _letters(text: str) -> str:
    """The letters with their marks, digits, emoji and currencies of a text, in lower case: what no server's markup or typography changes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if _is_letter(char))


def _is_letter(char: str) -> bool:
    category = unicodedata.category(char)
    # A variation selector only says how an emoji is drawn; the tone of a skin is its own sign.
    return (
        category[0] in "LN" or category in ("So", "Sc") or (category[0] == "M" and not "\ufe00" <= char <= "\ufe0f") or "🏻" <= char <= "🏿"
    )


class _TootText(HTMLParser):
    """The text of a toot's HTML without links, where mentions and hashtags are words; and the addresses of its links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.links: list[str] = []
        self._in_link = False
        self.feed(html[:100_000])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note that a link begins, unless it is a mention or a hashtag; take a custom emoji by its alternative text."""
        attributes = dict(attrs)
        if tag == "a":
            classes = set((attributes.get("class") or "").split())
            text = self.rawdata[self._offset_after_tag() :].lstrip()
            self._in_link = not classes & {"mention", "hashtag"} and not re.match(r"(?:<span[^>]*>)?[@#＃]", text)
            if self._in_link:
                self.links.append(attributes.get("href") or "")
        if tag == "img":
            self.handle_data(attributes.get("alt") or "")

    def _offset_after_tag(self) -> int:
        line, column = self.getpos()
        start = sum(len(row) + 1 for row in self.rawdata.split("\n")[: line - 1]) + column
        return start + len(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Note that a link ends."""
        if tag == "a":
            self._in_link = False

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._in_link:
            self.words += data
