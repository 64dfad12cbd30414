"""Look-up of a toot among the account's own: by its words, its position in a thread, its pictures and its time."""

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
from marronnier.networks.kit.fediverse.client import FediverseClient, as_mapping
from marronnier.networks.kit.fediverse.toot_length import MENTION
from marronnier.networks.kit.seam import SendRequest, Unknown
from marronnier.text.entities import find_links

CLOCK_SLACK = timedelta(hours=1)
"""A toot may carry a time this much before its first attempt: clocks differ."""
MAX_PAGES = 10
PAGE_SIZE = 40
"""Toots per request, the most that servers give. https://docs.joinmastodon.org/methods/accounts/#statuses, seen 2026-11-25"""
_ENOUGH_LETTERS = 12
"""Toots with fewer letters must also agree in links and pictures."""


def find_toot(sending: SendRequest, server: FediverseClient) -> Delivery | None:
    """The delivery; None when no toot since the first attempt matches. Raises Wait, Locked or Unknown when the list may be incomplete."""
    matching = [toot for toot in _recent_toots(sending, server) if _matches(sending, toot)]
    # Of two, the older one counts.
    return toot_delivery(matching[-1]) if matching else None


def toot_delivery(toot: Mapping[str, Any]) -> Delivery:
    """The id and URL of a toot. Raises Unknown when either is malformed."""
    with outcomes.web_errors_as_outcomes(publishes=True):
        return Delivery(outcomes.check_identifier(toot.get("id")), outcomes.check_url(toot.get("url") or toot.get("uri")))


def _recent_toots(sending: SendRequest, server: FediverseClient) -> Iterator[Mapping[str, Any]]:
    """The account's own toots, newest first, back to the first attempt of this one."""
    with outcomes.web_errors_as_outcomes(publishes=True):
        account_id = outcomes.check_identifier(as_mapping(server.get_json("/api/v1/accounts/verify_credentials", publishes=True)).get("id"))
    before = ""
    seen: set[object] = set()
    for _page in range(MAX_PAGES):
        answer = server.request(
            "GET", f"/api/v1/accounts/{quote(account_id, safe='')}/statuses?limit={PAGE_SIZE}&exclude_reblogs=true{before}", publishes=True
        )
        with outcomes.web_errors_as_outcomes(publishes=True):
            toots = answer.json()
            if not isinstance(toots, list):
                raise Unknown(_("the server did not give a list of our own posts"))
            fresh = {as_mapping(toot).get("id") for toot in toots} - seen
            if not fresh:
                # The list has ended, or the server ignores `max_id` and repeats its first page.
                return
            seen |= fresh
            last = outcomes.check_identifier(as_mapping(toots[-1]).get("id"))
        earliest = _earliest_instant(sending, outcomes.server_date(answer) or (None if server.has_brand_clock else sending.now))
        for toot in map(as_mapping, toots):
            at = outcomes.parse_date(toot.get("created_at"))
            if earliest is not None and at is not None and at < earliest:
                # Servers may list a pinned toot before newer ones, so one old toot does not end the search.
                continue
            yield toot
        newest = max((at for toot in toots if (at := outcomes.parse_date(as_mapping(toot).get("created_at")))), default=None)
        if earliest is None or (newest is not None and newest < earliest):
            return
        before = f"&max_id={quote(last, safe='')}"
    raise Unknown(_("too many posts were sent since that attempt to look at all of them"))


def _earliest_instant(sending: SendRequest, server_now: datetime | None) -> datetime | None:
    """The earliest instant at which the toot can have been made, by the server's clock: this machine's may be wrong, or a brand's clock."""
    if sending.now is None or sending.first_sent_at is None or server_now is None:
        return None
    return server_now - (sending.now - sending.first_sent_at) - CLOCK_SLACK


def _matches(sending: SendRequest, toot: Mapping[str, Any]) -> bool:
    """Whether the toot holds this part's words at the same position in its thread. A boost is somebody else's toot."""
    if toot.get("reblog"):
        return False
    parent = toot.get("in_reply_to_id")
    if (str(parent) if parent else "") != (sending.previous[-1].id if sending.previous else ""):
        return False
    ours, theirs = str(sending.part.wire.get("status", "")), str(toot.get("content") or "")
    if ours.strip() and toot.get("text") == ours:
        return True
    words = _normalized_letters(_without_links(ours))
    page = _TootText(theirs)
    if words != _normalized_letters(_without_links(page.words)):
        return False
    if len(words) >= _ENOUGH_LETTERS:
        return True
    attachments = toot.get("media_attachments")
    pictures = len(attachments) if isinstance(attachments, list) else 0
    return pictures == len(sending.part.media) and (
        page.links == len(find_links(ours)) or _normalized_letters(ours) == _normalized_letters(page.all)
    )


def _without_links(text: str) -> str:
    """The text without its links, and with mentions as a server shows them: `@name`."""
    for link in reversed(find_links(text)):
        text = text[: link.start] + text[link.end :]
    return MENTION.sub(lambda match: f"@{match['name']}", text)


def _normalized_letters(text: str) -> str:
    """The letters, digits and emoji of a text, in lower case: what no server's markup or typography changes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "So")


class _TootText(HTMLParser):
    """The text of a toot's HTML: `all` of it, and `words` without links, where mentions and hashtags are words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.all = ""
        self.links = 0
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
            self.links += self._in_link
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
        self.all += data
        if not self._in_link:
            self.words += data
