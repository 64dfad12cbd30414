"""Bluesky: short posts on servers of the AT protocol. Each post has a record key of ours, so that it is published once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.atproto import facets, identifiers
from marronnier.networks.kit.atproto.bluesky_facts import FACTS
from marronnier.networks.kit.facts import Fact, Lacks, Tried, Unlimited
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.sealed_media import prepare_picture, refuse_second_video
from marronnier.networks.kit.seam import (
    Account,
    AccountStatus,
    CounterName,
    LinkCard,
    Locked,
    PartContent,
    Refused,
    SendRequest,
    Unknown,
    Wait,
)
from marronnier.networks.kit.written_parts import WrittenPart, with_pictures, written_parts
from marronnier.text import entities, hashtags, threads, urls, utm
from marronnier.text.graphemes import byte_length, count_graphemes
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.atproto.client import AtprotoClient
    from marronnier.networks.kit.atproto.identifiers import RecordRef
    from marronnier.web import Web

NAME = "Bluesky"
COMPOSER = 2
TRIED = Tried("server", "2026-11-28", N_("sent, found and deleted on @atproto/pds 0.5.35; counters only on a fake, for a PDS has none"))
LOOK = Look()
WORDS: Mapping[str, str] = {"post": N_("post")}
MEDIA = ("image", "video")
SECRETS: tuple[str, ...] = ("password",)
IDEMPOTENT = True
SETTLE = Fact(0, "https://atproto.com/specs/record-key", seen="2026-11-27", unit=N_("seconds"))
"""A record key of ours is created once: an effect that comes late makes the same post."""

_NOBODY_DELETES_WITHIN = timedelta(minutes=10)
"""A part that was tried so lately is sent again without asking whether somebody deleted it since: a run of a minute ago was killed, no person was there."""
_CLOCK_SLACK = timedelta(seconds=60)
"""The most that a server's clock may differ from ours."""
_DEFAULT_HOST = "bsky.social"
"""The server of accounts for which channels.yml names none."""
_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_WARNING_LABEL = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
"""The label that covers a post's pictures until a reader opens them. https://docs.bsky.app/docs/advanced-guides/moderation, seen 2026-11-25"""


def compose(publication: Publication) -> Payload:
    """Plain text with shortened links and facets; pictures on the first message, else a card of the link on the last.

    The record lacks what is only known when it is sent: its time, the DIDs of mentions, the blobs of pictures, the post it replies to.
    """
    words = publication.words
    messages = _compose_messages(words)
    parts = []
    for number, (text, media) in enumerate(messages):
        shown = facets.add_facets(text)
        wire = _record_fields(words, shown, media, last=number == _last_number(words, messages))
        parts.append(Part(shown.text, count_graphemes(shown.text), wire, media))
    return Payload(words.network, COMPOSER, tuple(parts))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The parts with text and count, without their records."""
    texts = (facets.display_text(text) for text, _media in _compose_messages(publication.words))
    return tuple(Part(text, count_graphemes(text)) for text in texts)


def is_mention(handle: str) -> bool:
    """Whether a handle is a domain, as on Bluesky: `@jardin.bsky.social`."""
    return identifiers.is_handle(handle.removeprefix("@"))


def part_content(part: Part) -> PartContent:
    """The post under neutral names. A warning and the options of a poll are lines of its text."""
    wire = part.wire
    card = wire.get("embed", {}).get("external")
    return PartContent(
        audience=str(wire.get("visibility", "public")),
        lang=str(next(iter(wire.get("langs", ())), "")),
        card=LinkCard(str(card["uri"]), str(card["title"])) if card else None,
        pictures=part.media,
    )


def host(channel: Channel) -> str:
    """The account's server: bsky.social, or the one that channels.yml names."""
    return (channel.host or _DEFAULT_HOST).partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Create the post under the record key of this part; when a post stands there already, it must be this part's."""
    _raise_if_refused(sending.part)
    server = _client(account, web, sending.now)
    record, files = _complete_record(sending, server)
    key = _record_key(sending)
    post = server.create_post(record, key)
    if post is None:
        try:
            post = _find_record(sending, server)
        except (Wait, Locked) as error:
            raise Unknown(str(error)) from error
        except _OtherRecord as other:
            raise Refused(str(other)) from other
        if post is None:
            raise Unknown(_("a post had the key of this one on Bluesky a moment ago, and is gone: {key}", key=key))
    return Delivery(post.id, post.url, files)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The post under the record key of this part. Raises Unknown when another post stands there."""
    post = _find_record(sending, _client(account, web, sending.now))
    return Delivery(post.id, post.url) if post else None


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask the account's server for the record by its key."""
    post = identifiers.parse_record_id(delivery.id) or identifiers.parse_post_url(delivery.url)
    if post is None:
        return None
    server = _client(account, web, None)
    return server.get_post(server.session().did, post.rkey) is not None


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the record."""
    server = _client(account, web, None)
    server.delete_post(_sent_key(delivery))


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """What Bluesky counts of the post."""
    server = _client(account, web, None)
    return server.count_post(_sent_key(delivery))


def _sent_key(delivery: Delivery) -> str:
    """The record key of a post that was sent. Raises Refused where a person gave another address."""
    post = identifiers.parse_record_id(delivery.id) or identifiers.parse_post_url(delivery.url)
    if post is None:
        raise Refused(_("{url} is not the address of a post", url=delivery.url))
    return post.rkey


def vanished_address(sending: SendRequest, account: Account, web: Web) -> str:
    """The post's address, where it may have been deleted since the first attempt. An account that did not change since then never had it."""
    since = sending.since_first_try
    if since is None or since < _NOBODY_DELETES_WITHIN:
        return ""
    server = _client(account, web, sending.now)
    did, key = server.session().did, _record_key(sending)
    if server.get_post(did, key) is not None:
        return ""
    changed = server.last_change(did)
    if changed is not None and changed < datetime.now(UTC) - since - _CLOCK_SLACK:
        return ""
    return identifiers.RecordRef(did, key, "").url


