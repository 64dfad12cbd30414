"""Discord's messages, those of a bot and those of a webhook: sending, correcting and deleting one, reading one, and finding one again.

https://discord.com/developers/docs/resources/message, /resources/webhook and /resources/channel, seen 2026-11-27.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.chat.uploads import Upload, open_uploads
from marronnier.networks.kit.discord import client as api
from marronnier.networks.kit.discord.client import DiscordClient, DiscordError
from marronnier.networks.kit.discord.discord_facts import DOCUMENT, MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, MAX_REQUEST_BYTES, VIDEO
from marronnier.networks.kit.seam import Account, CounterName, Refused, SendRequest, Unknown, Wait
from marronnier.text.similarity import reads_alike
from marronnier.web import InvalidAnswer, Web

_KEPT = ("lang", "visibility")
_MAX_PAGES, _PAGE = 10, 100
_CLOCK_SLACK = timedelta(hours=1)
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Ids hold the milliseconds since then in front of 22 other bits. https://discord.com/developers/docs/reference#snowflakes, seen 2026-11-27"""


def send_message(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Send one message. A bot's replies to the one before, and has a nonce that makes a repetition within minutes the same message."""
    client = DiscordClient(account, web, sending.now)
    is_bot = "token" in account.secrets
    more: dict[str, Any] = {"nonce": nonce(sending), "enforce_nonce": True} if is_bot else {}
    if is_bot and sending.previous:
        more["message_reference"] = {"message_id": message_id(sending.previous[-1], account.channel)}
    # Without `wait` a webhook tells no error of a message that was not saved.
    path = f"{client.path}/messages" if is_bot else f"{client.path}?wait=true"
    try:
        with _opened(sending) as (body, files):
            answer = client.request("POST", path, publishes=True, body={**body, **more}, files=files)
    except DiscordError as error:
        if error.code == api.UNKNOWN_MESSAGE and is_bot:
            # A nonce whose message was deleted since: https://github.com/discord/discord-api-docs/issues/6647, seen 2026-11-27.
            raise Unknown(_("a message of a moment ago had the nonce of this one, and is gone")) from None
        raise error.outcome from None
    with outcomes.web_errors_as_outcomes(publishes=True):
        return _delivery(answer.json(), account.channel)


def is_message_there(delivery: Delivery, account: Account, web: Web) -> bool | None:
    """Whether a message is there. Raises Wait, Locked."""
    try:
        return _read_message(delivery, account, web) is not None
    except Refused:
        return None


def delete_message(delivery: Delivery, account: Account, web: Web) -> None:
    """Delete a message. Raises Refused, Locked, Wait, Unknown."""
    client = DiscordClient(account, web, None)
    try:
        client.request("DELETE", f"{client.path}/messages/{message_id(delivery, account.channel)}", publishes=True)
    except DiscordError as error:
        if error.code != api.UNKNOWN_MESSAGE:
            raise error.outcome from None


def edit_message(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> None:
    """Give a message other words and pictures. Raises Refused, Locked, Wait, Unknown.

    Whatever of its pictures is not named is taken away, so that all are uploaded anew: the alternative text of one that stays cannot be changed.
    """
    if "poll" in sending.part.wire or "poll" in was.wire:
        raise Refused(_("a poll cannot be corrected on {network}: it can only be deleted", network="Discord"))
    client = DiscordClient(account, web, sending.now)
    path = f"{client.path}/messages/{message_id(delivery, account.channel)}"
    try:
        with _opened(sending) as (body, files):
            client.request("PATCH", path, publishes=True, body={"attachments": [], **body}, files=files)
    except DiscordError as error:
        raise error.outcome from None


def count_message(delivery: Delivery, account: Account, web: Web) -> Mapping[CounterName, int]:
    """The reactions of a message, and the messages of a thread that people began there. Raises Locked, Wait."""
    try:
        message = _read_message(delivery, account, web)
    except Refused as refused:
        raise Wait(str(refused)) from refused
    if message is None:
        return {}
    reactions = message.get("reactions")
    counts = [one.get("count") for one in reactions if isinstance(one, dict)] if isinstance(reactions, list) else []
    thread = message.get("thread")
    told: dict[str, Any] = {"likes": sum(count for count in counts if isinstance(count, int) and count > 0)}
    if isinstance(thread, dict):
        told["replies"] = thread.get("message_count")
    return outcomes.counters(told, {"likes": "likes", "replies": "replies"})


def find_message(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The part among the bot's own messages of the channel since its first attempt; None when it is surely not there.

    Raises Wait, Locked, and Unknown where only a person can tell.
    """
    client = DiscordClient(account, web, sending.now)
    me = _id_of(_asked(client, "/users/@me"))
    listed = 0
    same = []
    oldest = _oldest_id(sending)
    for message in _messages(client, oldest):
        listed += 1
        if int(message["id"]) >= oldest and str(message.get("id")) not in sending.taken and _is_same(sending, message, me, account.channel):
            same.append(message)
    if len(same) == 1:
        with outcomes.web_errors_as_outcomes(publishes=False):
            return _delivery(same[0], account.channel)
    if same:
        url = f"{api.place(account.channel).url}/{same[0].get('id')}"
        raise Unknown(_("{count} posts there could be this one, such as {url}", count=len(same), url=url))
    # Who may not read the history gets an empty list: it proves something only where there was never a message.
    if not listed and _asked(client, client.path).get("last_message_id") is not None:
        raise Unknown(_("the bot cannot read the history of this channel: look there whether the message is out"))
    return None


def nonce(sending: SendRequest) -> str:
    """The same 25 characters for the same part."""
    again = f"\n{sending.again}" if sending.again else ""
    return hashlib.sha256(f"{sending.key}\n{sending.number}\n{sending.payload_sha256}{again}".encode()).hexdigest()[:25]


def message_id(delivery: Delivery, channel: Channel) -> str:
    """The id of a message that was sent, whose id is an address where a person gave it. Raises Refused."""
    return delivery.id if api.ID.fullmatch(delivery.id) else api.own_message_id(delivery.id, channel)


@contextmanager
def _opened(sending: SendRequest) -> Iterator[tuple[dict[str, Any], dict[str, Upload]]]:
    """The message, and the files that go with it."""
    body = {name: value for name, value in sending.part.wire.items() if name not in _KEPT}
    if not sending.part.media:
        yield body, {}
        return
    bounds = {"max_bytes": MAX_PICTURE_BYTES, "max_side": MAX_PICTURE_SIDE, "max_total": MAX_REQUEST_BYTES}
    with open_uploads(sending, VIDEO, DOCUMENT, **bounds) as uploads:
        files, attachments = {}, []
        for attachment, (name, content, kind) in zip(body["attachments"], uploads, strict=True):
            # Readers uncover a file whose name begins so; it stands in none of Discord's own pages that were read.
            filename = f"SPOILER_{name}" if attachment.get("spoiler") else name
            files[f"files[{attachment['id']}]"] = (filename, content, kind)
            # A snowflake, as text: MessageAttachmentRequest of https://github.com/discord/discord-api-spec, seen 2026-11-28; the page's example has a number.
            attachments.append({"id": str(attachment["id"]), "filename": filename, "description": attachment["description"]})
        yield {**body, "attachments": attachments}, files


def _delivery(told: object, channel: Channel) -> Delivery:
    """The delivery in a message. Raises InvalidAnswer."""
    id = outcomes.check_identifier(told.get("id") if isinstance(told, dict) else None, api.ID)
    return Delivery(id, f"{api.place(channel).url}/{id}")


def _read_message(delivery: Delivery, account: Account, web: Web) -> Mapping[str, Any] | None:
    """A message; None when it is gone. Raises Refused for an address that is none of this channel's, Locked, Wait."""
    client, id = DiscordClient(account, web, None), message_id(delivery, account.channel)
    try:
        told, _answer = client.get_json(f"{client.path}/messages/{id}")
    except DiscordError as error:
        if error.code == api.UNKNOWN_MESSAGE:
            return None
        raise Wait(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None
    if not isinstance(told, dict) or told.get("id") != id:
        raise Wait(_("the server did not give the post that it was asked for"))
    return told


def _asked(client: DiscordClient, path: str) -> Mapping[str, Any]:
    try:
        told, _answer = client.get_json(path)
    except DiscordError as error:
        raise Wait(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None
    if not isinstance(told, dict):
        raise Wait(_("the server gave an invalid identifier"))
    return told


def _id_of(told: Mapping[str, Any]) -> str:
    with outcomes.web_errors_as_outcomes(publishes=False):
        return outcomes.check_identifier(told.get("id"), api.ID)


def _oldest_id(sending: SendRequest) -> int:
    """The lowest id that a message may have since the first attempt."""
    since = datetime.now(UTC) - sending.since_first_try - _CLOCK_SLACK if sending.since_first_try is not None else _EPOCH
    return int((since - _EPOCH) / timedelta(milliseconds=1)) << 22


def _messages(client: DiscordClient, oldest: int) -> Iterator[Mapping[str, Any]]:
    """The messages of the channel, newest first, back to an id and some more. Raises Unknown where there are too many, Wait, Locked."""
    before = ""
    for _page in range(_MAX_PAGES):
        try:
            listed, _answer = client.get_json(f"{client.path}/messages?limit={_PAGE}{before}")
        except DiscordError as error:
            raise Wait(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None
        with outcomes.web_errors_as_outcomes(publishes=False):
            if not isinstance(listed, list) or not all(isinstance(one, dict) and api.ID.fullmatch(str(one.get("id"))) for one in listed):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        yield from listed
        if len(listed) < _PAGE or int(listed[-1]["id"]) < oldest:
            return
        before = f"&before={listed[-1]['id']}"
    raise Unknown(_("there are too many messages since then to find this one: look there whether it is out"))


def _is_same(sending: SendRequest, message: Mapping[str, Any], me: str, channel: Channel) -> bool:
    """Whether a message is the bot's own and has this part's words, pictures, poll and parent."""
    wire, author = sending.part.wire, message.get("author")
    reference, poll = message.get("message_reference"), message.get("poll")
    parent = str(reference.get("message_id")) if isinstance(reference, dict) else None
    asked = poll.get("question") if isinstance(poll, dict) else None
    attached = message.get("attachments")
    alts = [str(one.get("description") or "") for one in attached if isinstance(one, dict)] if isinstance(attached, list) else []
    ours = [str(one["description"]) for one in wire.get("attachments", ())]
    return (
        isinstance(author, dict)
        and author.get("id") == me
        and reads_alike(str(message.get("content", "")), str(wire.get("content", "")))
        and len(alts) == len(ours)
        and all(map(reads_alike, alts, ours))
        and (asked or {}).get("text") == wire.get("poll", {}).get("question", {}).get("text")
        and parent == (message_id(sending.previous[-1], channel) if sending.previous else None)
    )
