"""Facebook, for Pages: posts with links or pictures, videos, reels and a first comment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication, Words
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.graph.facebook_facts import FACTS
from marronnier.networks.kit.graph.plain_words import whole_text
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, LinkCard, PartContent, Refused, SendRequest, Unknown, Wait
from marronnier.text import length_units, urls, utm
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
    from marronnier.networks.kit.graph.client import GraphClient
    from marronnier.networks.kit.graph.errors import Kind
    from marronnier.web import Web

_POSTS_PAGE = "https://developers.facebook.com/docs/pages-api/posts"

NAME = "Facebook"
COMPOSER = 1
TRIED = Tried("documents", "2026-11-28")
LOOK = Look(fold=Fact(250, "https://github.com/brightbeanxyz/brightbean-studio", "2026-11-27", mark="unverified"))
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("token",)
REDIRECT = "http://localhost:{port}/"
"""An application that is still being developed takes this machine's addresses. Not verified."""
CLIENT_PAGE = "https://developers.facebook.com/apps"
MEDIA = ("image", "video")
IDEMPOTENT = False
SETTLE = Fact(300, _POSTS_PAGE, seen="2026-11-27", unit=N_("seconds"), mark="unverified")
"""No page says how long a lost answer may still take effect."""
CODE_IS_LIVE = True
"""A post is plain text."""

_HOST = "graph.facebook.com"
_SCOPES = ("pages_manage_posts", "pages_read_engagement", "pages_manage_engagement")
"""https://developers.facebook.com/docs/pages-api/posts, seen 2026-11-27; `publish_video` too for videos."""
_FIELDS = "id,message,created_time,permalink_url"
_METRICS: Mapping[str, CounterName] = {"post_media_view": "views", "post_total_media_view_unique": "reach", "post_clicks": "clicks"}
_SUMMARIES = "comments.limit(0).summary(true),{likes}.limit(0).summary(true)"
_OWN_ERRORS: Mapping[int, Kind] = {
    **dict.fromkeys((1366046, 2069019, 1609008, 2061006, 1349125, 1346003, 1404102), "refused"),
    # Photos that stand in a post already: it may be this one.
    **dict.fromkeys((1366051, 1363047, 1609010), "unknown"),
    1390008: "wait",
    1404078: "locked",
}  # fmt: skip
"""Subcodes that one other tool knows (postiz-app, seen 2026-11-27): not verified."""


def compose(publication: Publication) -> Payload:
    """One post with all of its pictures, or a video; a first comment is the second part. The link is the card of a post without pictures."""
    words = publication.words
    text = whole_text(words, link=bool(words.all_media))
    parts = [Part(text, length_units.utf16_length(text), _wire_fields(words, text), words.all_media)]
    if words.first_comment:
        comment = to_plain_text(words.first_comment)
        parts.append(Part(comment, length_units.utf16_length(comment), {"message": comment}))
    return Payload(words.network, COMPOSER, tuple(parts))


def refusal_reason(words: Words) -> str:
    """Why a Page does not take this form."""
    if words.format == "reel" and (len(words.all_media) != 1 or not words.all_media[0].is_video):
        return _("a reel on Facebook is one video")
    return ""


def part_content(part: Part) -> PartContent:
    """The post under neutral names. A warning and the options of a poll are lines of its text."""
    link = part.wire.get("link")
    audience = str(part.wire.get("visibility", "public"))
    return PartContent(audience, card=LinkCard(str(link)) if link else None, pictures=part.media)