def post_id(address: str, channel: Channel) -> str:
    """The record key of the account's post at an address of bsky.app. An account's DID does not tell its handle: both are taken."""
    post = identifiers.parse_post_url(address)
    if post is None:
        raise Refused(_("{url} is not the address of a post", url=address))
    ours, theirs = channel.account.removeprefix("@").casefold(), post.repo.casefold()
    if ours != theirs and identifiers.is_did(ours) == identifiers.is_did(theirs):
        raise Refused(_("{url} is of the account {name}, and not of {account}", url=address, name=post.repo, account=channel.account))
    return post.rkey


def identify(account: Account, web: Web) -> AccountStatus:
    """The account that the password opens."""
    from marronnier.networks.kit.atproto.account_check import identify_account

    return identify_account(_client(account, web, None))


def examine(account: Account, web: Web) -> AccountStatus:
    """The password's account and permissions. Servers tell no limits of their own."""
    from marronnier.networks.kit.atproto.account_check import check_account

    return check_account(_client(account, web, None))


def _compose_messages(words: Words) -> list[tuple[str, tuple[Picture, ...]]]:
    """Text, with its links in full, and pictures of each message, the first comment last."""
    parts = written_parts(words)
    texts = [_plain_text(part.markdown) for part in parts]
    mentions = _missing_mentions(words.mentions, texts) if words.mentions else []
    options = [f"• {option}" for option in words.poll]
    link = words.link if _link_belongs_in_text(words, parts) and not utm.contains_link(texts[-1], words.link) else ""
    closing = (texts[-1], "\n".join(options), " ".join(mentions), link)
    last = "\n\n".join(text for text in closing if text)
    texts[-1] = hashtags.place_hashtags(last, words.tags, "end", [tag.text[1:] for tag in facets.find_tags(last)])
    if words.warning not in ("", "true"):
        texts[0] = f"⚠️ {words.warning}\n\n{texts[0]}".rstrip("\n")
    pieces: list[tuple[str, ...]] = [(text,) for text in texts]
    if words.thread == "auto":
        limit = words.limit or _limit_of(FACTS.text)
        pieces = [threads.break_text(text, limit, lambda text: _display_length(text, limit)) for text in texts]
    messages = with_pictures(parts, pieces)
    return [*messages, (_plain_text(words.first_comment), ())] if words.first_comment else messages


