"""Slack's messages: sending, correcting and deleting one, reading one, and finding one again by the mark that it carries.

https://docs.slack.dev/reference/methods, seen 2026-11-27.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, CounterName, Refused, SendRequest, Unknown, Wait
from marronnier.networks.kit.slack.client import (
    TIMESTAMP,
    SlackClient,
    SlackError,
    message_url,
    slack_place,
    timestamps,
)
from marronnier.networks.kit.slack.files import with_files
from marronnier.web import InvalidAnswer, Web

_EVENT = "marronnier_part"
"""The type of the mark: https://docs.slack.dev/messaging/message-metadata, seen 2026-11-27"""
_KEPT = ("lang", "visibility")
_CLOCK_SLACK = timedelta(hours=1)
_MAX_PAGES, _PAGE = 10, "200"


def send_message(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the pictures, then send the message, in the thread of the first one."""
    client = SlackClient(account, web, sending.now)
    channel = account.channel
    body = {"channel": slack_place(channel, account.channel_name).id, **_body(sending, client), **_mark(sending)}
    root = timestamps(sending.previous[0], channel)[1] if sending.previous else ""
    if root:
        body["thread_ts"] = root
    told = _written(client, "chat.postMessage", body)
    with outcomes.web_errors_as_outcomes(publishes=True):
        ts = outcomes.check_identifier(told.get("ts"), TIMESTAMP)
    return Delivery(ts, message_url(channel, ts, root))


def find_message(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The message with this part's mark; None when a complete list does not show it. Raises Wait, Locked, Unknown."""
    client, channel = SlackClient(account, web, sending.now), account.channel
    root = timestamps(sending.previous[0], channel)[1] if sending.previous else ""
    mark = _mark(sending)["metadata"]["event_payload"]
    for message in _messages(client, sending, slack_place(channel, account.channel_name).id, root):
        metadata, ts = message.get("metadata"), message.get("ts")
        if not isinstance(metadata, dict) or metadata.get("event_payload") != mark or ts in sending.taken:
            continue
        with outcomes.web_errors_as_outcomes(publishes=False):
            ts = outcomes.check_identifier(ts, TIMESTAMP)
        return Delivery(ts, message_url(channel, ts, root))
    return None


def is_message_there(delivery: Delivery, account: Account, web: Web) -> bool | None:
    """Whether a message is there. Raises Wait, Locked."""
    try:
        return _read_message(delivery, account, web) is not None
    except Refused:
        return None


def delete_message(delivery: Delivery, account: Account, web: Web) -> None:
    """Delete a message. Raises Refused, Locked, Wait, Unknown."""
    body = {"channel": slack_place(account.channel, account.channel_name).id, "ts": timestamps(delivery, account.channel)[0]}
    try:
        SlackClient(account, web, None).call("chat.delete", publishes=True, json=body)
    except SlackError as error:
        if error.error != "message_not_found":
            raise error.outcome from None


def edit_message(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> None:
    """Give a message other words and pictures. Raises Refused, Locked, Wait, Unknown."""
    if "files" in sending.part.wire or "files" in was.wire:
        # Whether chat.update shows the file of another address, or keeps the one that is there, stands nowhere that was read.
        raise Refused(_("a message with a video or a document cannot be corrected on Slack: it can only be deleted"))
    client = SlackClient(account, web, sending.now)
    body = _body(sending, client)
    del body["unfurl_links"]
    if "blocks" in was.wire:
        body.setdefault("blocks", [])
    there = {"channel": slack_place(account.channel, account.channel_name).id, "ts": timestamps(delivery, account.channel)[0]}
    _written(client, "chat.update", {**there, **body, **_mark(sending)})


def count_message(delivery: Delivery, account: Account, web: Web) -> Mapping[CounterName, int]:
    """The reactions and replies of a message. Raises Locked, Wait."""
    try:
        message = _read_message(delivery, account, web)
    except Refused as refused:
        raise Wait(str(refused)) from refused
    if message is None:
        return {}
    reactions = message.get("reactions")
    counts = [one.get("count") for one in reactions if isinstance(one, dict)] if isinstance(reactions, list) else []
    told = {"likes": sum(count for count in counts if isinstance(count, int) and count > 0), "replies": message.get("reply_count")}
    return outcomes.counters(told, {"likes": "likes", "replies": "replies"})


def _written(client: SlackClient, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Slack told of a message. A picture that is not ready yet is a wait: nothing is out."""
    try:
        return client.call(method, publishes=True, json=body)[0]
    except SlackError as error:
        if error.error == "invalid_blocks" and "invalid slack file" in str(error.outcome):
            raise Wait(_("the pictures take too long to arrive")) from None
        raise error.outcome from None


def _mark(sending: SendRequest) -> dict[str, Any]:
    """The mark by which a message is found again: members do not see it."""
    again = f"\n{sending.again}" if sending.again else ""
    part = hashlib.sha256(f"{sending.key}\n{sending.number}\n{sending.payload_sha256}{again}".encode()).hexdigest()[:32]
    return {"metadata": {"event_type": _EVENT, "event_payload": {"part": part}}}


def _body(sending: SendRequest, client: SlackClient) -> dict[str, Any]:
    """The message, with its files."""
    body = {name: value for name, value in sending.part.wire.items() if name not in _KEPT}
    return with_files(body, sending, client) if sending.part.media else body


def _read_message(delivery: Delivery, account: Account, web: Web) -> Mapping[str, Any] | None:
    """A message; None when it is gone. Raises Refused for an address that is none of this channel's, Locked, Wait."""
    ts, root = timestamps(delivery, account.channel)
    channel = slack_place(account.channel, account.channel_name).id
    client = SlackClient(account, web, None)
    try:
        told = client.look("conversations.replies", channel=channel, ts=root, oldest=ts, latest=ts, inclusive="true", limit="10")
    except SlackError:
        return None
    messages = told.get("messages")
    if not isinstance(messages, list):
        raise Wait(_("the server did not give the post that it was asked for"))
    # A deleted message whose thread stays leaves a stone, which has no words.
    found = (one for one in messages if isinstance(one, dict) and one.get("ts") == ts and one.get("subtype") != "tombstone")
    return next(found, None)


def _messages(client: SlackClient, sending: SendRequest, channel: str, root: str) -> Iterator[Mapping[str, Any]]:
    """The messages of the channel, or of a thread, since the first attempt. Raises Unknown where there are too many, Wait, Locked."""
    form = {"channel": channel, "limit": _PAGE, "include_all_metadata": "true"}
    if sending.since_first_try is not None:
        form["oldest"] = f"{(datetime.now(UTC) - sending.since_first_try - _CLOCK_SLACK).timestamp():.6f}"
    if root:
        form["ts"] = root
    for _page in range(_MAX_PAGES):
        try:
            told = client.look("conversations.replies" if root else "conversations.history", **form)
        except SlackError as error:
            raise Unknown(_("the message that this one replies to is gone: look there whether it is out")) from error
        listed, cursor = told.get("messages"), told.get("response_metadata")
        with outcomes.web_errors_as_outcomes(publishes=False):
            if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
                raise InvalidAnswer(_("the server gave an answer without {keys}", keys="messages"))
        yield from listed
        if told.get("has_more") is not True:
            return
        next_page = cursor.get("next_cursor") if isinstance(cursor, dict) else None
        if not isinstance(next_page, str) or not next_page:
            raise Wait(_("the server gave an answer without {keys}", keys="next_cursor"))
        form["cursor"] = next_page
    raise Unknown(_("there are too many messages since then to find this one: look there whether it is out"))
