"""Telegram: a bot's messages in a channel or a group. Nothing there can be looked up: of what may have been sent, a person tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.chat.marked_parts import MarkedPart, last_number, marked_parts, poll_question, poll_refusal
from marronnier.networks.kit.chat.marked_text import MarkedText, Span
from marronnier.networks.kit.documents import document_refusal
from marronnier.networks.kit.facts import Tried
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, AccountStatus, LinkCard, PartContent, Refused, SendRequest
from marronnier.networks.kit.telegram.telegram_facts import FACTS, MAX_CAPTION, MAX_ENTITIES, POLL
from marronnier.text import urls
from marronnier.text.length_units import utf16_length

if TYPE_CHECKING:
    from marronnier.web import Web

NAME = "Telegram"
COMPOSER = 1
TRIED = Tried("documents", "2026-11-28")
LOOK = Look("chat")
WORDS: Mapping[str, str] = {"post": N_("message")}
SECRETS: tuple[str, ...] = ("token",)
MEDIA = ("image", "video", "document")
IDEMPOTENT = False
"""The Bot API has neither a key against duplicates nor a list of what was sent. https://core.telegram.org/bots/api, seen 2026-11-27"""

_ENTITIES: Mapping[str, str] = {
    "bold": "bold",
    "italic": "italic",
    "struck": "strikethrough",
    "code": "code",
    "block": "pre",
    "link": "text_link",
}
"""https://core.telegram.org/bots/api#messageentity, seen 2026-11-27"""
_CODE = ("code", "block")
_MENTION = re.compile(r"@[A-Za-z]\w{3,31}")


def compose(publication: Publication) -> Payload:
    """Words with entities; pictures with the first message, as a caption's; a poll as a message of its own, which has the words as its question
    where they are no more than that.

    The language and the alternative texts stay here, for the site: Telegram has no place for them.
    """
    words = publication.words
    parts = _compose_parts(words)
    last = last_number(words, parts)
    made: list[Part] = []
    for number, part in enumerate(parts):
        asks = bool(words.poll) and number == last
        question = poll_question(words, part.words) if asks else ""
        if not asks or not _is_question(part, question):
            wire = {**_kept(words), **_message(words, part, is_last=number == last)}
            made.append(Part(part.words.text, utf16_length(part.words.text), wire, part.media))
        if asks:
            made.append(Part(question, utf16_length(question), {**_kept(words), **_poll(words, question)}))
    return Payload(words.network, COMPOSER, tuple(made))


def refusal_reason(words: Words) -> str:
    """Why Telegram does not take a caption, a poll, so many marks or a document."""
    if why := document_refusal(words):
        return why
    parts = _compose_parts(words)
    for part in parts:
        length = utf16_length(part.words.text)
        if part.media and length > MAX_CAPTION:
            return _(
                "words under pictures have at most {most} UTF-16 units on Telegram, and these have {count}: shorten them, or begin with a part of its own for the pictures",
                most=MAX_CAPTION,
                count=length,
            )
        if len(part.words.spans) > MAX_ENTITIES:
            return _(
                "a message on Telegram has at most {most} marks such as bold, and this one has {count}",
                most=MAX_ENTITIES,
                count=len(part.words.spans),
            )
    if not words.poll:
        return ""
    return poll_refusal(words, poll_question(words, parts[last_number(words, parts)].words), POLL, utf16_length)


def is_mention(handle: str) -> bool:
    """Whether a handle is a public name, as Telegram has them: `@jardin_public`."""
    return _MENTION.fullmatch(handle) is not None


def part_content(part: Part) -> PartContent:
    """The message under neutral names. A warning is a line of its words."""
    wire = part.wire
    from marronnier.networks.kit.telegram.entities_html import marked_html

    card = wire.get("link_preview_options", {}).get("url", "")
    return PartContent(
        audience=str(wire.get("visibility", "public")),
        lang=str(wire.get("lang", "")),
        poll=tuple(str(option["text"]) for option in wire.get("options", ())),
        card=LinkCard(str(card)) if card else None,
        marked=marked_html(part.text, wire.get("entities") or wire.get("caption_entities") or ()),
        pictures=part.media,
    )


