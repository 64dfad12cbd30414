"""Whether a toot is out already: looked up among the account's own, by its words, its place in a thread and its time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.client import FediverseClient
from marronnier.networks.kit.fediverse.toot_length import MENTION
from marronnier.networks.kit.seam import SendRequest, Unknown
from marronnier.text.entities import find_links

SLACK = timedelta(hours=1)
"""How much earlier than it was first tried a toot may seem to be: clocks differ."""
PAGES = 10
A_PAGE = 40
"""Toots asked for at once: the most that servers give. https://docs.joinmastodon.org/methods/accounts/#statuses, seen 2026-11-25"""
_FEW = 12
"""Letters: with fewer, links count too."""


def find_toot(sending: SendRequest, server: FediverseClient) -> Delivery | None:
    """The delivery, or None where every toot since the first try was looked at. Raises Wait, Locked or Unknown when it cannot tell."""
    found = None
    for toot in _since(sending, server):
        if _is_it(sending, toot):
            # Should there be two, the first is the one to remember.
            found = toot
    return delivery_of(found) if found is not None else None


def delivery_of(toot: Mapping[str, Any]) -> Delivery:
    """Its name and address. Raises Unknown when they are of no shape that a name or an address has."""
    with outcomes.failures(posts=True):
        return Delivery(outcomes.valid_identifier(toot.get("id")), outcomes.valid_url(toot.get("url") or toot.get("uri")))


def _since(sending: SendRequest, server: FediverseClient) -> Iterator[Mapping[str, Any]]:
    """The account's own toots, newest first, back to the first try of this one."""
    with outcomes.failures(posts=True):
        me = outcomes.valid_identifier(_mapping(server.read("/api/v1/accounts/verify_credentials", posts=True)).get("id"))
    before = ""
    seen: set[object] = set()
    for _page in range(PAGES):
        answer = server.ask(
            "GET", f"/api/v1/accounts/{quote(me, safe='')}/statuses?limit={A_PAGE}&exclude_reblogs=true{before}", posts=True
        )
        with outcomes.failures(posts=True):
            toots = answer.json()
            if not isinstance(toots, list):
                raise Unknown(_("the server did not give a list of our own posts"))
            fresh = {_mapping(toot).get("id") for toot in toots} - seen
            if not fresh:
                # Nothing is left, or it is a server that does not turn pages.
                return
            seen |= fresh
            last = outcomes.valid_identifier(_mapping(toots[-1]).get("id"))
        oldest = _oldest(sending, outcomes.server_date(answer) or (None if server.rehearsing else sending.now))
        for toot in map(_mapping, toots):
            at = outcomes.parse_http_date(toot.get("created_at"))
            if oldest is not None and at is not None and at < oldest:
                # A pinned toot may stand before newer ones, so one that is too old does not end the search by itself.
                continue
            yield toot
        newest_there = max((at for toot in toots if (at := outcomes.parse_http_date(_mapping(toot).get("created_at")))), default=None)
        if oldest is None or (newest_there is not None and newest_there < oldest):
            return
        before = f"&max_id={quote(last, safe='')}"
    raise Unknown(_("there are too many posts since it was tried to look at all of them"))


def _oldest(sending: SendRequest, there: datetime | None) -> datetime | None:
    """The earliest that the toot can be from, by the server's own clock: ours may be wrong, or rehearse another day."""
    if sending.now is None or sending.first_sent_at is None or there is None:
        return None
    return there - (sending.now - sending.first_sent_at) - SLACK


def _is_it(sending: SendRequest, toot: Mapping[str, Any]) -> bool:
    """Whether a toot says what this part does, at its place in the thread. A boost is somebody else's."""
    if toot.get("reblog"):
        return False
    parent = toot.get("in_reply_to_id")
    if (str(parent) if parent else "") != (sending.before[-1].id if sending.before else ""):
        return False
    ours, theirs = str(sending.part.wire.get("status", "")), str(toot.get("content") or "")
    if ours.strip() and toot.get("text") == ours:
        return True
    words = _letters(_spoken(ours))
    page = _TootText(theirs)
    if words != _letters(_spoken(page.words)):
        return False
    if len(words) >= _FEW:
        return True
    attachments = toot.get("media_attachments")
    pictures = len(attachments) if isinstance(attachments, list) else 0
    return pictures == len(sending.part.media) and (page.links == len(find_links(ours)) or _letters(ours) == _letters(page.all))


def _spoken(text: str) -> str:
    """The words of a text without its links, and with mentions as a server shows them."""
    for mark in reversed(find_links(text)):
        text = text[: mark.start] + text[mark.end :]
    return MENTION.sub(lambda found: f"@{found['name']}", text)


def _letters(text: str) -> str:
    """What stays of a text through every server's markup and typography: its letters, digits and emoji."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "So")


class _TootText(HTMLParser):
    """The words of a toot's HTML; a link that is no mention and no hashtag is not among `words`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.all = ""
        self.links = 0
        self._in_link = False
        self.feed(html[:100_000])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link begins; a picture stands for a custom emoji, by its name."""
        given = dict(attrs)
        if tag == "a":
            kinds = set((given.get("class") or "").split())
            shown = self.rawdata[self._offset_after() :].lstrip()
            self._in_link = not kinds & {"mention", "hashtag"} and not re.match(r"(?:<span[^>]*>)?[@#＃]", shown)
            self.links += self._in_link
        if tag == "img":
            self.handle_data(given.get("alt") or "")

    def _offset_after(self) -> int:
        line, column = self.getpos()
        start = sum(len(row) + 1 for row in self.rawdata.split("\n")[: line - 1]) + column
        return start + len(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """A link ends."""
        if tag == "a":
            self._in_link = False

    def handle_data(self, data: str) -> None:
        """Words."""
        self.all += data
        if not self._in_link:
            self.words += data


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
