"""Mastodon, and the servers that speak as it does: short posts on thousands of servers that talk to each other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.fediverse.toot_length import toot_length
from marronnier.networks.kit.seam import Account, AccountStatus, Fact, Facts, Refused, SendRequest
from marronnier.text import entities, hashtags, threads, utm
from marronnier.text.graphemes import count_graphemes
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.web import Web

__all__ = [
    "COMPOSER",
    "FACTS",
    "IDEMPOTENT",
    "NAME",
    "SECRETS",
    "WORDS",
    "compose",
    "declined",
    "examine",
    "find",
    "host",
    "measure",
    "send",
    "toot_length",
]

_POSTING = "https://docs.joinmastodon.org/user/posting/"
_CONTEXT = "https://github.com/mastodon/mastodon/blob/main/app/controllers/api/v1/statuses_controller.rb"

NAME = "Mastodon"
COMPOSER = 1
FACTS = Facts(
    text=Fact(500, f"{_POSTING}#text", seen="2026-11-25"),
    media=Fact(4, f"{_POSTING}#media", seen="2026-11-25", unit=N_("files")),
    alt=Fact(1500, "https://docs.joinmastodon.org/entities/Instance/#description_limit", seen="2026-11-22"),
    thread=Fact(4096, _CONTEXT, seen="2026-11-25", unit=N_("messages")),
    poll=Fact(4, f"{_POSTING}#polls", seen="2026-11-25", unit=N_("options")),
)
WORDS: Mapping[str, str] = {"post": N_("toot"), "repost": N_("boost")}
SECRETS: tuple[str, ...] = ("token",)
IDEMPOTENT = False
"""Mastodon itself knows a key for an hour, and two of three other servers never do (tried 2026-11-22): we look before we send again."""

_PICTURE_BYTES = 16_000_000
"""https://docs.joinmastodon.org/user/posting/#media, seen 2026-11-25"""
_PICTURE_SIDE = 3840
_OPTION = 50
_POLL_MINUTES = (5, 30 * 24 * 60)
"""https://docs.joinmastodon.org/entities/Instance/#max_characters_per_option, seen 2026-11-22; the guide for its users says 25."""
_VISIBILITY = {"": "public", "followers": "private"}