def _plain_text(markdown: str) -> str:
    """The plain text, with its code shielded: `@name`, `#tag` and an address in code are no mention, hashtag or link."""
    return to_plain_text(markdown, shield_code=True)


def _missing_mentions(mentions: tuple[str, ...], texts: list[str]) -> list[str]:
    """The mentions that the texts lack, each with its `@`."""
    present = {entity.text.casefold() for text in texts for entity in entities.find_mentions(text)}
    return [name for name in dict.fromkeys(f"@{name.removeprefix('@')}" for name in mentions) if name.casefold() not in present]


def _display_length(text: str, limit: int) -> int:
    """The text's length as displayed; over the limit when its bytes are too many."""
    displayed = facets.display_text(text)
    return count_graphemes(displayed) if byte_length(displayed) <= _limit_of(FACTS.size) else max(count_graphemes(displayed), limit + 1)


def _limit_of(fact: Fact | Lacks | Unlimited | None) -> int:
    assert isinstance(fact, Fact)
    return fact.value


def _link_belongs_in_text(words: Words, parts: Sequence[WrittenPart]) -> bool:
    """Whether the link goes into the text: a message has pictures or a card, not both."""
    return urls.is_web_url(words.link) and bool(parts[-1].media)


def _last_number(words: Words, messages: Sequence[object]) -> int:
    """The index of the message that ends the post; a first comment follows it."""
    return len(messages) - (2 if words.first_comment else 1)