def host(channel: Channel) -> str:
    """Telegram's own server, or the one of channels.yml: a Bot API server of one's own."""
    from marronnier.networks.kit.telegram.client import host_of

    return host_of(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Send one message, with all its pictures in one request."""
    from marronnier.networks.kit.telegram.messages import send_message

    _raise_if_refused(sending.part)
    return send_message(sending, account, web)


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Whether the message is there: Telegram is asked to take buttons away that the message does not have, which changes nothing."""
    from marronnier.networks.kit.telegram.messages import is_message_there

    return is_message_there(delivery, account, web)


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the message, or each of an album."""
    from marronnier.networks.kit.telegram.messages import delete_message

    delete_message(delivery, part, account, web)


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Correct the words, and where there is one picture, it too."""
    from marronnier.networks.kit.telegram.messages import edit_message

    _raise_if_refused(sending.part)
    edit_message(sending, delivery, was, account, web)
    return delivery


def post_id(address: str, channel: Channel) -> str:
    """The number of the chat's message at an address."""
    from marronnier.networks.kit.telegram.messages import own_message_id

    return own_message_id(address, channel)


def identify(account: Account, web: Web) -> AccountStatus:
    """The chat that the bot sees."""
    from marronnier.networks.kit.telegram.account_check import identify_chat

    return identify_chat(account, web)


def examine(account: Account, web: Web) -> AccountStatus:
    """The bot, the chat, and what the bot may do there."""
    from marronnier.networks.kit.telegram.account_check import check_chat

    return check_chat(account, web)


def _compose_parts(words: Words) -> list[MarkedPart]:
    most = FACTS.text.value  # type: ignore[union-attr]
    return marked_parts(words, lambda pictures: MAX_CAPTION if pictures else most, _length, votes=True)


def _length(text: MarkedText) -> int:
    return utf16_length(text.text)


def _kept(words: Words) -> dict[str, Any]:
    """What is kept for the site and never sent."""
    kept = {"lang": words.lang} if words.lang else {}
    return kept | ({"visibility": words.visibility} if words.visibility not in ("", "public") else {})


def _message(words: Words, part: MarkedPart, *, is_last: bool) -> dict[str, Any]:
    """The fields of a message, with pictures by digest."""
    name = "caption" if part.media else "text"
    wire: dict[str, Any] = {name: part.words.text}
    if spans := _separate(part.words.spans):
        wire["caption_entities" if part.media else "entities"] = [_entity(part.words.text, span) for span in spans]
    if part.media:
        wire["media"] = [_medium(words, picture) for picture in part.media]
    elif is_last and urls.is_web_url(words.link):
        # Else Telegram shows a card of the first link of the words.
        wire["link_preview_options"] = {"url": words.link}
    return wire


def _medium(words: Words, picture: Picture) -> dict[str, Any]:
    kind = "video" if picture.is_video else "document" if picture.is_document else "photo"
    medium: dict[str, Any] = {"type": kind, "sha256": picture.sha256, "alt": picture.alt}
    # Telegram covers no documents.
    return medium | ({"has_spoiler": True} if words.warning and kind != "document" else {})


def _separate(spans: tuple[Span, ...]) -> list[Span]:
    """The spans by their places. Code and other marks do not overlap on Telegram: a link keeps its words, any other mark ends before code."""
    links = [span for span in spans if span.kind == "link"]
    code = [span for span in spans if span.kind in _CODE and not any(link.start <= span.start < link.end for link in links)]
    others = [piece for span in spans if span.kind not in (*_CODE, "link") for piece in _around(span, code)]
    return sorted((*links, *code, *others), key=lambda span: (span.start, -span.end, span.kind))


def _around(span: Span, code: list[Span]) -> Iterator[Span]:
    """The pieces of a span outside code."""
    at = span.start
    for inner in sorted(code, key=lambda one: one.start):
        if inner.start < span.end and inner.end > at:
            if inner.start > at:
                yield replace(span, start=at, end=inner.start)
            at = inner.end
    if at < span.end:
        yield replace(span, start=at)


def _entity(text: str, span: Span) -> dict[str, Any]:
    """A span with its place in UTF-16 units."""
    entity: dict[str, Any] = {
        "type": _ENTITIES[span.kind],
        "offset": utf16_length(text[: span.start]),
        "length": utf16_length(text[span.start : span.end]),
    }
    return entity | ({"url": span.url} if span.url else {})


def _is_question(part: MarkedPart, question: str) -> bool:
    """Whether the words are the question and nothing else."""
    return part.words.text == question and not part.media


def _poll(words: Words, question: str) -> dict[str, Any]:
    wire: dict[str, Any] = {"question": question, "options": [{"text": option} for option in words.poll]}
    if words.poll_minutes:
        wire["open_period"] = words.poll_minutes * 60
    return wire | ({"allows_multiple_answers": True} if words.poll_multiple else {})


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Telegram surely refuses, before any request."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("{network} cannot keep a post for followers: who reads it is set there", network=NAME))
    if len(part.media) > (most := FACTS.media.value):  # type: ignore[union-attr]
        raise Refused(_("{network} takes {most} pictures, and this post has {count}", network=NAME, most=most, count=len(part.media)))
    if not part.text.strip() and not part.media:
        raise Refused(_("this post is empty"))
