"""Telegram's messages: sending, correcting and deleting one, and whether one is there.

https://core.telegram.org/bots/api#available-methods and #updating-messages, seen 2026-11-27.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.chat.uploads import Upload, open_uploads
from marronnier.networks.kit.seam import Account, Refused, SendRequest, Wait
from marronnier.networks.kit.telegram.client import TelegramClient, TelegramError, chat_id, message_id, message_ids, message_url
from marronnier.networks.kit.telegram.telegram_facts import DOCUMENT, MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, VIDEO
from marronnier.web import Web

_KEPT = ("lang", "visibility", "media")
"""Fields that stay here, or are only known when they are sent."""
_GONE = re.compile(r"message to (?:edit|delete|react) not found|MESSAGE_ID_INVALID")
_SAME = "message is not modified"
_METHODS = {"photo": "sendPhoto", "video": "sendVideo", "document": "sendDocument"}
_CANNOT = re.compile(r"message can't be (?:edited|deleted)")


def send_message(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Send one message. Its id is the numbers of all messages of an album, joined by `-`."""
    client, wire = TelegramClient(account, web, sending.now), sending.part.wire
    fields: dict[str, Any] = {"chat_id": chat_id(account.channel, account.channel_name), **_without_kept(wire)}
    if sending.previous:
        fields["reply_parameters"] = {"message_id": _numbers(sending.previous[-1], account.channel)[0]}
    if not sending.part.media:
        method = "sendPoll" if "question" in wire else "sendMessage"
        result = client.ask(method, fields, publishes=True)
        with outcomes.web_errors_as_outcomes(publishes=True):
            ids = [message_id(result)]
    else:
        with _uploads(sending) as uploads:
            ids = _send_media(fields, wire["media"], uploads, client)
    return Delivery("-".join(map(str, ids)), message_url(account.channel, ids[0]))


def _send_media(fields: dict[str, Any], media: Sequence[Mapping[str, Any]], uploads: Sequence[Upload], client: TelegramClient) -> list[int]:
    """Send the files with their caption, and give the numbers of the messages."""
    if len(uploads) == 1:
        kind = media[0]["type"]
        more = {name: True for name in ("has_spoiler",) if name in media[0]} | ({"supports_streaming": True} if kind == "video" else {})
        result = client.ask(_METHODS[kind], {**fields, **more}, publishes=True, files={kind: uploads[0]})
        with outcomes.web_errors_as_outcomes(publishes=True):
            return [message_id(result)]
    files = {f"file{number}": upload for number, upload in enumerate(uploads)}
    caption: dict[str, Any] = {name: fields.pop(name) for name in ("caption", "caption_entities") if name in fields}
    album = [_input_medium(one, f"file{number}") for number, one in enumerate(media)]
    album[0] |= caption
    result = client.ask("sendMediaGroup", {**fields, "media": album}, publishes=True, files=files)
    with outcomes.web_errors_as_outcomes(publishes=True):
        return list(message_ids(result))


def is_message_there(delivery: Delivery, account: Account, web: Web) -> bool | None:
    """Whether a message is there. Raises Wait, Locked.

    A message without buttons is asked to have none: the answer is that it is not modified, or that there is no such message. That this request
    answers so is known of editing words, and was not tried on Telegram itself for buttons.
    """
    try:
        number = _numbers(delivery, account.channel)[0]
    except Refused:
        return None
    try:
        fields = {"chat_id": chat_id(account.channel, account.channel_name), "message_id": number}
        TelegramClient(account, web, None).call("editMessageReplyMarkup", fields, publishes=False)
    except TelegramError as error:
        if _SAME in error.description:
            return True
        if _GONE.search(error.description):
            return False
        if _CANNOT.search(error.description):
            return None
        raise Wait(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None
    return True


def delete_message(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete a message, or each of an album. Raises Refused, Locked, Wait, Unknown."""
    numbers = _numbers(delivery, account.channel)
    if len(numbers) < len(part.media):
        raise Refused(_("only the first picture of this album is known: delete it by hand, at {url}", url=delivery.url))
    client = TelegramClient(account, web, None)
    for number in numbers:
        try:
            client.call("deleteMessage", {"chat_id": chat_id(account.channel, account.channel_name), "message_id": number}, publishes=True)
        except TelegramError as error:
            if not _GONE.search(error.description):
                raise error.outcome from None


def edit_message(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> None:
    """Give a message other words, and another picture where it has one. Raises Refused, Locked, Wait, Unknown."""
    part, number = sending.part, _numbers(delivery, account.channel)[0]
    if "question" in part.wire or "question" in was.wire:
        raise Refused(_("a poll cannot be corrected on {network}: it can only be deleted", network="Telegram"))
    if len(part.media) != len(was.media):
        raise Refused(_("a message cannot get or lose pictures on Telegram once it is sent"))
    fields: dict[str, Any] = {"chat_id": chat_id(account.channel, account.channel_name), "message_id": number, **_without_kept(part.wire)}
    files: dict[str, Upload] = {}
    method = "editMessageCaption" if part.media else "editMessageText"
    with ExitStack() as opened:
        if _shown(part) != _shown(was):
            if len(part.media) > 1:
                raise Refused(_("the pictures of an album cannot be corrected on Telegram once it is sent"))
            method, files = "editMessageMedia", {"file0": opened.enter_context(_uploads(sending))[0]}
            medium = _input_medium(part.wire["media"][0], "file0")
            medium |= {name: fields.pop(name) for name in ("caption", "caption_entities") if name in fields}
            fields["media"] = medium
        try:
            TelegramClient(account, web, sending.now).call(method, fields, publishes=True, files=files)
        except TelegramError as error:
            if _SAME not in error.description:
                raise error.outcome from None


def own_message_id(address: str, channel: Channel) -> str:
    """The number of the chat's message at an address. Raises Refused."""
    match = re.match(r"https?://(?:www\.)?(?:t\.me|telegram\.me)/(?:s/)?((?:c/)?\w+)/(\d{1,15})(?:[?#/].*)?$", address)
    if match is None:
        raise Refused(_("{url} is not the address of a post", url=address))
    ours = message_url(channel, match[2]).removeprefix("https://t.me/").rpartition("/")[0]
    if match[1].casefold() != ours.casefold():
        raise Refused(_("{url} is of the account {name}, and not of {account}", url=address, name=match[1], account=channel.account))
    return match[2]


def _without_kept(wire: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wire.items() if name not in _KEPT}


def _input_medium(medium: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An item of an album, whose bytes go under a name of the form."""
    return {**{key: value for key, value in medium.items() if key not in ("sha256", "alt")}, "media": f"attach://{name}"}


def _shown(part: Part) -> list[Any]:
    """What readers see of its pictures."""
    return [(medium["sha256"], "has_spoiler" in medium) for medium in part.wire.get("media", ())]


def _uploads(sending: SendRequest) -> AbstractContextManager[list[Upload]]:
    return open_uploads(sending, VIDEO, DOCUMENT, max_bytes=MAX_PICTURE_BYTES, max_side=MAX_PICTURE_SIDE)


def _numbers(delivery: Delivery, channel: Channel) -> list[int]:
    """The numbers of the messages of a delivery, whose id is an address where a person gave it. Raises Refused."""
    if re.fullmatch(r"\d{1,15}(?:-\d{1,15}){0,9}", delivery.id):
        return [int(number) for number in delivery.id.split("-")]
    return [int(own_message_id(delivery.id, channel))]
