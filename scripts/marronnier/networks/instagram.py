"""Instagram, for professional accounts: pictures, carousels, reels and stories, each prepared first and published in a second step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.graph.instagram_facts import FACTS
from marronnier.networks.kit.graph.plain_words import whole_text
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, Locked, PartContent, Refused, SendRequest, Wait
from marronnier.text import length_units
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
    from marronnier.networks.kit.graph.client import GraphClient
    from marronnier.networks.kit.graph.containers import Containers
    from marronnier.networks.kit.graph.errors import Kind
    from marronnier.web import Web

_DOCS = "https://developers.facebook.com/docs/instagram-platform"

NAME = "Instagram"
COMPOSER = 1
TRIED = Tried("documents", "2026-11-28")
LOOK = Look(pictures="slides", has_pictures_first=True, fold=Fact(125, "https://toolshake.xyz/", "2026-11-27", mark="second-hand"))
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("token",)
TOKEN_LIFE = Fact(
    60, "https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token", "2026-11-27", unit=N_("days")
)
REDIRECT = "https://localhost/"
"""An https address is asked for, and nothing answers there: whoever consented copies it from the browser. Not verified that `localhost` is taken."""
CLIENT_PAGE = "https://developers.facebook.com/apps"
MEDIA = ("image", "video")
IDEMPOTENT = False
SETTLE = Fact(300, f"{_DOCS}/content-publishing", seen="2026-11-27", unit=N_("seconds"), mark="unverified")
"""No page says how long a lost answer may still take effect: five minutes, as long as a container is asked for."""
CODE_IS_LIVE = True
"""A caption is plain text."""

_HOST = "graph.instagram.com"
"""The host for accounts that log in with Instagram: https://developers.facebook.com/docs/instagram-platform/content-publishing, seen 2026-11-27"""
_POSTS = "id,caption,permalink,timestamp,media_type,media_product_type"
_KINDS_SHOWN = {"": "IMAGE", "CAROUSEL": "CAROUSEL_ALBUM", "REELS": "VIDEO"}
"""`media_type` of what is out, by that of the container. https://developers.facebook.com/docs/instagram-platform/reference/instagram-media, seen 2026-11-27"""
_METRICS: Mapping[str, CounterName] = {"views": "views", "reach": "reach", "saved": "saves", "shares": "shares"}
_FIELDS: Mapping[str, CounterName] = {"like_count": "likes", "comments_count": "replies"}
"""https://pypi.org/project/facebook-business/ 26.0.3: IGMedia.Field, IGMedia.get_insights, seen 2026-11-27"""


def own_errors() -> Mapping[int, Kind]:
    """What Instagram's own subcodes mean. https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes, seen 2026-11-27.

    Which subcode goes with 2207006, 2207026, 2207050, 2207005, 2207009, 2207010 and 2207028 is not verified; 2207077 to 2207085 are of other tools.
    """
    return {
        **dict.fromkeys((2207004, 2207005, 2207009, 2207010, 2207023, 2207026, 2207028, 2207057, 2207081), "refused"),
        # The state of what was prepared tells what comes next: 2207020 and 2207032 make a new container.
        **dict.fromkeys((2207003, 2207052, 2207027, 2207042, 2207020, 2207032, 2207053, 2207008, 2207077, 2207082, 2207085), "wait"),
        2207006: "spent",
        **dict.fromkeys((2207001, 2207051), "unknown"),
        2207050: "locked",
    }


def compose(publication: Publication) -> Payload:
    """One post with all of its pictures and one caption; a first comment is the second part."""
    words = publication.words
    text = "" if words.format == "story" else whole_text(words, link=True)
    parts = [Part(text, length_units.utf16_length(text), _wire_fields(words, text), words.all_media)]
    if words.first_comment:
        comment = to_plain_text(words.first_comment)
        parts.append(Part(comment, length_units.utf16_length(comment), {"message": comment}))
    return Payload(words.network, COMPOSER, tuple(parts))