def _record_fields(words: Words, shown: facets.FacetedText, media: tuple[Picture, ...], *, last: bool) -> dict[str, Any]:
    wire: dict[str, Any] = {"$type": identifiers.POST_COLLECTION, "text": shown.text}
    if shown.facets:
        wire["facets"] = list(shown.facets)
    if _LANG.fullmatch(words.lang):
        wire["langs"] = [words.lang]
    if media and media[0].is_video:
        wire["embed"] = _composed_video(media[0])
    elif media:
        images = [{"alt": picture.alt, "image": {"sha256": picture.sha256}} for picture in media]
        wire["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    if media and words.warning:
        wire["labels"] = _WARNING_LABEL
    if not media and last and urls.is_web_url(words.link):
        card = {"uri": words.link, "title": words.title or facets.shorten_link(words.link), "description": ""}
        wire["embed"] = {"$type": "app.bsky.embed.external", "external": card}
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    return wire


def _composed_video(video: Picture) -> dict[str, Any]:
    embed: dict[str, Any] = {"$type": "app.bsky.embed.video", "video": {"sha256": video.sha256}, "alt": video.alt}
    captions = [{"lang": caption.lang, "file": {"sha256": caption.sha256}} for caption in video.captions]
    return {**embed, "captions": captions} if captions else embed


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Bluesky surely refuses, before any request."""
    if part.wire.get("visibility") in ("followers", "direct"):
        raise Refused(_("Bluesky is open to everyone; it cannot keep a post for followers"))
    if len(part.media) > (limit := _limit_of(FACTS.media)):
        raise Refused(_("Bluesky takes {most} pictures, and this post has {count}", most=limit, count=len(part.media)))
    refuse_second_video(part.media)
    if not part.text.strip() and "embed" not in part.wire:
        raise Refused(_("this post is empty"))


def _client(account: Account, web: Web, now: datetime | None) -> AtprotoClient:
    from marronnier.networks.kit.atproto.client import AtprotoClient

    handle, server = account.channel.account.removeprefix("@"), account.channel.host or _DEFAULT_HOST
    if not (identifiers.is_handle(handle) or identifiers.is_did(handle)):
        raise Locked(_("{channel} needs its handle in brand/channels.yml, as `account: jardin.bsky.social`", channel=account.channel_name))
    scheme = "http" if host(account.channel) in ("localhost", "127.0.0.1") else "https"
    return AtprotoClient(f"{scheme}://{server}", handle, account.secrets["password"], web, now)


def _record_key(sending: SendRequest) -> str:
    return identifiers.derive_record_key(sending.key, str(sending.number), sending.payload_sha256)


class _OtherRecord(Unknown):
    """A post with other words stands under the record key of this part."""


def _find_record(sending: SendRequest, server: AtprotoClient) -> RecordRef | None:
    """The post under the record key of this part; None when there is none. Raises Unknown when it is not what this part says."""
    key = _record_key(sending)
    found = server.get_post(server.session().did, key)
    if found is None:
        return None
    post, record = found
    if post.id in sending.taken or not _is_same_record(sending, record):
        other = _OtherRecord if record.get("text") != sending.part.wire["text"] else Unknown
        raise other(_("another post already has the key of this one on Bluesky: {key}", key=key))
    return post


def _is_same_record(sending: SendRequest, record: Mapping[str, Any]) -> bool:
    """Whether a record has this part's words, languages, labels, alternative texts, card and parent; times and blobs are its server's."""
    wire = sending.part.wire
    parent = identifiers.parse_record_id(sending.previous[-1].id) if sending.previous else None
    replies_to = _mapping(_mapping(record.get("reply")).get("parent")).get("uri")
    return (
        all(record.get(name) == wire.get(name) for name in ("text", "langs", "labels"))
        and _shown_with(record) == _shown_with(wire)
        and (replies_to == parent.uri if parent else bool(replies_to) == bool(sending.previous))
    )


def _shown_with(record: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """The alternative texts of a record's pictures or video, and the address of its card."""
    embed = _mapping(record.get("embed"))
    images = embed.get("images")
    if "video" in embed:
        return [embed.get("alt")], None
    return [_mapping(image).get("alt") for image in images] if isinstance(images, list) else [], _mapping(embed.get("external")).get("uri")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _complete_record(sending: SendRequest, server: AtprotoClient) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The record with what was not known when it was composed, and the SHA-256 of its files; its text stays. Raises Refused, Locked or Wait."""
    files: list[str] = []
    record = {name: value for name, value in sending.part.wire.items() if name != "visibility"}
    # Bluesky sorts by `createdAt`, so the parts of a thread need increasing times.
    at = (sending.first_sent_at or sending.now or datetime.now(UTC)) + timedelta(milliseconds=sending.number)
    record["createdAt"] = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if "facets" in record:
        record["facets"] = _resolve_mentions(record["facets"], server)
        if not record["facets"]:
            del record["facets"]
    if sending.part.media and sending.part.media[0].is_video:
        from marronnier.networks.kit.atproto.video import embed_video

        record["embed"], sha256 = embed_video(sending.part.media[0], record["embed"], sending, server)
        files.append(sha256)
    elif sending.part.media:
        images = []
        for picture, image in zip(sending.part.media, record["embed"]["images"], strict=True):
            made = prepare_picture(sending, picture, FACTS.pictures)
            ratio = {"width": made.width, "height": made.height}
            images.append({**image, "image": server.upload_blob(made.data, made.mime), "aspectRatio": ratio})
            files.append(made.sha256)
        record["embed"] = {**record["embed"], "images": images}
    if sending.previous:
        root, parent = _delivered_record(sending.previous[0], server), _delivered_record(sending.previous[-1], server)
        record["reply"] = {"root": root.ref, "parent": parent.ref}
    return record, tuple(files)


def _resolve_mentions(composed: list[dict[str, Any]], server: AtprotoClient) -> list[dict[str, Any]]:
    """The facets with the DID of each mention. A handle that no account has loses its facet and stays plain text."""
    resolved = []
    for facet in composed:
        (feature,) = facet["features"]
        handle = facets.unresolved_handle(feature)
        did = server.resolve_handle(handle) if handle else ""
        if did or not handle:
            resolved.append({**facet, "features": [{**feature, "did": did}]} if handle else facet)
    return resolved


def _delivered_record(delivery: Delivery, server: AtprotoClient) -> RecordRef:
    """The post of an earlier part: from the delivery's id, or looked up by its URL when a person recorded the delivery."""
    ref = identifiers.parse_record_id(delivery.id)
    if ref is not None:
        return ref
    address = identifiers.parse_post_url(delivery.url)
    post = server.get_post(address.repo, address.rkey) if address else None
    if post is None:
        raise Refused(_("{url}, which this post replies to, is not on Bluesky", url=delivery.url))
    return post[0]
