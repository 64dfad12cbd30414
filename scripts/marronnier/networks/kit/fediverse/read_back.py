"""Reading a toot back: whether the account's own server still has it."""

from __future__ import annotations

from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.addresses import own_toot_id
from marronnier.networks.kit.fediverse.client import FediverseClient, as_mapping
from marronnier.networks.kit.fediverse.server_kinds import ask_server
from marronnier.networks.kit.seam import Refused, Wait
from marronnier.web import Answer, InvalidAnswer

_SECONDS = 10.0
_OPEN_TO_ALL = frozenset({"public", "unlisted"})


def is_toot_there(delivery: Delivery, part: Part, channel: Channel, server: FediverseClient) -> bool | None:
    """Whether a toot is there; None where the server may hide such a toot from its own author. Raises Wait, Locked."""
    try:
        id = delivered_id(delivery, channel)
    except Refused:
        return None
    answer = server.request_unchecked("GET", f"/api/v1/statuses/{quote(id, safe='')}", publishes=False, within=_SECONDS)
    if answer.status in (404, 410) and is_servers_own(answer):
        visibility = str(part.wire.get("visibility", "public"))
        if visibility not in _OPEN_TO_ALL and visibility not in ask_server(server).kind.lists:
            return None
        return False
    try:
        outcomes.raise_for_answer(answer, None, publishes=False, reason=server.error_reason(answer))
    except Refused as refused:
        raise Wait(str(refused)) from refused
    with outcomes.web_errors_as_outcomes(publishes=False):
        if str(as_mapping(answer.json()).get("id")) != id:
            raise Wait(_("the server did not give the post that it was asked for"))
    return True


def delivered_id(delivery: Delivery, channel: Channel) -> str:
    """The id of a toot that was sent. Raises Refused for an address that is not one of this account's."""
    # Ledgers of older versions took any address that a person gave.
    return own_toot_id(delivery.id, channel) if "://" in delivery.id else delivery.id


def is_servers_own(answer: Answer) -> bool:
    """Whether an error is the API's, and not a page of a proxy before it."""
    try:
        return isinstance(as_mapping(answer.json()).get("error"), str)
    except InvalidAnswer:
        return False