def refusal_reason(words: Words) -> str:
    """Why Instagram does not take this form."""
    count = len(words.all_media)
    if words.format == "story" and (words.text.strip() or words.link or words.mentions or words.poll):
        return _("a story on Instagram has no words of its own: leave its text, link, mentions and poll empty")
    if words.format == "story" and count > 1:
        return _("a story on Instagram is one picture or one video")
    if words.format == "story" and words.first_comment:
        return _("a story on Instagram has no comments")
    if words.format == "reel" and (count != 1 or not words.all_media[0].is_video):
        return _("a reel on Instagram is one video")
    if words.format == "carousel" and count == 1:
        return _("a carousel on Instagram has 2 to 10 pictures or videos")
    return ""


def part_content(part: Part) -> PartContent:
    """The post under neutral names. A warning and the options of a poll are lines of its caption."""
    return PartContent(audience=str(part.wire.get("visibility", "public")), pictures=part.media)


def picture_limits(part: Part) -> PictureLimits:
    """Those of a story, or of a post."""
    return FACTS.pictures_of("story" if part.wire.get("media_type") == "STORIES" else "post")


def host(channel: Channel) -> str:
    """Instagram's own, or a server on this machine that channels.yml names."""
    return (channel.host or _HOST).partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Prepare the post and publish it, or write the first comment."""
    from marronnier.networks.kit.graph.addresses import permalink
    from marronnier.networks.kit.graph.public_files import sent_files

    _raise_if_refused(sending.part)
    client = _client(account, web, sending)
    if "message" in sending.part.wire:
        return _send_comment(sending, client)
    user = _user(client)
    containers = _containers(client, user, sending)
    with containers.keeping():
        files: list[str] = []
        container = containers.ready(sending.payload_sha256, lambda: _container_fields(sending, containers, client, files))
        media = containers.publish(container)
    profile = f"https://www.instagram.com/{account.channel.account.removeprefix('@')}/"
    return Delivery(media, permalink(client, media, profile), sent_files(files, sending))


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Ask for the state of its container, where the last attempt left one; then look among the account's own posts."""
    from marronnier.networks.kit.graph.containers import surely_not_out
    from marronnier.networks.kit.graph.lookup import find_row, row_delivery, same_text, since_first_try

    client = _client(account, web, sending)
    if "message" in sending.part.wire:
        path = f"{_node(_known_media(sending.previous[0], client))}/comments"
        row = find_row(
            since_first_try(client, path, "id,text,timestamp", sending), sending, lambda row: same_text(row.get("text"), sending.part.text)
        )
        return row_delivery(row, sending.previous[0].url) if row is not None else None
    user = _user(client)
    not_out = surely_not_out(_containers(client, user, sending), sending)
    if not_out:
        return None
    kind = str(sending.part.wire.get("media_type", ""))
    listed = since_first_try(client, f"{user}/{'stories' if kind == 'STORIES' else 'media'}", _POSTS, sending)
    row = find_row(
        listed, sending, lambda row: same_text(row.get("caption") or "", sending.part.text),
        kind=_KINDS_SHOWN.get(kind, ""), is_out=not_out is False,
    )  # fmt: skip
    if row is None and not_out is False:
        raise Wait(_("it is published, and the account does not list it yet"))
    return row_delivery(row) if row is not None else None


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask for the post by its id; where a person gave an address, look for it among the account's own posts."""
    from marronnier.networks.kit.graph.lookup import is_there

    client = _client(account, web, None)
    user = _user(client)
    media = _media_id(delivery, client, user)
    # A story goes after a day by itself.
    gone = None if part.wire.get("media_type") == "STORIES" else False
    return gone if media and is_there(client, media, f"{user}/media") is False else True if media else None


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """Likes, comments, views, reach, saves and shares, one request for each but the first two: one that is not told fails the whole request."""
    from marronnier.networks.kit.outcomes import counters

    client = _client(account, web, None)
    media = _media_id(delivery, client, "")
    told = client.get_if_there(_node(media), fields=",".join(_FIELDS)) if media else None
    if told is None:
        return {}
    counted = dict(counters(told, _FIELDS))
    for metric, name in _METRICS.items():
        if (value := client.insight(media, metric)) is not None:
            counted |= counters({metric: value}, {metric: name})
    return counted


