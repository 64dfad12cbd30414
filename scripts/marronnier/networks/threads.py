"""Threads: short posts and chains of replies, each prepared first and published in a second step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.graph.plain_words import end_of_text, warned
from marronnier.networks.kit.graph.threads_facts import FACTS, MAX_LINKS, MAX_OPTION
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, LinkCard, PartContent, Refused, SendRequest, Wait
from marronnier.networks.kit.written_parts import with_pictures, written_parts
from marronnier.text import entities, length_units, threads, urls, utm
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
    from marronnier.networks.kit.graph.client import GraphClient
    from marronnier.networks.kit.graph.containers import Containers
    from marronnier.networks.kit.graph.errors import Kind
    from marronnier.web import Web

_DOCS = "https://developers.facebook.com/docs/threads"

NAME = "Threads"
COMPOSER = 1
TRIED = Tried("documents", "2026-11-28")
LOOK = Look(pictures="slides")
WORDS: Mapping[str, str] = {"post": N_("post"), "repost": N_("repost")}
SECRETS: tuple[str, ...] = ("token",)
TOKEN_LIFE = Fact(60, "https://developers.facebook.com/docs/threads/get-started/long-lived-tokens", "2026-11-27", unit=N_("days"))
REDIRECT = "https://localhost/"
"""An https address is asked for, and nothing answers there: whoever consented copies it from the browser. Not verified that `localhost` is taken."""
CLIENT_PAGE = "https://developers.facebook.com/apps"
MEDIA = ("image", "video")
IDEMPOTENT = False
SETTLE = Fact(300, f"{_DOCS}/troubleshooting", seen="2026-11-27", unit=N_("seconds"), mark="unverified")
"""No page says how long a lost answer may still take effect: five minutes, as long as a container is asked for."""
CODE_IS_LIVE = True
"""A post is plain text."""

_HOST, _VERSION = "graph.threads.net", "v1.0"
_SCOPES = ("threads_basic", "threads_content_publish", "threads_read_replies", "threads_manage_insights", "threads_delete")
_POSTS, _REPLIES = "/me/threads", "/me/replies"
_FIELDS = "id,text,timestamp,permalink,media_type,is_reply"
_KINDS_SHOWN = {"TEXT": "TEXT_POST", "CAROUSEL": "CAROUSEL_ALBUM"}
"""`media_type` of what is out, where it differs from that of the container. https://developers.facebook.com/docs/threads/threads-media, seen 2026-11-27"""
"""https://github.com/fbsamples/threads_api (src/index.js), seen 2026-11-27"""
_METRICS: Mapping[str, CounterName] = {
    "views": "views", "likes": "likes", "replies": "replies", "reposts": "reposts", "quotes": "quotes", "shares": "shares",
}  # fmt: skip
_OWN_ERRORS: Mapping[int, Kind] = {4279009: "spent", 4279013: "locked", 2207051: "unknown", 2207052: "wait"}
"""4279009: not found when it is published; by several tools' issues too early, or lost. 4279013: restricted. Seen 2026-11-27, not verified."""


def compose(publication: Publication) -> Payload:
    """Plain text; mentions, link and hashtags end the last post of the chain, a poll goes with it, a first comment replies to it.

    The link is the card of a post without pictures, and stands in the text of one with pictures.
    """
    words = publication.words
    messages = _compose_messages(words)
    last = len(messages) - (2 if words.first_comment else 1)
    parts = []
    for number, (text, media) in enumerate(messages):
        wire = _wire_fields(words, text, media, ends=number == last)
        parts.append(Part(text, length_units.emoji_as_bytes_length(text), wire, media))
    return Payload(words.network, COMPOSER, tuple(parts))