def host(channel: Channel) -> str:
    """Facebook's own, or a server on this machine that channels.yml names."""
    return (channel.host or _HOST).partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload what it has, where nobody sees it yet, then publish the post; or write the first comment."""
    from marronnier.networks.kit.graph.client import identifier
    from marronnier.networks.kit.graph.page_videos import publish_video

    _raise_if_refused(sending.part)
    client = _client(account, web, sending)
    if sending.previous:
        path = f"{_node(_known_id(sending.previous[0], client))}/comments"
        comment = identifier(client.post(path, {"message": sending.part.text}, publishes=True), publishes=True)
        return Delivery(comment, _permalink(client, comment, sending.previous[0].url))
    page = _page(client)
    if "description" in sending.part.wire:
        return publish_video(sending, client, page)
    photos = dict(sending.uploads)
    try:
        files = _upload_photos(sending, client, page, photos)
        form = {name: str(sending.part.wire[name]) for name in ("message", "link") if sending.part.wire.get(name)}
        if sending.part.media:
            form["attached_media"] = json.dumps([{"media_fbid": photos[picture.sha256]} for picture in sending.part.media])
        post = identifier(client.post(f"{page}/feed", form, publishes=True), publishes=True)
    except Wait as wait:
        raise Wait(str(wait), wait.until, uploads=photos) from wait
    except Unknown as unknown:
        raise Unknown(str(unknown), uploads=photos) from unknown
    return Delivery(post, _permalink(client, post, f"https://www.facebook.com{page}"), files)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Look the part up among the Page's own posts, or the post's comments, since the first attempt; ask a video for its state."""
    from marronnier.networks.kit.graph.lookup import find_row, row_delivery, same_text, since_first_try
    from marronnier.networks.kit.graph.page_videos import find_video

    client = _client(account, web, sending)
    if "description" in sending.part.wire:
        return find_video(sending, client, _page(client))
    path = f"{_node(_sent_id(sending.previous[0], client))}/comments" if sending.previous else f"{_page(client)}/published_posts"
    row = find_row(
        since_first_try(client, path, _FIELDS, sending), sending, lambda row: same_text(row.get("message") or "", sending.part.text)
    )
    return row_delivery(row, _absolute(row.get("permalink_url"))) if row is not None else None


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask for the post by its id, and for the state of a video: it may be rejected after it was taken."""
    from marronnier.networks.kit.graph.lookup import is_there
    from marronnier.networks.kit.graph.page_videos import video_state

    client = _client(account, web, None)
    post = _sent_id(delivery, client)
    if not post:
        return None
    if is_there(client, post, f"{_page(client)}/published_posts") is False:
        return False
    return video_state(client, post) != "error" if "description" in part.wire else True


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the post, video or comment."""
    client = _client(account, web, None)
    client.delete(_node(_known_id(delivery, client)))


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Correct the words. Facebook lets a program change only what it posted itself (not verified)."""
    field = "description" if "description" in was.wire else "message"
    kept, new = ({name: value for name, value in part.wire.items() if name != field} for part in (was, sending.part))
    if kept != new:
        raise Refused(_("only the words of a post can be corrected on Facebook: pictures, links and alternative texts stay"))
    client = _client(account, web, sending)
    client.post(_node(_known_id(delivery, client)), {field: sending.part.text}, publishes=True)
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """Reactions, comments and shares; views, reach and clicks, one request for each: one that is not told fails the whole request."""
    from marronnier.networks.kit.outcomes import counters

    client = _client(account, web, None)
    post, is_video = _sent_id(delivery, client), "description" in part.wire
    likes = "likes" if is_video else "reactions"
    fields = _SUMMARIES.format(likes=likes) + ("" if is_video else ",shares")
    told = client.get_if_there(_node(post), fields=fields) if post else None
    if told is None:
        return {}
    values = {
        "replies": _total(told.get("comments")),
        "likes": _total(told.get(likes)),
        "shares": _mapping(told.get("shares")).get("count"),
    }
    counted = dict(counters(values, {"replies": "replies", "likes": "likes", "shares": "shares"}))
    for metric, name in {} if is_video else _METRICS.items():
        if (value := client.insight(post, metric)) is not None:
            counted |= counters({metric: value}, {metric: name})
    return counted


def identify(account: Account, web: Web) -> AccountStatus:
    """The Page that the token belongs to."""
    client = _client(account, web, None)
    me = client.get("/me", fields="id,name,username")
    names = {str(me[name]).casefold() for name in ("id", "username") if me.get(name)}
    return AccountStatus(
        account=str(me.get("username") or me.get("id") or ""),
        is_channel_account=account.channel.account.removeprefix("@").casefold() in names,
        server_time=client.server_now,
    )


def examine(account: Account, web: Web) -> AccountStatus:
    """The token's Page, permissions and end."""
    from marronnier.networks.kit.graph.tokens import PAGE_TOKEN, debugged, missing_scopes, token_end, token_remarks

    client = _client(account, web, None)
    told = debugged(client)
    remarks = tuple(token_remarks(told, PAGE_TOKEN))
    return identify(account, web)._replace(remarks=remarks, missing_scopes=missing_scopes(told, _SCOPES), expires=token_end(told))


def register_client(account: Account, redirect: str, web: Web) -> None:
    """None: a person makes an application on Meta's pages."""


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The page where somebody who manages the Page consents."""
    from marronnier.networks.kit.graph import authorization

    return authorization.page_consent_address(request, channel)


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The Page's token for a code."""
    from marronnier.networks.kit.graph import authorization

    return authorization.redeem_page(code, request, account, web)