def post_id(address: str, channel: Channel) -> str:
    """The short code of a post: `C0de` of https://www.instagram.com/p/C0de/. An address does not tell whose post it is."""
    from marronnier.networks.kit.graph.addresses import short_code

    # A test's server stands on this machine.
    return short_code(address, ("instagram.com", host(channel)), ("p", "reel", "tv", "stories"))


def identify(account: Account, web: Web) -> AccountStatus:
    """The account that the token belongs to."""
    client = _client(account, web, None)
    me = client.get("/me", fields="user_id,username")
    username = str(me.get("username") or "")
    return AccountStatus(
        account=f"@{username}" if username else "",
        is_channel_account=bool(username) and username.casefold() == account.channel.account.removeprefix("@").casefold(),
        server_time=client.server_now,
    )


def examine(account: Account, web: Web) -> AccountStatus:
    """The token's account, the posts left for today, and how the token is renewed: this host does not tell a token's permissions or end."""
    from marronnier.networks.kit.graph.client import rows
    from marronnier.networks.kit.graph.tokens import INSTAGRAM_TOKEN, token_remarks

    client = _client(account, web, None)
    remarks = list(token_remarks({}, INSTAGRAM_TOKEN))
    for row in rows(client.get(f"{_user(client)}/content_publishing_limit", fields="quota_usage,config")):
        total = row["config"].get("quota_total") if isinstance(row.get("config"), dict) else None
        remarks.append(_("{used} of {total} posts in 24 hours are used", used=row.get("quota_usage", "?"), total=total or "?"))
    return identify(account, web)._replace(remarks=tuple(remarks))


def is_refreshable(secrets: Mapping[str, str]) -> bool:
    """Whether there is a token: it renews itself."""
    return bool(secrets.get("token"))


def refresh(account: Account, web: Web) -> IssuedSecrets:
    """Another token of sixty days."""
    from marronnier.networks.kit.graph import authorization

    return authorization.refresh(authorization.INSTAGRAM, account, web)


def register_client(account: Account, redirect: str, web: Web) -> None:
    """None: a person makes an application on Meta's pages."""


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The page where the account's owner consents."""
    from marronnier.networks.kit.graph import authorization

    return authorization.consent_address(authorization.INSTAGRAM, request, channel)


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token of sixty days for a code."""
    from marronnier.networks.kit.graph import authorization

    return authorization.redeem(authorization.INSTAGRAM, code, request, account, web)


def _wire_fields(words: Words, text: str) -> dict[str, Any]:
    """The fields of the request, with media by digest: their addresses are only known when they are sent."""
    media = words.all_media
    kind = "STORIES" if words.format == "story" else "CAROUSEL" if len(media) > 1 else "REELS" if media and media[0].is_video else ""
    wire: dict[str, Any] = {"media": [_medium(picture, kind) for picture in media]}
    if kind:
        wire["media_type"] = kind
    if kind != "STORIES":
        wire["caption"] = text
    if words.visibility not in ("", "public"):
        wire["visibility"] = words.visibility
    return wire


def _medium(picture: Picture, kind: str) -> dict[str, str]:
    """A picture or video. Only pictures outside of stories have an alternative text."""
    has_alt = not picture.is_video and kind != "STORIES"
    return {"sha256": picture.sha256, "alt": picture.alt} if has_alt else {"sha256": picture.sha256}


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that Instagram surely refuses, before any request."""
    if part.wire.get("visibility", "public") != "public":
        raise Refused(_("a post of a professional account on Instagram is public; it cannot keep a post for fewer people"))
    if "message" not in part.wire and not part.media:
        raise Refused(_("Instagram takes no post without a picture or a video"))
    if isinstance(most := FACTS.media, Fact) and len(part.media) > most.value:
        raise Refused(_("Instagram takes {most} pictures or videos, and this post has {count}", most=most.value, count=len(part.media)))