def refusal_reason(words: Words) -> str:
    """Why Threads does not take this poll, or these links."""
    messages = _compose_messages(words)
    last = len(messages) - (2 if words.first_comment else 1)
    if words.poll and messages[last][1]:
        return _("a post takes pictures or a poll, not both")
    if words.poll and words.poll_multiple:
        return _("on a poll on Threads people choose one option")
    if isinstance(FACTS.poll, Fact) and len(words.poll) > (most := FACTS.poll.value):
        return _("a poll on this network has at most {most} options, and this one has {count}", most=most, count=len(words.poll))
    if long := next((option for option in words.poll if length_units.emoji_as_bytes_length(option) > MAX_OPTION), None):
        return _(
            "a poll option on this network has at most {most} characters, and “{option}” has {count}",
            most=MAX_OPTION, option=long, count=length_units.emoji_as_bytes_length(long),
        )  # fmt: skip
    links = max(len(_links(words, text, media, ends=number == last)) for number, (text, media) in enumerate(messages))
    if links > MAX_LINKS:
        return _("a post on Threads takes {most} links, and this one has {count}", most=MAX_LINKS, count=links)
    return ""


def part_content(part: Part) -> PartContent:
    """The post under neutral names. A warning is lines of its text."""
    wire = part.wire
    card = wire.get("link_attachment")
    return PartContent(
        audience=str(wire.get("visibility", "public")),
        poll=tuple(map(str, wire.get("poll_attachment", {}).values())),
        card=LinkCard(str(card)) if card else None,
        pictures=part.media,
    )


def picture_limits(part: Part) -> PictureLimits:
    """The same for every post."""
    return FACTS.pictures


def host(channel: Channel) -> str:
    """Threads' own, or a server on this machine that channels.yml names."""
    return (channel.host or _HOST).partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Prepare the post and publish it."""
    from marronnier.networks.kit.graph.addresses import permalink
    from marronnier.networks.kit.graph.public_files import sent_files

    _raise_if_refused(sending.part)
    client = _client(account, web, sending)
    containers = _containers(client, sending)
    with containers.keeping():
        files: list[str] = []
        container = containers.ready(sending.payload_sha256, lambda: _container_fields(sending, containers, client, files))
        post = containers.publish(container)
    profile = f"https://www.threads.com/@{account.channel.account.removeprefix('@')}"
    return Delivery(post, permalink(client, post, profile), sent_files(files, sending))


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Ask for the state of its container, where the last attempt left one; then look among the account's own posts, or its replies."""
    from marronnier.networks.kit.graph.containers import surely_not_out
    from marronnier.networks.kit.graph.lookup import find_row, row_delivery, same_text, since_first_try

    client = _client(account, web, sending)
    not_out = surely_not_out(_containers(client, sending), sending)
    if not_out:
        return None
    listed = since_first_try(client, _REPLIES if sending.previous else _POSTS, _FIELDS, sending)
    kind = str(sending.part.wire.get("media_type", ""))
    row = find_row(
        listed, sending, lambda row: same_text(row.get("text") or "", sending.part.text),
        kind=_KINDS_SHOWN.get(kind, kind), is_out=not_out is False,
    )  # fmt: skip
    if row is None and not_out is False:
        raise Wait(_("it is published, and the account does not list it yet"))
    return row_delivery(row) if row is not None else None


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask for the post by its id; where a person gave an address, look for it among the account's own posts."""
    from marronnier.networks.kit.graph.lookup import is_there

    client = _client(account, web, None)
    post = _sent_id(delivery, client)
    return is_there(client, post, _POSTS) if post else None


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the post. https://developers.facebook.com/docs/threads/posts/delete-posts, seen 2026-11-27"""
    from marronnier.networks.kit.graph.client import node

    client = _client(account, web, None)
    post = _sent_id(delivery, client)
    if not post:
        raise Refused(_("the account does not list {url}", url=delivery.url))
    client.delete(node(post))


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """Views, likes, replies, reposts, quotes and shares. https://developers.facebook.com/docs/threads/insights, seen 2026-11-27"""
    from marronnier.networks.kit.graph.client import node, rows
    from marronnier.networks.kit.outcomes import counters

    client = _client(account, web, None)
    post = _sent_id(delivery, client)
    told = client.get_if_there(f"{node(post)}/insights", metric=",".join(_METRICS)) if post else None
    if told is None:
        return {}
    values = {str(row.get("name")): row["values"][0].get("value") for row in rows(told) if row.get("values")}
    return counters(values, _METRICS)


