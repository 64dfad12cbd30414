"""Bluesky: short posts on a network of servers that anyone can run. A post is made once, under a key of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, Trouble, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.atproto import facets, identifiers
from marronnier.networks.kit.seam import Account, AccountStatus, Fact, Facts, Locked, No, Refused, SendRequest, Unknown, Wait
from marronnier.text import entities, hashtags, threads, utm
from marronnier.text.graphemes import byte_length, count_graphemes
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.atproto.client import AtprotoClient
    from marronnier.networks.kit.atproto.identifiers import RecordRef
    from marronnier.web import Web

_LEXICONS = "https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky"

NAME = "Bluesky"
COMPOSER = 1
FACTS = Facts(
    text=Fact(300, f"{_LEXICONS}/feed/post.json", seen="2026-11-25"),
    media=Fact(4, f"{_LEXICONS}/embed/images.json", seen="2026-11-25", unit=N_("files")),
    alt=Fact(2000, "https://github.com/bluesky-social/social-app/blob/main/src/lib/constants.ts", seen="2026-11-25"),
    thread=Fact(1000, f"{_LEXICONS}/feed/getPostThread.json", seen="2026-11-25", unit=N_("messages")),
    poll=No(N_("nobody can vote on Bluesky: the options go out as lines of the post")),
    size=Fact(3000, f"{_LEXICONS}/feed/post.json", seen="2026-11-25", unit=N_("bytes")),
)
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("password",)
IDEMPOTENT = True

_HOST = "bsky.social"
"""Where accounts are unless channels.yml says otherwise."""
_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PICTURE_BYTES = 1_000_000
"""Servers of 2026 take twice that; older ones refuse the post (tried on @atproto/pds, 2026-11-22)."""
_PICTURE_SIDE = 2000
_COVERED = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
"""Covers the pictures of a post until a reader wants to see them. https://docs.bsky.app/docs/advanced-guides/moderation, seen 2026-11-25"""


def compose(publication: Publication) -> Payload:
    """Plain words with short links and their facets; pictures on the first message, else a card of the link on the last.

    The record lacks what is only known when it is sent: its hour, the DID of a mention, the blob of a picture, what it answers.
    """
    words = publication.words
    texts = _texts(words)
    parts = []
    for number, text in enumerate(texts):
        shown = facets.with_facets(text)
        media = words.media if number == 0 else ()
        parts.append(Part(shown.text, count_graphemes(shown.text), _wire(words, shown, media, last=number == _last(words, texts)), media))
    return Payload(words.network, COMPOSER, tuple(parts))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The parts with text and count, without their records."""
    shown = map(facets.display_text, _texts(publication.words))
    return tuple(Part(text, count_graphemes(text)) for text in shown)


def host(channel: Channel) -> str:
    """The account's server: bsky.social, or the one that channels.yml names."""
    return (channel.host or _HOST).partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Make the post under the key of this part, if none is there; else look at the one that is."""
    _judge(sending.part)
    server = _server(account, web, sending.now)
    record = _complete(sending, server)
    key = _key(sending)
    made = server.post(record, key)
    if made is None:
        try:
            made = _ours(sending, server)
        except (Wait, Locked) as told:
            raise Unknown(str(told)) from told
        if made is None:
            raise Refused(_("another post stands at the place of this one on Bluesky: {key}", key=key))
    return Delivery(made.id, made.url)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The post under the key of this part."""
    there = _ours(sending, _server(account, web, sending.now))
    return Delivery(there.id, there.url) if there else None


def examine(account: Account, web: Web) -> AccountStatus:
    """Whose password it is and what it may do. Servers tell no limits of their own."""
    from marronnier.networks.kit.atproto.account_check import check_account

    return check_account(_server(account, web, None))


def _texts(words: Words) -> list[str]:
    """What each message says, its links still whole."""
    written = [to_plain_text(part) for part in threads.split_parts(words.text)]
    mentions = _unsaid(words.mentions, written) if words.mentions else []
    options = [f"• {option}" for option in words.poll]
    link = words.link if _has_no_card(words, len(written)) and not utm.contains_link(written[-1], words.link) else ""
    closing = (written[-1], "\n".join(options), " ".join(mentions), link)
    written[-1] = hashtags.place_hashtags("\n\n".join(text for text in closing if text), words.tags, "end")
    if words.warning not in ("", "true"):
        written[0] = f"⚠️ {words.warning}\n\n{written[0]}".rstrip("\n")
    if words.thread == "auto":
        limit = words.limit or _most(FACTS.text)
        written = [piece for text in written for piece in threads.break_text(text, limit, lambda text: _counted(text, limit))]
    return [*written, to_plain_text(words.first_comment)] if words.first_comment else written


def _unsaid(mentions: tuple[str, ...], written: list[str]) -> list[str]:
    """The mentions that the words do not hold yet, each with its `@`."""
    said = {mark.text.casefold() for text in written for mark in entities.mentions(text)}
    return [name for name in dict.fromkeys(f"@{name.removeprefix('@')}" for name in mentions) if name.casefold() not in said]


def _counted(text: str, limit: int) -> int:
    shown = facets.display_text(text)
    return count_graphemes(shown) if byte_length(shown) <= _most(FACTS.size) else max(count_graphemes(shown), limit + 1)


def _most(fact: Fact | No | None) -> int:
    assert isinstance(fact, Fact)
    return fact.value


