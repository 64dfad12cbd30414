"""Look-up of a toot among the account's own, and what it proves: presence by everything readers see, absence by a complete list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.addresses import toot_id
from marronnier.networks.kit.fediverse.client import FediverseClient, as_mapping
from marronnier.networks.kit.fediverse.comparison import compare_toot
from marronnier.networks.kit.fediverse.server_kinds import Server, ask_server
from marronnier.networks.kit.seam import SendRequest, Unknown, Wait

CLOCK_SLACK = timedelta(hours=1)
"""A toot may carry a time this much before its first attempt or after its last: clocks differ."""
MAX_PAGES = 10
PAGE_SIZE = 40
"""Toots per request, the most that servers give. https://docs.joinmastodon.org/methods/accounts/#statuses, seen 2026-11-25"""
_SMALLEST_FULL_PAGE = 20
"""The default number of toots per request. A shorter list that does not go on is complete."""


def find_toot(sending: SendRequest, server: FediverseClient) -> Delivery | None:
    """The delivery; None when it is proved that the toot is not out.

    Raises Wait when that cannot be told now, Locked, and Unknown when only a person can tell.
    """
    asked = ask_server(server)
    toots = _OwnToots(sending, server)
    same, less = [], []
    for toot in toots.since_first_try():
        if _is_taken(sending, toot):
            continue
        likeness = compare_toot(sending, toot)
        if likeness == "same" and _is_in_time(sending, toot, toots.server_now):
            same.append(toot)
        elif likeness != "other":
            less.append(toot)
    if len(same) == 1:
        return toot_delivery(same[0])
    if same:
        raise Unknown(_("{count} posts there could be this one, such as {url}", count=len(same), url=_address(same[0])))
    if less:
        raise Unknown(_("a post there is almost this one: {url}", url=_address(less[0])))
    _prove_absence(sending, asked, toots)
    return None


def toot_delivery(toot: Mapping[str, Any]) -> Delivery:
    """The id and URL of a toot. Raises Unknown when either is malformed."""
    with outcomes.web_errors_as_outcomes(publishes=True):
        return Delivery(outcomes.check_identifier(toot.get("id")), outcomes.check_url(toot.get("url") or toot.get("uri")))


def _address(toot: Mapping[str, Any]) -> str:
    try:
        return toot_delivery(toot).url
    except Unknown:
        return "?"


def _is_taken(sending: SendRequest, toot: Mapping[str, Any]) -> bool:
    """Whether the ledger knows a toot as another publication's, or as an earlier part of this one."""
    names = {str(toot[name]) for name in ("id", "url", "uri") if toot.get(name)}
    earlier = {name for delivery in sending.previous for name in (delivery.id, toot_id(delivery.id), delivery.url)}
    return any(name in earlier or name in sending.taken for name in names)


def _is_in_time(sending: SendRequest, toot: Mapping[str, Any], server_now: datetime | None) -> bool:
    """Whether a toot is not much newer than the last attempt: people may have written it since."""
    at = outcomes.parse_date(toot.get("created_at"))
    if at is None or server_now is None or sending.since_last_try is None:
        return True
    return at <= server_now - sending.since_last_try + CLOCK_SLACK


def _prove_absence(sending: SendRequest, asked: Server, toots: _OwnToots) -> None:
    """Raises Unknown when the list may omit toots of this kind, Wait when the toot may still come."""
    visibility = str(sending.part.wire.get("visibility", "public"))
    if visibility not in asked.kind.lists and not toots.show(visibility, reply=bool(sending.previous)):
        raise Unknown(
            _(
                "it is not among the account's own posts, but {server} may leave out posts for this audience",
                server=asked.kind.name or _("this server"),
            )
        )
    if sending.since_last_try is not None and sending.since_last_try < asked.kind.settle:
        raise Wait(_("it is not there yet, and may still come"))


class _OwnToots:
    """The account's own toots, newest first, as its server lists them."""

    def __init__(self, sending: SendRequest, server: FediverseClient) -> None:
        self._sending = sending
        self._server = server
        self._probes: set[tuple[str, bool]] = set()
        self.server_now: datetime | None = None
        """The server's clock, once it was asked."""

    def show(self, visibility: str, *, reply: bool) -> bool:
        """Whether a toot of ours with that visibility, a reply or not, was seen in the list: then it shows that kind."""
        return (visibility, reply) in self._probes

    def since_first_try(self) -> Iterator[Mapping[str, Any]]:
        """The toots back to the first attempt. Raises Wait, Locked, and Unknown when the list may be incomplete."""
        account_id = self._account_id()
        before = ""
        seen: set[object] = set()
        for _page in range(MAX_PAGES):
            answer = self._server.request(
                "GET",
                f"/api/v1/accounts/{quote(account_id, safe='')}/statuses?limit={PAGE_SIZE}&exclude_reblogs=true{before}",
                publishes=False,
            )
            self.server_now = outcomes.server_date(answer) or (None if self._server.has_brand_clock else self._sending.now)
            with outcomes.web_errors_as_outcomes(publishes=False):
                page = answer.json()
                if not isinstance(page, list):
                    raise Wait(_("the server did not give a list of our own posts"))
                toots = [as_mapping(toot) for toot in page]
                fresh = [toot for toot in toots if toot.get("id") not in seen]
                if not fresh:
                    if len(toots) >= _SMALLEST_FULL_PAGE:
                        raise Unknown(_("the server lists only the newest posts, and not all since that attempt"))
                    return
                seen |= {toot.get("id") for toot in fresh}
                last = outcomes.check_identifier(toots[-1].get("id"))
            yield from self._in_time(fresh)
            if self._reaches_first_try(toots):
                return
            before = f"&max_id={quote(last, safe='')}"
        raise Unknown(_("too many posts were sent since that attempt to look at all of them"))

    def _account_id(self) -> str:
        with outcomes.web_errors_as_outcomes(publishes=False):
            me = as_mapping(self._server.get_json("/api/v1/accounts/verify_credentials", publishes=False))
            return outcomes.check_identifier(me.get("id"))

    def _in_time(self, toots: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """The toots that the first attempt can have made. A server may list a pinned toot before newer ones: one old toot ends nothing."""
        earliest = self._earliest
        for toot in toots:
            if _is_taken(self._sending, toot):
                self._probes.add((str(toot.get("visibility")), bool(toot.get("in_reply_to_id"))))
            at = outcomes.parse_date(toot.get("created_at"))
            if earliest is None or at is None or at >= earliest:
                yield toot

    def _reaches_first_try(self, toots: list[Mapping[str, Any]]) -> bool:
        """Whether all of a page is older than the first attempt."""
        newest = max((at for toot in toots if (at := outcomes.parse_date(toot.get("created_at")))), default=None)
        return self._earliest is None or (newest is not None and newest < self._earliest)

    @property
    def _earliest(self) -> datetime | None:
        """The earliest instant at which the toot can have been made, by the server's clock: this machine's may be wrong, or a brand's."""
        sending = self._sending
        since = sending.since_first_try
        if since is None and sending.now is not None and sending.first_sent_at is not None:
            since = sending.now - sending.first_sent_at
        return None if since is None or self.server_now is None else self.server_now - since - CLOCK_SLACK
