"""Matrix: rooms on thousands of servers that talk to each other. A message is sent under a transaction of ours, so that it is there once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words, canonical_json
from marronnier.networks.kit.documents import DOCUMENT_TYPE, document_refusal, file_name, open_document, refuse_second_file
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.sealed_media import clean_picture, open_video, refuse_second_video
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, PartContent, Refused, SendRequest, Unknown
from marronnier.networks.kit.written_parts import written_parts
from marronnier.networks.matrix import formatted
from marronnier.networks.matrix.facts import DOCUMENT, FACTS, VIDEO
from marronnier.networks.matrix.formatted import FormattedWords
from marronnier.text import hashtags, threads, urls, utm
from marronnier.text.graphemes import count_graphemes

if TYPE_CHECKING:
    from marronnier.networks.matrix.client import MatrixClient
    from marronnier.web import Web

__all__ = ["FACTS"]

NAME = "Matrix"
COMPOSER = 1
TRIED = Tried("server", "2026-11-28", "Synapse 1.163.2")
LOOK = Look("chat", pictures="stack")
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("token",)
MEDIA = ("image", "video", "document")
IDEMPOTENT = True
"""A server remembers a transaction for as long as it likes: later the room is read before anything is sent again."""
SETTLE = Fact(0, "https://spec.matrix.org/latest/client-server-api/#transaction-identifiers", seen="2026-11-27", unit=N_("seconds"))
"""A transaction of ours makes one message: an effect that comes late makes the same one."""

_REMEMBERED = timedelta(minutes=10)
"""How long after the first attempt the transaction alone is relied upon, and nobody deletes a message: the specification sets no time; clients are to
repeat for 5 minutes. https://spec.matrix.org/latest/client-server-api/#recommendations-when-sending-messages, seen 2026-11-28"""
_MAX_CONTENT = 60_000
"""Bytes: the whole event, with its signatures, may have 65,536."""
_MAX_PICTURE_BYTES = 8_000_000
_MAX_PICTURE_SIDE = 3840
"""Our own bounds: servers set their own, and `doctor` tells them."""
_NOT_SENT = frozenset({"visibility"})


class _OneMessage(NamedTuple):
    words: FormattedWords
    media: tuple[Picture, ...]


def compose(publication: Publication) -> Payload:
    """Words in both forms of Matrix; mentions, link and hashtags end the last message of the post, a first comment follows it.

    One picture, video or document is the message itself, with the words as its caption; several pictures stand in the words. The address of a file is
    only known when it is sent: until then it is `mxc://sha256/` and its digest.
    """
    words = publication.words
    parts = []
    for message in _compose_messages(words):
        wire = _content(message)
        if words.visibility not in ("", "public"):
            wire["visibility"] = words.visibility
        parts.append(Part(wire["body"], count_graphemes(wire["body"]), wire, message.media))
    return Payload(words.network, COMPOSER, tuple(parts))


def refusal_reason(words: Words) -> str:
    """Why a post is no document here, or why no server takes a message of this size: its words count twice where they have markup."""
    if why := document_refusal(words):
        return why
    for number, message in enumerate(_compose_messages(words), 1):
        if (size := len(canonical_json(_content(message)))) > _MAX_CONTENT:
            return _(
                "message {number} has {count} bytes with its markup, and this network takes {most}",
                number=number,
                count=size,
                most=_MAX_CONTENT,
            )
    return ""


def is_mention(handle: str) -> bool:
    """Whether a handle is a user of Matrix: `@jardin:example.org`."""
    return formatted.is_user_id(f"@{handle.removeprefix('@')}")


def part_content(part: Part) -> PartContent:
    """The message under neutral names. A warning and the options of a poll are lines of its text."""
    return PartContent(
        audience=str(part.wire.get("visibility", "public")), pictures=part.media, marked=str(part.wire.get("formatted_body", ""))
    )