def compose(publication: Publication) -> Payload:
    """Plain words; mentions, link and hashtags close the last toot, pictures go with the first, a poll with the last, a first comment answers it.

    Servers make a card of the link themselves. A content warning stands before each toot of a thread.
    """
    words = publication.words
    texts = _texts(words)
    last = len(texts) - (2 if words.first_comment else 1)
    warning = "" if words.warning == "true" else words.warning
    parts = []
    for number, text in enumerate(texts):
        media = words.media if number == 0 else ()
        wire = _wire(words, text, media, poll=number == last)
        parts.append(Part(text, count_graphemes(warning) + toot_length(text), wire, media))
    return Payload(words.network, COMPOSER, tuple(parts))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The parts with text and count, without their requests."""
    words = publication.words
    before = 0 if words.warning in ("", "true") else count_graphemes(words.warning)
    return tuple(Part(text, before + toot_length(text)) for text in _texts(words))


def declined(words: Words) -> str:
    """A poll that no server takes; those with limits of their own tell when it is sent."""
    if not words.poll:
        return ""
    if words.media and len(threads.split_parts(words.text)) == 1 and words.thread != "auto":
        return _("a toot takes pictures or a poll, not both")
    if len(words.poll) > FACTS.poll.value:  # type: ignore[union-attr]
        return _("a poll there has at most {most} options, and this one {count}", most=FACTS.poll.value, count=len(words.poll))  # type: ignore[union-attr]
    if long := next((option for option in words.poll if count_graphemes(option) > _OPTION), None):
        return _(
            "an option of a poll there has at most {most} characters, and “{option}” has {count}",
            most=_OPTION,
            option=long,
            count=count_graphemes(long),
        )
    if not _POLL_MINUTES[0] <= words.poll_minutes <= _POLL_MINUTES[1]:
        return _("a poll there stays open from 5 minutes to 30 days")
    return ""


def host(channel: Channel) -> str:
    """The account's server: `example.social` of `@jardin@example.social`, unless channels.yml names another."""
    from marronnier.networks.kit.fediverse import client

    return client.host(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Put the pictures there, then the toot."""
    from marronnier.networks.kit import outcomes
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.lookup import delivery_of

    wire = {name: value for name, value in sending.part.wire.items() if name != "media"}
    if "poll" in wire and sending.part.media:
        raise Refused(_("a toot takes pictures or a poll, not both"))
    client = FediverseClient(account, web, sending.now)
    if sending.part.media:
        wire["media_ids"] = _uploaded(sending, client)
    if sending.before:
        wire["in_reply_to_id"] = sending.before[-1].id
    headers = {"Idempotency-Key": _key(sending)}
    # Where it answers another toot, it may be that one which is not there.
    answer = client.ask("POST", "/api/v1/statuses", posts=True, everywhere=not sending.before, headers=headers, json=wire)
    with outcomes.failures(posts=True):
        toot = answer.json()
    return delivery_of(toot if isinstance(toot, dict) else {})


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Look for it among the account's own toots since it was first tried."""
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.lookup import find_toot

    return find_toot(sending, FediverseClient(account, web, sending.now))


def examine(account: Account, web: Web) -> AccountStatus:
    """Whose token it is, what it may do, and what this server takes."""
    from marronnier.networks.kit.fediverse.account_check import check_account
    from marronnier.networks.kit.fediverse.client import FediverseClient

    return check_account(account, FediverseClient(account, web, None))


def _texts(words: Words) -> list[str]:
    """What each toot says."""
    written = [to_plain_text(part) for part in threads.split_parts(words.text)]
    said = {mark.text.casefold() for text in written for mark in entities.mentions(text)}
    mentions = " ".join(name for name in words.mentions if name.casefold() not in said)
    link = words.link if utm.is_web_url(words.link) and not utm.contains_link(written[-1], words.link) else ""
    last = "\n\n".join(text for text in (written[-1], mentions, link) if text)
    written[-1] = hashtags.place_hashtags(last, words.tags, "end")
    if words.thread == "auto":
        most = (words.limit or FACTS.text.value) - (0 if words.warning in ("", "true") else count_graphemes(words.warning))  # type: ignore[union-attr]
        written = [piece for text in written for piece in threads.break_text(text, max(most, 1), toot_length)]
    return [*written, to_plain_text(words.first_comment)] if words.first_comment else written


def _wire(words: Words, text: str, media: tuple[Picture, ...], *, poll: bool) -> dict[str, Any]:
    """The fields of the request; pictures by digest, for their ids are only known when they are sent."""
    wire: dict[str, Any] = {"status": text, "visibility": _VISIBILITY.get(words.visibility, words.visibility)}
    if language := re.match(r"[a-z]{2,3}(?![A-Za-z0-9])", words.lang):
        wire["language"] = language.group()
    if words.warning:
        wire["sensitive"] = True
    if words.warning not in ("", "true"):
        wire["spoiler_text"] = words.warning
    if media:
        wire["media"] = [{"sha256": picture.sha256, "alt": picture.alt} for picture in media]
    if poll and words.poll:
        wire["poll"] = {"options": list(words.poll), "expires_in": words.poll_minutes * 60, "multiple": words.poll_multiple}
    return wire


def _uploaded(sending: SendRequest, server: FediverseClient) -> list[str]:
    """The pictures of a part, made anew without what cameras write into them, and put on the server. Nobody sees them yet."""
    from marronnier import sandbox

    ids = []
    for number, picture in enumerate(sending.part.media, 1):
        if sending.read is None:
            raise Refused(_("{path} cannot be read", path=picture.path))
        try:
            clean = sandbox.clean(sending.read(picture), max_bytes=_PICTURE_BYTES, max_side=_PICTURE_SIDE)
        except sandbox.Unsafe as unsafe:
            raise Refused(_("{path} cannot be sent: {why}", path=picture.path, why=str(unsafe))) from unsafe
        ids.append(server.upload((f"{number}.{clean.mime.rpartition('/')[2]}", clean.data, clean.mime), picture.alt))
    return ids


def _key(sending: SendRequest) -> str:
    """Servers that know keys take the same part only once in an hour."""
    return hashlib.sha256(f"{sending.key}\n{sending.number}\n{sending.payload}".encode()).hexdigest()