def post_id(address: str, channel: Channel) -> str:
    """The short code of a post of this account: `C0de` of https://www.threads.com/@jardin/post/C0de."""
    from marronnier.networks.kit.graph.addresses import short_code

    code = short_code(address, ("threads.com", "threads.net", host(channel)), ("post",))
    ours = channel.account.removeprefix("@").casefold()
    if f"/@{ours}/" not in address.casefold():
        raise Refused(_("{url} is of another account, and not of {account}", url=address, account=channel.account))
    return code


def identify(account: Account, web: Web) -> AccountStatus:
    """The account that the token belongs to."""
    client = _client(account, web, None)
    username = str(client.get("/me", fields="id,username").get("username") or "")
    return AccountStatus(
        account=f"@{username}" if username else "",
        is_channel_account=bool(username) and username.casefold() == account.channel.account.removeprefix("@").casefold(),
        server_time=client.server_now,
    )


def examine(account: Account, web: Web) -> AccountStatus:
    """The token's account, permissions and end, as far as the server tells a token of its own, and the posts left for today."""
    from marronnier.networks.kit.graph.client import rows
    from marronnier.networks.kit.graph.tokens import THREADS_TOKEN, debugged, missing_scopes, token_end, token_remarks

    client = _client(account, web, None)
    told = debugged(client)
    remarks = list(token_remarks(told, THREADS_TOKEN))
    for row in rows(client.get("/me/threads_publishing_limit", fields="quota_usage,config,reply_quota_usage,reply_config")):
        total = row["config"].get("quota_total") if isinstance(row.get("config"), dict) else None
        remarks.append(_("{used} of {total} posts in 24 hours are used", used=row.get("quota_usage", "?"), total=total or "?"))
    return identify(account, web)._replace(remarks=tuple(remarks), missing_scopes=missing_scopes(told, _SCOPES), expires=token_end(told))


def is_refreshable(secrets: Mapping[str, str]) -> bool:
    """Whether there is a token: it renews itself."""
    return bool(secrets.get("token"))


def refresh(account: Account, web: Web) -> IssuedSecrets:
    """Another token of sixty days."""
    from marronnier.networks.kit.graph import authorization

    return authorization.refresh(authorization.THREADS, account, web)


def register_client(account: Account, redirect: str, web: Web) -> None:
    """None: a person makes an application on Meta's pages."""


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The page where the account's owner consents."""
    from marronnier.networks.kit.graph import authorization

    return authorization.consent_address(authorization.THREADS, request, channel)


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token of sixty days for a code."""
    from marronnier.networks.kit.graph import authorization

    return authorization.redeem(authorization.THREADS, code, request, account, web)


def _compose_messages(words: Words) -> list[tuple[str, tuple[Picture, ...]]]:
    """Text and media of each post, the first comment last."""
    parts = written_parts(words)
    texts = [to_plain_text(part.markdown) for part in parts]
    texts[-1] = end_of_text(words, texts[-1], link=bool(parts[-1].media or words.poll), poll=False)
    texts[0] = warned(words, texts[0])
    pieces: list[tuple[str, ...]] = [(text,) for text in texts]
    if words.thread == "auto":
        limit = words.limit or FACTS.text.value  # type: ignore[union-attr]
        pieces = [threads.break_text(text, limit, length_units.emoji_as_bytes_length) for text in texts]
    messages = with_pictures(parts, pieces)
    return [*messages, (to_plain_text(words.first_comment), ())] if words.first_comment else messages


def _links(words: Words, text: str, media: tuple[Picture, ...], *, ends: bool) -> set[str]:
    """The links of one post, its card's among them."""
    return {link.text for link in entities.find_links(text)} | ({words.link} if ends and _has_card(words, text, media) else set())


def _has_card(words: Words, text: str, media: tuple[Picture, ...]) -> bool:
    """Whether the post's link is attached to this text: Threads makes the card of a link in the text itself."""
    return urls.is_web_url(words.link) and not media and not words.poll and not utm.contains_link(text, words.link)