def _wire_fields(words: Words, text: str) -> dict[str, Any]:
    """The fields of the request, with media by digest: their ids are only known when they are sent."""
    media = words.all_media
    wire: dict[str, Any] = {"message": text}
    if media and media[0].is_video and len(media) == 1:
        wire = {"description": text, "media": [{"sha256": media[0].sha256}]}
        wire |= {"video_state": "PUBLISHED"} if words.format == "reel" else {}
    elif media:
        wire["media"] = [{"sha256": picture.sha256, "alt": picture.alt} for picture in media]
    elif urls.is_web_url(words.link) and not utm.contains_link(text, words.link):
        wire["link"] = words.link
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    return wire


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Facebook surely refuses, before any request."""
    from marronnier.networks.kit.sealed_media import refuse_second_video

    if part.wire.get("visibility", "public") != "public":
        raise Refused(_("a post of a Page on Facebook is public; it cannot keep a post for fewer people"))
    refuse_second_video(part.media)
    if isinstance(most := FACTS.media, Fact) and len(part.media) > most.value:
        raise Refused(_("Facebook takes {most} pictures, and this post has {count}", most=most.value, count=len(part.media)))
    if not part.text.strip() and not part.media and "link" not in part.wire:
        raise Refused(_("this post is empty"))


def _client(account: Account, web: Web, sending: SendRequest | None) -> GraphClient:
    from marronnier.networks.kit.graph.client import GraphClient, base_url

    return GraphClient(base_url(account, _HOST), account, web, sending.now if sending else None, _OWN_ERRORS)


def _node(id: str) -> str:
    from marronnier.networks.kit.graph.client import node

    return node(id)


def _page(client: GraphClient) -> str:
    """The path of the token's Page."""
    from marronnier.networks.kit.graph.client import identifier

    return _node(identifier(client.get("/me", fields="id"), publishes=False))


def _upload_photos(sending: SendRequest, client: GraphClient, page: str, photos: dict[str, str]) -> tuple[str, ...]:
    """The SHA-256 of each picture as it was uploaded; `photos` gets their ids. Nobody sees one before a post has it."""
    from marronnier.networks.kit.graph.client import identifier
    from marronnier.networks.kit.sealed_media import prepare_picture

    files = []
    for number, picture in enumerate(sending.part.media, 1):
        made = prepare_picture(sending, picture, FACTS.pictures)
        files.append(made.sha256)
        if picture.sha256 in photos:
            continue
        form = {"published": "false", **({"alt_text_custom": picture.alt} if picture.alt else {})}
        file = (f"{number}.{made.mime.rpartition('/')[2]}", made.data, made.mime)
        answer = client.post(f"{page}/photos", form, publishes=False, files={"source": file})
        photos[picture.sha256] = identifier(answer, publishes=False)
    return tuple(files)


def _sent_id(delivery: Delivery, client: GraphClient) -> str:
    """The id of a post that was sent; where a person gave its address, that of the Page's post there, empty where it lists none."""
    from marronnier.networks.kit.graph.lookup import since_first_try

    if not delivery.id.startswith("http"):
        return delivery.id
    rows = since_first_try(client, f"{_page(client)}/published_posts", _FIELDS, None)
    return next((str(row.get("id")) for row in rows if _same_address(_absolute(row.get("permalink_url")), delivery.id)), "")


def _known_id(delivery: Delivery, client: GraphClient) -> str:
    """As `_sent_id`. Raises Refused where the Page does not list the address."""
    if not (post := _sent_id(delivery, client)):
        raise Refused(_("the account does not list {url}", url=delivery.url))
    return post


def _permalink(client: GraphClient, id: str, otherwise: str) -> str:
    from marronnier.networks.kit.graph.addresses import permalink

    return permalink(client, id, otherwise, "permalink_url")


def _absolute(address: object) -> object:
    """An address that may lack its host, as those of videos do."""
    return f"https://www.facebook.com{address}" if isinstance(address, str) and address.startswith("/") else address


def _same_address(one: object, other: str) -> bool:
    """Whether two addresses differ in no more than what Facebook's own pages add to one."""
    if not isinstance(one, str):
        return False
    first, second = urlsplit(one), urlsplit(other)
    same_query = first.query == second.query or not first.path.endswith(".php")
    return first.path.rstrip("/") == second.path.rstrip("/") and same_query


def _total(edge: object) -> object:
    return _mapping(_mapping(edge).get("summary")).get("total_count")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