def _client(account: Account, web: Web, sending: SendRequest | None) -> GraphClient:
    from marronnier.networks.kit.graph.client import GraphClient, base_url

    if not account.channel.account:
        raise Locked(_('{channel} needs its account in brand/channels.yml, as `account: "@jardin"`', channel=account.channel_name))
    return GraphClient(base_url(account, _HOST), account, web, sending.now if sending else None, own_errors())


def _node(id: str) -> str:
    from marronnier.networks.kit.graph.client import node

    return node(id)


def _user(client: GraphClient) -> str:
    """The path of the token's account. https://developers.facebook.com/docs/instagram-platform/content-publishing, seen 2026-11-27"""
    from marronnier.networks.kit.graph.client import identifier

    return _node(identifier(client.get("/me", fields="user_id,username"), publishes=False, name="user_id"))


def _containers(client: GraphClient, user: str, sending: SendRequest) -> Containers:
    from marronnier.networks.kit.graph.containers import Containers, ContainerSteps

    steps = ContainerSteps(f"{user}/media", f"{user}/media_publish", "status_code", "status", _may_pass)
    return Containers(client, steps, sending)


def _may_pass(status: str) -> bool:
    """Whether the same may succeed once more: a file that could not be fetched or processed. The subcode stands in `status`."""
    passing = {code for code, kind in own_errors().items() if kind in ("wait", "spent")}
    return any(str(code) in status for code in passing)


def _container_fields(sending: SendRequest, containers: Containers, client: GraphClient, files: list[str]) -> Mapping[str, str]:
    """The form that prepares the post; the pictures of a carousel are prepared before it. `files` gets the SHA-256 of each."""
    wire = sending.part.wire
    fields = {"media_type": str(wire["media_type"])} if "media_type" in wire else {}
    if wire.get("caption"):
        fields["caption"] = wire["caption"]
    if wire.get("media_type") != "CAROUSEL":
        return fields | _file_fields(sending, 0, client, files)
    children = []
    for number, picture in enumerate(sending.part.media):

        def child(number: int = number, kind: str = "VIDEO" if picture.is_video else "") -> Mapping[str, str]:
            kinds = {"media_type": kind} if kind else {}
            return {"is_carousel_item": "true", **kinds, **_file_fields(sending, number, client, files)}

        children.append(containers.ready(picture.sha256, child))
    return fields | {"children": ",".join(children)}


def _file_fields(sending: SendRequest, number: int, client: GraphClient, files: list[str]) -> dict[str, str]:
    """The fields of one picture or video, which stands at a public address."""
    from marronnier.networks.kit.graph.public_files import public_address

    picture, medium = sending.part.media[number], sending.part.wire["media"][number]
    address, sha256 = public_address(sending, picture, picture_limits(sending.part), client.account, client.web)
    files.append(sha256)
    fields = {"video_url" if picture.is_video else "image_url": address}
    return fields | ({"alt_text": medium["alt"]} if medium.get("alt") else {})


def _send_comment(sending: SendRequest, client: GraphClient) -> Delivery:
    """The first comment. No `fields`: with them the server answers an error after it took the comment (brightbean-studio, seen 2026-11-27)."""
    from marronnier.networks.kit.graph.client import identifier

    post = sending.previous[0]
    answer = client.post(f"{_node(_known_media(post, client))}/comments", {"message": sending.part.text}, publishes=True)
    return Delivery(identifier(answer, publishes=True), post.url)


def _known_media(delivery: Delivery, client: GraphClient) -> str:
    """As `_media_id`. Raises Refused where the account does not list the address."""
    if not (media := _media_id(delivery, client, "")):
        raise Refused(_("the account does not list {url}", url=delivery.url))
    return media


def _media_id(delivery: Delivery, client: GraphClient, user: str) -> str:
    """The id of a post that was sent; empty where a person gave an address that the account does not list."""
    from marronnier.networks.kit.graph.addresses import sent_id

    if not delivery.id.startswith("http"):
        return delivery.id
    return sent_id(delivery, post_id(delivery.id, client.account.channel), client, f"{user or _user(client)}/media")