def _wire_fields(words: Words, text: str, media: tuple[Picture, ...], *, ends: bool) -> dict[str, Any]:
    """The fields of the request, with media by digest: their addresses are only known when they are sent."""
    kind = "CAROUSEL" if len(media) > 1 else _kind(media[0]) if media else "TEXT"
    wire: dict[str, Any] = {"media_type": kind, "text": text}
    if media:
        wire["media"] = [{"sha256": picture.sha256, "alt": picture.alt} for picture in media]
    if ends and words.poll:
        wire["poll_attachment"] = {f"option_{letter}": option for letter, option in zip("abcdefgh", words.poll, strict=False)}
    if ends and _has_card(words, text, media):
        wire["link_attachment"] = words.link
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    return wire


def _kind(picture: Picture) -> str:
    return "VIDEO" if picture.is_video else "IMAGE"


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Threads surely refuses, before any request."""
    if part.wire.get("visibility", "public") != "public":
        raise Refused(_("a post on Threads can be read by everyone; it cannot keep a post for fewer people"))
    if "poll_attachment" in part.wire and part.media:
        raise Refused(_("a post takes pictures or a poll, not both"))
    if isinstance(most := FACTS.media, Fact) and len(part.media) > most.value:
        raise Refused(
            _("a post on Threads takes {most} pictures or videos, and this one has {count}", most=most.value, count=len(part.media))
        )
    if not part.text.strip() and not part.media:
        raise Refused(_("this post is empty"))


def _client(account: Account, web: Web, sending: SendRequest | None) -> GraphClient:
    from marronnier.networks.kit.graph.client import GraphClient, base_url

    return GraphClient(base_url(account, _HOST, _VERSION), account, web, sending.now if sending else None, _OWN_ERRORS)


def _containers(client: GraphClient, sending: SendRequest) -> Containers:
    from marronnier.networks.kit.graph.containers import Containers, ContainerSteps

    steps = ContainerSteps("/me/threads", "/me/threads_publish", "status", "error_message", lambda why: why == "UNKNOWN")
    return Containers(client, steps, sending)


def _container_fields(sending: SendRequest, containers: Containers, client: GraphClient, files: list[str]) -> Mapping[str, str]:
    """The form that prepares the post; the pictures of a carousel are prepared before it. `files` gets the SHA-256 of each."""
    wire = sending.part.wire
    fields = {name: str(wire[name]) for name in ("media_type", "text", "link_attachment") if wire.get(name)}
    if "poll_attachment" in wire:
        fields["poll_attachment"] = json.dumps(wire["poll_attachment"], ensure_ascii=False)
    if sending.previous:
        fields["reply_to_id"] = _sent_id(sending.previous[-1], client)
        if not fields["reply_to_id"]:
            raise Refused(_("the account does not list {url}, which this post replies to", url=sending.previous[-1].url))
    if wire["media_type"] != "CAROUSEL":
        return fields | (_file_fields(sending, 0, client, files) if sending.part.media else {})
    children = []
    for number, picture in enumerate(sending.part.media):

        def child(number: int = number, kind: str = _kind(picture)) -> Mapping[str, str]:
            return {"media_type": kind, "is_carousel_item": "true", **_file_fields(sending, number, client, files)}

        children.append(containers.ready(picture.sha256, child))
    return fields | {"children": ",".join(children)}


def _file_fields(sending: SendRequest, number: int, client: GraphClient, files: list[str]) -> dict[str, str]:
    """The fields of one picture or video, which stands at a public address."""
    from marronnier.networks.kit.graph.public_files import public_address

    picture, medium = sending.part.media[number], sending.part.wire["media"][number]
    found = public_address(sending, picture, picture_limits(sending.part), client.account, client.web)
    files.append(found.sha256)
    fields = {"video_url" if picture.is_video else "image_url": found.address}
    return fields | ({"alt_text": medium["alt"]} if medium["alt"] else {})


def _sent_id(delivery: Delivery, client: GraphClient) -> str:
    """The id of a post that was sent; empty where a person gave an address that the account does not list."""
    from marronnier.networks.kit.graph.addresses import sent_id

    code = post_id(delivery.id, client.account.channel) if delivery.id.startswith("http") else ""
    return sent_id(delivery, code, client, _POSTS, _REPLIES)
