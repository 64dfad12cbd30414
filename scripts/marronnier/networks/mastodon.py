"""Mastodon and other servers with its API: short posts, called toots, on thousands of federated servers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, OneOf, ServerSoftware, Tried, VideoLimits
from marronnier.networks.kit.fediverse.toot_length import Counting, channel_counting
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.sealed_media import open_sealed, prepare_picture, refuse_second_video
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, PartContent, Refused, SendRequest
from marronnier.networks.kit.written_parts import with_pictures, written_parts
from marronnier.text import entities, hashtags, threads, urls, utm
from marronnier.text.graphemes import count_graphemes
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets, OAuthClient
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.web import Web

_POSTING = "https://docs.joinmastodon.org/user/posting/"
_STATUSES = "https://docs.joinmastodon.org/methods/statuses/"
_STATUS = "https://docs.joinmastodon.org/entities/Status/"
_NO_OTHER_FORM = N_("a video on Mastodon is part of a post: write `format: post`")
_CONTEXT = "https://github.com/mastodon/mastodon/blob/main/app/controllers/api/v1/statuses_controller.rb"

_MEDIA = "https://github.com/mastodon/mastodon/blob/main/app/models/media_attachment.rb"

NAME = "Mastodon"
COMPOSER = 1
FACTS = Facts(
    text=Fact(500, f"{_POSTING}#text", seen="2026-11-25"),
    media=Fact(4, f"{_POSTING}#media", seen="2026-11-25", unit=N_("files")),
    alt=Fact(1500, "https://docs.joinmastodon.org/entities/Instance/#description_limit", seen="2026-11-22"),
    thread=Fact(4096, _CONTEXT, seen="2026-11-25", unit=N_("posts")),
    poll=Fact(4, f"{_POSTING}#polls", seen="2026-11-25", unit=N_("options")),
    # A GIF of more pixels is refused: https://github.com/mastodon/mastodon/blob/main/app/models/concerns/attachmentable.rb, seen 2026-11-28
    pictures=PictureLimits(
        max_bytes=16_000_000, max_side=3840, max_animated_pixels=1280 * 720, source=f"{_POSTING}#media", seen="2026-11-25"
    ),
    video=VideoLimits(
        containers=OneOf(("mp4", "mov", "webm"), _MEDIA, seen="2026-11-28"),
        # Anything but H.264 is converted by the server with FFmpeg, which reads these.
        codecs=OneOf(("h264", "hevc", "vp8", "vp9", "av1", "mpeg4"), f"{_POSTING}#media", seen="2026-11-28", mark="unverified"),
        captions=Lacks(N_("Mastodon has no captions")),
        size=Fact(99 << 20, _MEDIA, seen="2026-11-28", unit="bytes"),
        rate=Fact(120, _MEDIA, seen="2026-11-28", unit=N_("pictures a second")),
        area=Fact(3840 * 2160, _MEDIA, seen="2026-11-28", unit=N_("pixels")),
        frames=Fact(36_000, _MEDIA, seen="2026-11-28", unit=N_("pictures")),
    ),
    formats={
        "post": Has(f"{_STATUSES}#create", "2026-11-27"),
        "story": Lacks(N_("Mastodon has no stories: whatever is posted stays")),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Has(f"{_POSTING}#media", "2026-11-25", N_("up to four pictures, side by side")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Lacks(N_("Mastodon takes no documents")),
        "article": Lacks(N_("Mastodon has no articles: link to one")),
    },
    abilities={
        "card": Has("https://docs.joinmastodon.org/entities/PreviewCard/", "2026-11-27", N_("made by the server")),
        "mentions": Has(f"{_POSTING}#mentions", "2026-11-25"),
        "markup": Lacks(N_("a post on Mastodon is plain text")),
        "first_comment": Has(f"{_STATUSES}#create", "2026-11-27", N_("as a reply")),
        "warning": Has(f"{_POSTING}#cw", "2026-11-25"),
        "language": Has(f"{_STATUSES}#create", "2026-11-27"),
        "visibility": Has(f"{_STATUS}#visibility", "2026-11-27"),
        "edit": Has(f"{_STATUSES}#edit", "2026-11-27", N_("readers can see what changed")),
        "delete": Has(f"{_STATUSES}#delete", "2026-11-27"),
        "schedule": Lacks(N_("Mastodon can, and it is not used: a freeze would not stop it, and a scheduled post is not protected against duplicates")),
        "counters": Has(_STATUS, "2026-11-27", N_("replies, boosts, favourites and quotes that the account's server knows; no views")),
    },
    audiences=("public", "unlisted", "followers", "direct"),
    quotas=(Fact(300, "https://docs.joinmastodon.org/api/rate-limits/", seen="2026-11-27", unit=N_("requests in five minutes")),),
)  # fmt: skip
TRIED = Tried(
    "server",
    "2026-11-28",
    N_(
        "sent to GoToSocial 57cb4fe, Takahē 0.11 and snac 2.75, corrected and counted on snac alone; deleted only on a fake, for snac cannot"
    ),
)
MEDIA = ("image", "video")
LOOK = Look(avatar="square")
WORDS: Mapping[str, str] = {"post": N_("post"), "repost": N_("boost")}
SECRETS: tuple[str, ...] = ("token",)
REDIRECT = "http://127.0.0.1:{port}/"
CLIENT_PAGE = ""
IDEMPOTENT = False
"""Mastodon remembers a key for an hour, two of three other servers never do (tried 2026-11-22): a toot is looked up before it is sent again."""
SETTLE = Fact(60, "https://docs.joinmastodon.org/methods/statuses/#create", seen="2026-11-27", unit=N_("seconds"))
"""A server without keys needs longer: see `kit/fediverse/server_kinds.py`."""

CODE_IS_LIVE = True
"""A toot is plain text: https://docs.joinmastodon.org/user/posting/#text, seen 2026-11-25"""

_VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
_MAX_OPTION_LENGTH = 50
_POLL_MINUTES = (5, 30 * 24 * 60)
"""https://docs.joinmastodon.org/entities/Instance/#max_characters_per_option, seen 2026-11-22; the guide for its users says 25."""
_VISIBILITY = {"": "public", "followers": "private"}
_AUDIENCES = {"public": "public", "unlisted": "unlisted", "private": "followers", "direct": "direct"}
"""https://docs.joinmastodon.org/entities/Status/#visibility, seen 2026-11-27"""


def compose(publication: Publication) -> Payload:
    """Plain text: mentions, link and hashtags end the last toot, pictures go with the first, a poll with the last, a first comment replies to it.

    Servers make the link's card themselves. Each toot of a thread has the content warning.
    """
    words = publication.words
    counting = channel_counting(words.unit, words.link_length)
    messages = _compose_messages(words, counting)
    last = _last_number(words, messages)
    warning = "" if words.warning == "true" else words.warning
    parts = []
    for number, (text, media) in enumerate(messages):
        wire = _wire_fields(words, text, media, poll=number == last)
        parts.append(Part(text, counting.full_length(warning) + counting.length(text), wire, media))
    return Payload(words.network, COMPOSER, tuple(parts))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The parts with text and count, without their requests."""
    words = publication.words
    counting = channel_counting(words.unit, words.link_length)
    warning_length = 0 if words.warning in ("", "true") else counting.full_length(words.warning)
    return tuple(Part(text, warning_length + counting.length(text)) for text, _media in _compose_messages(words, counting))


def counter(channel: Channel) -> Callable[[str], int]:
    """How the server of this channel counts a text, as far as channels.yml says."""
    return channel_counting(channel.limits.unit or "", channel.limits.link or "").length


def refusal_reason(words: Words) -> str:
    """Why no server takes this poll. Servers with stricter limits of their own refuse it when it is sent."""
    if not words.poll:
        return ""
    messages = _compose_messages(words, channel_counting(words.unit, words.link_length))
    if messages[_last_number(words, messages)][1]:
        return _("a post takes pictures or a poll, not both")
    if len(words.poll) > (most := FACTS.poll.value):  # type: ignore[union-attr]
        return _("a poll on this network has at most {most} options, and this one has {count}", most=most, count=len(words.poll))
    if long := next((option for option in words.poll if count_graphemes(option) > _MAX_OPTION_LENGTH), None):
        return _(
            "a poll option on this network has at most {most} characters, and “{option}” has {count}",
            most=_MAX_OPTION_LENGTH,
            option=long,
            count=count_graphemes(long),
        )
    if not _POLL_MINUTES[0] <= words.poll_minutes <= _POLL_MINUTES[1]:
        return _("a poll on this network stays open from 5 minutes to 30 days")
    return ""


def is_mention(handle: str) -> bool:
    """Whether a handle is `@name@server`, or `@name` on the account's own server; `@jardin.bsky.social` is a domain, not an account."""
    name, _at, server = handle.removeprefix("@").partition("@")
    return bool(server) or "." not in name


