"""Sent toots: deleting one, correcting one, and what a server counts of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.fediverse.client import FediverseClient, as_mapping
from marronnier.networks.kit.fediverse.read_back import delivered_id, is_servers_own
from marronnier.networks.kit.seam import CounterName, Refused, Wait

_COUNTERS: Mapping[str, CounterName] = {
    "replies_count": "replies",
    "reblogs_count": "reposts",
    "favourites_count": "likes",
    "quotes_count": "quotes",
}
"""https://docs.joinmastodon.org/entities/Status/, seen 2026-11-27; quotes since version 4.5"""


def delete_toot(delivery: Delivery, channel: Channel, server: FediverseClient) -> None:
    """Delete a toot. https://docs.joinmastodon.org/methods/statuses/#delete, seen 2026-11-27. Raises Refused, Locked, Wait, Unknown."""
    answer = server.request_unchecked("DELETE", _path(delivery, channel), publishes=True)
    if answer.status in (404, 410) and is_servers_own(answer):
        return
    if answer.status in (404, 405, 410):
        # snac 2.75 answers so to every deletion, tried 2026-11-28.
        raise Refused(
            _(
                "the server does not delete as Mastodon does ({status}): where the post is still there, delete it there by hand",
                status=answer.status,
            )
        )
    outcomes.raise_for_answer(answer, None, publishes=True, reason=server.error_reason(answer))


def edit_toot(
    wire: Mapping[str, Any], media: Sequence[str] | None, part: Part, delivery: Delivery, channel: Channel, server: FediverseClient
) -> None:
    """Give a toot other words, with `media` the ids of its pictures, None for those that it has; their alternative texts are those of `part`.

    https://docs.joinmastodon.org/methods/statuses/#edit, seen 2026-11-27. Raises Refused, Locked, Wait, Unknown.
    """
    fields = {name: wire[name] for name in ("status", "language", "sensitive", "spoiler_text") if name in wire}
    # What is not named would stay as it was.
    fields = {"sensitive": False, "spoiler_text": "", **fields}
    if part.media:
        ids = list(media) if media is not None else _media_ids(delivery, channel, server, len(part.media))
        fields["media_ids"] = ids
        if media is None:
            alts = zip(ids, part.media, strict=True)
            fields["media_attributes"] = [{"id": id, "description": picture.alt} for id, picture in alts]
    server.request("PUT", _path(delivery, channel), publishes=True, json=fields)


def count_toot(delivery: Delivery, channel: Channel, server: FediverseClient) -> Mapping[CounterName, int]:
    """What the account's server knows of a toot's replies, boosts, favourites and quotes. Raises Locked, Wait."""
    answer = server.request_unchecked("GET", _path(delivery, channel), publishes=False)
    if answer.status in (404, 410) and is_servers_own(answer):
        return {}
    try:
        outcomes.raise_for_answer(answer, None, publishes=False, reason=server.error_reason(answer))
    except Refused as refused:
        raise Wait(str(refused)) from refused
    with outcomes.web_errors_as_outcomes(publishes=False):
        return outcomes.counters(as_mapping(answer.json()), _COUNTERS)


def _media_ids(delivery: Delivery, channel: Channel, server: FediverseClient, count: int) -> list[str]:
    """The ids of the pictures that a toot has, in order. Raises Refused when they are not as many as were sent."""
    toot = as_mapping(server.get_json(_path(delivery, channel), publishes=False))
    attached = toot.get("media_attachments")
    with outcomes.web_errors_as_outcomes(publishes=False):
        ids = [outcomes.check_identifier(as_mapping(one).get("id")) for one in (attached if isinstance(attached, list) else ())]
    if len(ids) != count:
        raise Refused(_("the post on the network has {there} pictures, and {here} were sent", there=len(ids), here=count))
    return ids


def _path(delivery: Delivery, channel: Channel) -> str:
    return f"/api/v1/statuses/{quote(delivered_id(delivery, channel), safe='')}"