def host(channel: Channel) -> str:
    """The homeserver: the one that channels.yml names, else the one in the room's name."""
    from marronnier.networks.matrix import client

    return client.host(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the files, then send the message under the transaction of this part. Where that may be forgotten, look for it first."""
    _raise_if_refused(sending.part)
    client = _client(account, web, sending.now)
    client.raise_if_encrypted()
    if _may_be_forgotten(sending) and (found := _find(sending, client)):
        return found
    content = {**_with_addresses(sending, client), **_relation(sending), _own_key(): _transaction(sending)}
    return _delivery(client.send(content, _transaction(sending)), client)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The message with our key in its content. Raises Unknown where a message of ours was deleted meanwhile, which keeps no key."""
    client = _client(account, web, sending.now)
    return _find(sending, client)


def vanished_address(sending: SendRequest, account: Account, web: Web) -> str:
    """The room's address, where a message of ours was deleted there since the first attempt: it may have been this one."""
    if not _may_be_forgotten(sending):
        return ""
    from marronnier.networks.matrix.own_messages import look_up

    client = _client(account, web, sending.now)
    looked = look_up(_transaction(sending), client, sending.since_first_try)
    return formatted.permalink(client.room_id(), via=client.via) if not looked.event_id and looked.anything_deleted else ""


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask the homeserver for the message by its id: one that was deleted has no content any more."""
    try:
        event_id = _sent_id(delivery, account.channel)
    except Refused:
        return None
    return bool(_client(account, web, None).event(event_id))


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Take the message's content back, with all its corrections."""
    event_id = _sent_id(delivery, account.channel)
    _client(account, web, None).redact(event_id, _digest("redact", event_id))


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Replace the message by what the part says now, pictures too. Who was mentioned before is not told again."""
    part = sending.part
    _raise_if_refused(part)
    client = _client(account, web, sending.now)
    event_id = _sent_id(delivery, account.channel)
    content = _with_addresses(sending, client)
    before = set(was.wire.get("m.mentions", {}).get("user_ids", ()))
    told = [user for user in content["m.mentions"].get("user_ids", ()) if user not in before]
    fallback = {name: value for name, value in content.items() if name != "formatted_body"}
    if "formatted_body" in content:
        fallback["formatted_body"] = f"* {content['formatted_body']}"
    replacement = {
        **fallback,
        "body": f"* {content['body']}",
        "m.mentions": {"user_ids": told} if told else {},
        "m.new_content": {**content, _own_key(): _transaction(sending)},
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }
    client.send(replacement, _digest("edit", event_id, canonical_json(part.wire).decode()))
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """The reactions to the message and the answers in its thread."""
    from marronnier.networks.matrix.own_messages import count_message

    return count_message(_sent_id(delivery, account.channel), _client(account, web, None))


def post_id(address: str, channel: Channel) -> str:
    """The id of the message at an address of matrix.to. A room's id does not tell its name: both are taken."""
    from marronnier.networks.matrix.client import EVENT_ID

    parts = urlsplit(address)
    room, _slash, event_id = unquote(parts.fragment.partition("?")[0]).strip("/").partition("/")
    if parts.hostname != "matrix.to" or not EVENT_ID.fullmatch(event_id):
        raise Refused(_("{url} is not the address of a post", url=address))
    ours = channel.account.strip()
    if ours[:1] == room[:1] and ours != room:
        raise Refused(_("{url} is in the room {name}, and not in {account}", url=address, name=room, account=ours))
    return event_id


def identify(account: Account, web: Web) -> AccountStatus:
    """The user to whom the token belongs, and whether it is in the channel's room."""
    from marronnier.networks.matrix.account_check import identify_account

    return identify_account(_client(account, web, None))


def examine(account: Account, web: Web) -> AccountStatus:
    """The token's user, its right to write in the room, and what the server takes."""
    from marronnier.networks.matrix.account_check import check_account

    return check_account(_client(account, web, None))


def _compose_messages(words: Words) -> list[_OneMessage]:
    """The words and pictures of each message, the first comment last."""
    parts = written_parts(words)
    said = [formatted.formatted_words(part.markdown) for part in parts]
    said[-1] = _with_closing(words, said)
    if words.warning:
        said[0] = said[0].after("⚠️" if words.warning == "true" else f"⚠️ {words.warning}")
    messages = []
    for part, one in zip(parts, said, strict=True):
        pieces = _broken(one, words.limit) if words.thread == "auto" and words.limit else [one]
        messages += [_OneMessage(piece, part.media if number == 0 else ()) for number, piece in enumerate(pieces)]
    return [*messages, _OneMessage(formatted.formatted_words(words.first_comment), ())] if words.first_comment else messages


def _with_closing(words: Words, said: list[FormattedWords]) -> FormattedWords:
    """The last words, followed by the options of a poll, the mentions, link and hashtags that they lack."""
    last = said[-1]
    present = {user for one in said for user in formatted.find_user_ids(one.plain)}
    mentions = [name for name in words.mentions if f"@{name.removeprefix('@')}" not in present]
    link = words.link if urls.is_web_url(words.link) and not utm.contains_link(last.plain, words.link) else ""
    last = last.followed_by("\n".join(f"• {option}" for option in words.poll)).followed_by(" ".join(mentions)).followed_by(link)
    return last.followed_by(hashtags.place_hashtags(last.plain, words.tags, "end").removeprefix(last.plain).strip())


def _broken(words: FormattedWords, limit: int) -> list[FormattedWords]:
    """Words that fit into the limit; those that are broken up have no markup."""
    if count_graphemes(words.plain) <= limit:
        return [words]
    return [formatted.plain_words(piece) for piece in threads.break_text(words.plain, limit, count_graphemes)]


def _content(message: _OneMessage) -> dict[str, Any]:
    """The content of the event, with pictures by their digest."""
    words, media = message
    described = "\n".join(f"{_sign(picture)} {picture.alt}" for picture in media if picture.alt)
    if len(media) > 1:
        images = "".join(f'<img src="{_placeholder(picture)}" alt="{escape(picture.alt)}">' for picture in media)
        words = FormattedWords(words.followed_by(described).plain, f"{words.html}\n<p>{images}</p>".strip("\n"))
    else:
        words = words.followed_by(described)
    users = formatted.mentioned_ids(words.html)
    content: dict[str, Any] = {"msgtype": "m.text", "body": words.plain, "m.mentions": {"user_ids": users} if users else {}}
    if html := words.formatted_body:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    if len(media) == 1:
        content |= {"msgtype": _kind(media[0]), "url": _placeholder(media[0])}
    return content


def _kind(media: Picture) -> str:
    return "m.video" if media.is_video else "m.file" if media.is_document else "m.image"


def _sign(media: Picture) -> str:
    return "🎞️" if media.is_video else "📄" if media.is_document else "🖼️"


def _placeholder(picture: Picture) -> str:
    return f"mxc://sha256/{picture.sha256}"


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that no server takes, before any request."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("whoever is in the room reads it; Matrix cannot keep a post for fewer people"))
    if not part.text.strip() and not part.media:
        raise Refused(_("this post is empty"))
    refuse_second_video(part.media)
    refuse_second_file(part.media)
    if (size := len(canonical_json(part.wire))) > _MAX_CONTENT:
        raise Refused(_("this post has {count} bytes with its markup, and this network takes {most}", count=size, most=_MAX_CONTENT))


def _with_addresses(sending: SendRequest, client: MatrixClient) -> dict[str, Any]:
    """The content with its pictures uploaded. Raises Refused, Locked or Wait: nobody sees a picture before a message has it."""
    content = {name: value for name, value in sending.part.wire.items() if name not in _NOT_SENT}
    for number, media in enumerate(sending.part.media, 1):
        address, name, info = _upload(number, media, sending, client)
        if content.get("url") == _placeholder(media):
            # A body that differs from the name of the file is its caption.
            content |= {"url": address, "info": info, "filename": name, "body": content["body"] or name}
        elif "formatted_body" in content:
            content["formatted_body"] = content["formatted_body"].replace(_placeholder(media), address)
    return content


def _upload(number: int, media: Picture, sending: SendRequest, client: MatrixClient) -> tuple[str, str, dict[str, Any]]:
    """The address of an uploaded file, its name and its `info`: https://spec.matrix.org/latest/client-server-api/#mvideo and #mfile, seen 2026-11-28."""
    if media.is_document:
        with open_document(sending, media, DOCUMENT) as (file, size):
            name = file_name(media)
            return client.upload(file, DOCUMENT_TYPE, name), name, {"mimetype": DOCUMENT_TYPE, "size": size}
    if media.is_video:
        with open_video(sending, media, VIDEO) as (file, told, ending):
            name, seconds = f"{number}{ending}", told.video.seconds if told.video else 0
            info = {"mimetype": told.mime, "size": told.size, "w": told.width, "h": told.height, "duration": round(seconds * 1000)}
            return client.upload(file, told.mime, name), name, info
    made = clean_picture(sending, media, max_bytes=_MAX_PICTURE_BYTES, max_side=_MAX_PICTURE_SIDE)
    name = f"{number}.{made.mime.rpartition('/')[2]}"
    return (
        client.upload(made.data, made.mime, name),
        name,
        {"mimetype": made.mime, "size": len(made.data), "w": made.width, "h": made.height},
    )


def _relation(sending: SendRequest) -> dict[str, Any]:
    """The thread that a part belongs to: all name the first message, and for clients without threads the one before."""
    if not sending.previous:
        return {}
    root, last = (_event_id(delivery) for delivery in (sending.previous[0], sending.previous[-1]))
    thread = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": last}}
    return {"m.relates_to": thread}


def _find(sending: SendRequest, client: MatrixClient) -> Delivery | None:
    from marronnier.networks.matrix.own_messages import look_up

    looked = look_up(_transaction(sending), client, sending.since_first_try)
    if looked.event_id:
        return _delivery(looked.event_id, client)
    if looked.anything_deleted and sending.since_first_try is not None:
        raise Unknown(_("a message of this account was deleted in {room} meanwhile: it may have been this one", room=client.room))
    return None


def _may_be_forgotten(sending: SendRequest) -> bool:
    """Whether the server may have forgotten the transaction of an earlier attempt."""
    return sending.since_first_try is not None and sending.since_first_try >= _REMEMBERED


def _transaction(sending: SendRequest) -> str:
    again = (str(sending.again),) if sending.again else ()
    return _digest("send", sending.key, str(sending.number), sending.payload_sha256, *again)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def _own_key() -> str:
    from marronnier.networks.matrix.own_messages import KEY

    return KEY


def _delivery(event_id: str, client: MatrixClient) -> Delivery:
    return Delivery(event_id, formatted.permalink(client.room_id(), event_id, via=client.via))


def _sent_id(delivery: Delivery, channel: Channel) -> str:
    """The id of a message that was sent. Raises Refused for an address of another room or kind."""
    return post_id(delivery.id, channel) if "://" in delivery.id else delivery.id


def _event_id(delivery: Delivery) -> str:
    """The id of an earlier part, also where a person gave its address."""
    found = re.search(r"\$[^/?]+", unquote(delivery.id))
    if found is None:
        raise Refused(_("{url} is not the address of a post", url=delivery.id))
    return found[0]


def _client(account: Account, web: Web, now: datetime | None) -> MatrixClient:
    from marronnier.networks.matrix.client import MatrixClient

    return MatrixClient(account, web, now)