def read_hashtags(text: str) -> tuple[str, ...]:
    """The hashtags of a text: letters, digits and `_`; a hyphen or an emoji ends one. https://docs.joinmastodon.org/user/posting/#hashtags, seen 2026-11-27"""
    return tuple(hashtag.text for hashtag in entities.find_hashtags(text))


def part_content(part: Part) -> PartContent:
    """The toot under neutral names."""
    wire = part.wire
    return PartContent(
        audience=_AUDIENCES.get(wire.get("visibility", ""), "unknown"),
        lang=str(wire.get("language", "")),
        warning=str(wire.get("spoiler_text", "")),
        poll=tuple(map(str, wire.get("poll", {}).get("options", ()))),
        pictures=part.media,
    )


def host(channel: Channel) -> str:
    """The account's server: `example.social` of `@jardin@example.social`, unless channels.yml names another."""
    from marronnier.networks.kit.fediverse import client

    return client.host(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the media, then publish the toot."""
    from marronnier.networks.kit import outcomes
    from marronnier.networks.kit.fediverse.addresses import toot_id
    from marronnier.networks.kit.fediverse.client import FediverseClient, as_mapping
    from marronnier.networks.kit.fediverse.lookup import toot_delivery
    from marronnier.networks.kit.fediverse.server_kinds import known_server
    from marronnier.networks.kit.fediverse.server_rules import as_plain_text, raise_if_too_long

    wire = {name: value for name, value in sending.part.wire.items() if name != "media"}
    if "poll" in wire and sending.part.media:
        raise Refused(_("a post takes pictures or a poll, not both"))
    refuse_second_video(sending.part.media)
    client = FediverseClient(account, web, sending.now)
    server = known_server(client, web)
    wire |= as_plain_text(sending, server)
    raise_if_too_long(sending, server)
    uploaded = _upload_media(sending, client)
    if uploaded:
        wire["media_ids"] = list(uploaded)
    if sending.previous:
        wire["in_reply_to_id"] = toot_id(sending.previous[-1].id)
    headers = {"Idempotency-Key": _idempotency_key(sending)}
    # For a reply, a 404 may mean that the toot it replies to is gone, so it does not prove a wrong server.
    answer = client.request("POST", "/api/v1/statuses", publishes=True, everywhere=not sending.previous, headers=headers, json=wire)
    with outcomes.web_errors_as_outcomes(publishes=True):
        toot = as_mapping(answer.json())
    return replace(toot_delivery(toot), files=tuple(uploaded.values()))


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Look the part up among the account's own toots since its first attempt."""
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.lookup import find_toot

    return find_toot(sending, FediverseClient(account, web, sending.now))


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask the account's server for the toot by its id."""
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.read_back import is_toot_there

    return is_toot_there(delivery, part, account.channel, FediverseClient(account, web, None))


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the toot."""
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.sent_toots import delete_toot

    delete_toot(delivery, account.channel, FediverseClient(account, web, None))


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Correct the toot's words, warning, language, pictures and their alternative texts. Its audience and its poll stay as they are."""
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.sent_toots import edit_toot
    from marronnier.networks.kit.fediverse.server_kinds import known_server
    from marronnier.networks.kit.fediverse.server_rules import as_plain_text, raise_if_too_long

    part = sending.part
    if part.wire.get("visibility") != was.wire.get("visibility"):
        raise Refused(_("who may see a post cannot be changed on Mastodon once it is sent"))
    if "poll" in part.wire or "poll" in was.wire:
        raise Refused(_("a post with a poll cannot be corrected on Mastodon: its votes would be lost"))
    client = FediverseClient(account, web, sending.now)
    server = known_server(client, web)
    wire = {**part.wire, **as_plain_text(sending, server)}
    raise_if_too_long(sending, server)
    same_pictures = [picture.sha256 for picture in part.media] == [picture.sha256 for picture in was.media]
    uploaded = {} if same_pictures else _upload_media(sending, client)
    edit_toot(wire, None if same_pictures else list(uploaded), part, delivery, account.channel, client)
    return replace(delivery, files=tuple(uploaded.values()) or delivery.files)


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """What the account's server counts of the toot."""
    from marronnier.networks.kit.fediverse.client import FediverseClient
    from marronnier.networks.kit.fediverse.sent_toots import count_toot

    return count_toot(delivery, account.channel, FediverseClient(account, web, None))


def server_kinds() -> tuple[ServerSoftware, ...]:
    """What is known of each kind of server with this API."""
    from marronnier.networks.kit.fediverse.server_kinds import server_software

    return server_software()


def post_id(address: str, channel: Channel) -> str:
    """The id of the account's toot at an address."""
    from marronnier.networks.kit.fediverse.addresses import own_toot_id

    return own_toot_id(address, channel)


def identify(account: Account, web: Web) -> AccountStatus:
    """The account that the token belongs to."""
    from marronnier.networks.kit.fediverse.account_check import identify_account
    from marronnier.networks.kit.fediverse.client import FediverseClient

    return identify_account(account, FediverseClient(account, web, None))


def examine(account: Account, web: Web) -> AccountStatus:
    """The token's account and scopes, and the server's limits."""
    from marronnier.networks.kit.fediverse.account_check import check_account
    from marronnier.networks.kit.fediverse.client import FediverseClient

    return check_account(account, FediverseClient(account, web, None))


def register_client(account: Account, redirect: str, web: Web) -> OAuthClient:
    """Make an application on the account's server."""
    from marronnier.networks.kit.fediverse import authorization

    return authorization.register_client(account, redirect, web)


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The server's page where the account's owner consents."""
    from marronnier.networks.kit.fediverse import authorization

    return authorization.consent_address(request, channel)


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token for a code."""
    from marronnier.networks.kit.fediverse import authorization

    return authorization.redeem(code, request, account, web)


def _compose_messages(words: Words, counting: Counting) -> list[tuple[str, tuple[Picture, ...]]]:
    """Text and pictures of each toot, the first comment last."""
    parts = written_parts(words)
    texts = [to_plain_text(part.markdown) for part in parts]
    mentioned = {entity.text.casefold() for text in texts for entity in entities.find_mentions(text)}
    mentions = " ".join(name for name in words.mentions if name.casefold() not in mentioned)
    link = words.link if urls.is_web_url(words.link) and not utm.contains_link(texts[-1], words.link) else ""
    last = "\n\n".join(text for text in (texts[-1], mentions, link) if text)
    texts[-1] = hashtags.place_hashtags(last, words.tags, "end")
    pieces: list[tuple[str, ...]] = [(text,) for text in texts]
    if words.thread == "auto":
        limit = (words.limit or FACTS.text.value) - (0 if words.warning in ("", "true") else counting.full_length(words.warning))  # type: ignore[union-attr]
        pieces = [threads.break_text(text, max(limit, 1), counting.length) for text in texts]
    messages = with_pictures(parts, pieces)
    return [*messages, (to_plain_text(words.first_comment), ())] if words.first_comment else messages


def _last_number(words: Words, messages: Sequence[object]) -> int:
    """The index of the toot that ends the post; a first comment follows it."""
    return len(messages) - (2 if words.first_comment else 1)


def _wire_fields(words: Words, text: str, media: tuple[Picture, ...], *, poll: bool) -> dict[str, Any]:
    """The fields of the request, with pictures by digest: their ids are only known when they are sent."""
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


def _upload_media(sending: SendRequest, server: FediverseClient) -> dict[str, str]:
    """The ids of the part's media and the SHA-256 of each file as it was uploaded. Nobody sees them before a toot has them."""
    uploaded = {}
    for number, picture in enumerate(sending.part.media, 1):
        if picture.is_video:
            ending = picture.path.rpartition(".")[2].lower()
            with open_sealed(sending, picture) as file:
                name = f"{number}.{ending}"
                media_id = server.upload_video((name, file, _VIDEO_TYPES[ending]), picture.alt, picture.sha256, sending.uploads)
            uploaded[media_id] = picture.sha256
        else:
            made = prepare_picture(sending, picture, FACTS.pictures)
            media_id = server.upload_media((f"{number}.{made.mime.rpartition('/')[2]}", made.data, made.mime), picture.alt)
            uploaded[media_id] = made.sha256
    return uploaded


def _idempotency_key(sending: SendRequest) -> str:
    """The same key for the same part: a server that remembers keys publishes it once an hour at most."""
    # What was deleted and is sent again is another toot: the server would look for the old one under the same key.
    again = f"\n{sending.again}" if sending.again else ""
    return hashlib.sha256(f"{sending.key}\n{sending.number}\n{sending.payload_sha256}{again}".encode()).hexdigest()