def _has_no_card(words: Words, messages: int) -> bool:
    """Whether the link needs a place in the words: a message has pictures or a card, not both."""
    return utm.is_web_url(words.link) and bool(words.media) and messages == 1


def _last(words: Words, texts: list[str]) -> int:
    """The message that ends the post; a first comment comes after it."""
    return len(texts) - (2 if words.first_comment else 1)


def _wire(words: Words, shown: facets.FacetedText, media: tuple[Picture, ...], *, last: bool) -> dict[str, Any]:
    wire: dict[str, Any] = {"$type": identifiers.POST, "text": shown.text}
    if shown.facets:
        wire["facets"] = list(shown.facets)
    if _LANG.fullmatch(words.lang):
        wire["langs"] = [words.lang]
    if media:
        images = [{"alt": picture.alt, "image": {"sha256": picture.sha256}} for picture in media]
        wire["embed"] = {"$type": "app.bsky.embed.images", "images": images}
        if words.warning:
            wire["labels"] = _COVERED
    elif last and utm.is_web_url(words.link):
        card = {"uri": words.link, "title": words.title or facets.short_link(words.link), "description": ""}
        wire["embed"] = {"$type": "app.bsky.embed.external", "external": card}
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    return wire


def _judge(part: Part) -> None:
    """What can be known to be refused before anybody is asked. Raises Refused."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("Bluesky is open to everyone; it cannot keep a post for followers"))
    if len(part.media) > (most := _most(FACTS.media)):
        raise Refused(_("Bluesky takes {most} pictures, and there are {count}", most=most, count=len(part.media)))
    if not part.text.strip() and "embed" not in part.wire:
        raise Refused(_("there is nothing in this message"))


def _server(account: Account, web: Web, now: datetime | None) -> AtprotoClient:
    from marronnier.networks.kit.atproto.client import AtprotoClient

    handle, where = account.channel.account.removeprefix("@"), account.channel.host or _HOST
    if not (identifiers.is_handle(handle) or identifiers.is_did(handle)):
        raise Locked(_("{channel} needs its handle in brand/channels.yml, as `account: jardin.bsky.social`", channel=account.channel_name))
    scheme = "http" if host(account.channel) in ("localhost", "127.0.0.1") else "https"
    return AtprotoClient(f"{scheme}://{where}", handle, account.secrets["password"], web, now)


def _key(sending: SendRequest) -> str:
    return identifiers.record_key(sending.key, str(sending.number), sending.payload)


def _ours(sending: SendRequest, server: AtprotoClient) -> RecordRef | None:
    """The post under the key of this part, when it says the same."""
    there = server.look(server.session().did, _key(sending))
    return there[0] if there is not None and there[1].get("text") == sending.part.wire["text"] else None


def _complete(sending: SendRequest, server: AtprotoClient) -> dict[str, Any]:
    """The record with what was not known when it was composed. The words stay as they are. Raises Refused, Locked or Wait."""
    record = {name: value for name, value in sending.part.wire.items() if name != "visibility"}
    # Parts that leave in the same second are shown in the order of their hours.
    at = (sending.first_sent_at or sending.now or datetime.now(UTC)) + timedelta(milliseconds=sending.number)
    record["createdAt"] = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if "facets" in record:
        record["facets"] = _resolved(record["facets"], server)
        if not record["facets"]:
            del record["facets"]
    if sending.part.media:
        images = [
            _uploaded(picture, image, sending, server) for picture, image in zip(sending.part.media, record["embed"]["images"], strict=True)
        ]
        record["embed"] = {**record["embed"], "images": images}
    if sending.before:
        root, parent = _said(sending.before[0], server), _said(sending.before[-1], server)
        record["reply"] = {"root": root.ref, "parent": parent.ref}
    return record


def _resolved(found: list[dict[str, Any]], server: AtprotoClient) -> list[dict[str, Any]]:
    """The facets with the DID of each mention; where nobody has the handle, it stays what it is to read: words."""
    ready = []
    for facet in found:
        (feature,) = facet["features"]
        handle = facets.handle_of(feature)
        did = server.did_of(handle) if handle else ""
        if did or not handle:
            ready.append({**facet, "features": [{**feature, "did": did}]} if handle else facet)
    return ready


def _uploaded(picture: Picture, image: Mapping[str, Any], sending: SendRequest, server: AtprotoClient) -> dict[str, Any]:
    """A picture on the server, made anew without whatever its file carries besides."""
    from marronnier import sandbox

    if sending.read is None:
        raise Refused(_("{path} cannot be read", path=picture.path))
    try:
        made = sandbox.clean(sending.read(picture), max_bytes=_PICTURE_BYTES, max_side=_PICTURE_SIDE, still=True)
    except sandbox.Unsafe as unsafe:
        raise Refused(_("{path}: {why}", path=picture.path, why=str(unsafe))) from unsafe
    except Trouble as trouble:
        raise Wait(str(trouble)) from trouble
    ratio = {"width": made.width, "height": made.height}
    return {**image, "image": server.upload(made.data, made.mime), "aspectRatio": ratio}


def _said(delivery: Delivery, server: AtprotoClient) -> RecordRef:
    """A message of ours that is out: as its server named it, or looked up where a person gave its address."""
    known = identifiers.post_of_record_key(delivery.id)
    if known is not None:
        return known
    place = identifiers.post_at_url(delivery.url)
    there = server.look(place.repo, place.rkey) if place else None
    if there is None:
        raise Refused(_("{url}, which this message should answer, is not on Bluesky", url=delivery.url))
    return there[0]
