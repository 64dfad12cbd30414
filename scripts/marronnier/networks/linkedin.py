"""LinkedIn: posts of a page (an organization's URN) or of a member (a person's URN), by the account in `brand/channels.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.linkedin import little_text, urns
from marronnier.networks.kit.linkedin.linkedin_facts import (
    DURATIONS,
    FACTS,
    MAX_COMMENT,
    MAX_OPTION,
    MAX_QUESTION,
    MAX_TEXT,
    TOKEN_DAYS,
    VERSION,
    version_end,
)
from marronnier.networks.kit.look import Look, Profile
from marronnier.networks.kit.sealed_media import refuse_second_video
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, LinkCard, PartContent, Refused, SendRequest
from marronnier.text import hashtags, threads, urls, utm
from marronnier.text.plain_text import to_plain_text

if TYPE_CHECKING:
    from marronnier.networks.kit.credentials import ConsentRequest, IssuedSecrets
    from marronnier.networks.kit.linkedin.client import LinkedinClient
    from marronnier.web import Web

__all__ = ["VERSION", "version_end"]

NAME = "LinkedIn"
COMPOSER = 1
TRIED = Tried("documents", "2026-11-28")
LOOK = Look(fold=Fact(210, "https://socialpreviewhub.com/", "2026-11-27", mark="second-hand"), fold_lines=3, avatar="square")
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("token",)
OPTIONAL_SECRETS: tuple[str, ...] = ("client_id", "client_secret", "refresh_token")
"""The application's, for asking when the token ends; and the token that renews it, which LinkedIn gives to some partners only."""
TOKEN_LIFE = Fact(TOKEN_DAYS, "https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens", "2026-11-27", unit=N_("days"))  # fmt: skip
REDIRECT = "http://localhost:{port}/"
"""LinkedIn takes the addresses that the application names, this machine's among them (two independent implementations, seen 2026-11-28)."""
CLIENT_PAGE = "https://www.linkedin.com/developers/apps"
IDEMPOTENT = False
"""LinkedIn refuses the same words again, within a time that nobody publishes: that proves nothing about the post."""
SETTLE = Fact(60, "https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api", "2026-11-27", unit=N_("seconds"), mark="unverified")  # fmt: skip
MEDIA = ("image", "video", "document")

_VISIBILITY = {"": "PUBLIC", "public": "PUBLIC", "followers": "CONNECTIONS"}
_AUDIENCES = {"PUBLIC": "public", "CONNECTIONS": "followers", "unlisted": "unlisted", "direct": "direct"}
_DISTRIBUTION: Mapping[str, Any] = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}


def compose(publication: Publication) -> Payload:
    """Little text, with the parts of a thread as paragraphs; media, a poll or the link's card as content; a first comment as a second part.

    The request lacks what is only known when it is sent: the author, and the URNs of media, which stand there by their digest.
    """
    words = publication.words
    little = little_text.to_little_text(_plain_text(words))
    wire: dict[str, Any] = {
        "commentary": little.wire,
        "visibility": _VISIBILITY.get(words.visibility, words.visibility),
        "distribution": _DISTRIBUTION,
        "lifecycleState": "PUBLISHED",
    }
    if content := _content(words):
        wire["content"] = content
    parts = [Part(little.shown, len(little.wire), wire, words.all_media)]
    if words.first_comment:
        comment = to_plain_text(words.first_comment)
        # Whoever reads the post reads its comment: the audience is not part of the request.
        parts.append(Part(comment, len(comment), {"message": {"text": comment}, "visibility": wire["visibility"]}))
    return Payload(words.network, COMPOSER, tuple(parts))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The parts with text and count, without their requests."""
    return tuple(Part(part.text, part.count) for part in compose(publication).parts)


def refusal_reason(words: Words) -> str:
    """Why LinkedIn would refuse these words, their poll or their media."""
    if words.visibility == "followers" and urns.is_page(words.account):
        return _("a page's post on LinkedIn is for everyone")
    if urn := little_text.bare_urn(_plain_text(words)):
        return _("{urn} would stand in the words; write `@[Name]({urn})` in brand/handles.yml, with the exact name on LinkedIn", urn=urn)
    if words.first_comment and len(to_plain_text(words.first_comment)) > MAX_COMMENT:
        return _("a comment on LinkedIn has at most {most} characters", most=MAX_COMMENT)
    if words.format == "document" and not any(medium.is_document for medium in words.all_media):
        return _("`format: document` on LinkedIn is one PDF under `media:`")
    return _media_refusal(words.all_media) or (_poll_refusal(words) if words.poll else "")


def is_mention(handle: str) -> bool:
    """Whether a handle is `@[Name](urn:li:organization:…)`, or the same of a person."""
    return little_text.is_mention(handle)


def part_content(part: Part) -> PartContent:
    """The post or the comment under neutral names."""
    content = part.wire.get("content", {})
    card = content.get("article")
    return PartContent(
        audience=_AUDIENCES.get(part.wire.get("visibility", ""), "unknown"),
        poll=tuple(str(option["text"]) for option in content.get("poll", {}).get("options", ())),
        card=LinkCard(str(card["source"]), str(card["title"])) if card else None,
        pictures=part.media,
        document_title=str(content.get("media", {}).get("title", "")) if any(one.is_document for one in part.media) else "",
    )


def profile(channel: Channel) -> Profile:
    """The page's or member's name alone: nobody sees a URN."""
    return Profile()


def host(channel: Channel) -> str:
    """The host of the API."""
    return urns.host(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the media, then publish the post; or comment on it."""
    from marronnier.networks.kit.linkedin import posts
    from marronnier.networks.kit.linkedin.uploads import MediaUpload

    _raise_if_refused(sending, urns.is_page(account.channel.account))
    client = _client(account, web, sending.now)
    if sending.previous:
        return posts.create_comment(sending.part.wire["message"]["text"], sending, client)
    uploaded = MediaUpload(sending, client, FACTS.pictures).upload_all(sending.part.media)
    wire = _with_urns(sending.part, [urn for urn, _sha256 in uploaded])
    return replace(posts.create_post(wire, sending, client), files=tuple(sha256 for _urn, sha256 in uploaded))


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Look the post up among the page's own, or the comment below its post. Only a person can look for a member's."""
    from marronnier.networks.kit.linkedin.lookup import find_post

    return find_post(sending, _client(account, web, sending.now))


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask LinkedIn for the post by its URN."""
    from marronnier.networks.kit.linkedin import posts

    return posts.is_there(delivery, _client(account, web, None))


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the post. A first comment goes with its post."""
    from marronnier.networks.kit.linkedin import posts

    if not urns.is_comment(delivery.id):
        posts.delete_post(urns.delivered_post(delivery.id, account.channel), _client(account, web, None))


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Correct the words of the post; all else stays as it was sent."""
    from marronnier.networks.kit.linkedin import posts

    now, before = ({name: value for name, value in part.wire.items() if name != "commentary"} for part in (sending.part, was))
    if urns.is_comment(delivery.id):
        raise Refused(_("a first comment on LinkedIn is corrected there, by hand"))
    if now != before:
        raise Refused(_("on LinkedIn only the words of a post can be corrected: its pictures, card, poll and audience stay as they are"))
    _raise_if_refused(sending, urns.is_page(account.channel.account))
    client = _client(account, web, sending.now)
    posts.edit_words(sending.part.wire["commentary"], urns.delivered_post(delivery.id, account.channel), client)
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """What LinkedIn counts of the post; of a comment nothing."""
    from marronnier.networks.kit.linkedin.post_counters import count_post

    if urns.is_comment(delivery.id):
        return {}
    return count_post(urns.delivered_post(delivery.id, account.channel), _client(account, web, None))


def post_id(address: str, channel: Channel) -> str:
    """The URN of the post at an address, which does not tell whose it is."""
    return urns.read_post_address(address, channel)


def identify(account: Account, web: Web) -> AccountStatus:
    """The member whose token it is, or whether its member may post as the page."""
    from marronnier.networks.kit.linkedin.account_check import identify_account

    return identify_account(_client(account, web, None))


def examine(account: Account, web: Web) -> AccountStatus:
    """The token's account, its scopes and its end, and the end of the API's version."""
    from marronnier.networks.kit.linkedin.account_check import check_account

    return check_account(account, _client(account, web, None))


def is_refreshable(secrets: Mapping[str, str]) -> bool:
    """Whether LinkedIn gave a token that renews, and the application's id and secret are there too."""
    return all(secrets.get(name) for name in OPTIONAL_SECRETS)


def refresh(account: Account, web: Web) -> IssuedSecrets:
    """Another token of sixty days."""
    from marronnier.networks.kit.linkedin import authorization

    return authorization.refresh(account, web)


def register_client(account: Account, redirect: str, web: Web) -> None:
    """None: a person makes an application for the page that it belongs to."""


def consent_address(request: ConsentRequest, channel: Channel) -> str:
    """The page where a member consents."""
    from marronnier.networks.kit.linkedin import authorization

    return authorization.consent_address(request, channel)


def redeem(code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
    """The token for a code."""
    from marronnier.networks.kit.linkedin import authorization

    return authorization.redeem(code, request, account, web)


def _client(account: Account, web: Web, now: datetime | None) -> LinkedinClient:
    from marronnier.networks.kit.linkedin.client import LinkedinClient

    return LinkedinClient(account, web, now)


def _plain_text(words: Words) -> str:
    """The words with what ends them: mentions that they lack, the link where it has no card, hashtags. Code is shielded: nothing in it is live."""
    text = "\n\n".join(filter(None, (to_plain_text(part, shield_code=True) for part in threads.split_parts(words.text))))
    mentions = " ".join(name for name in words.mentions if name.casefold() not in text.casefold())
    # A card needs words above it: a post always has some, or a picture.
    has_card = bool(text or mentions) and not (words.all_media or words.poll)
    link = words.link if urls.is_web_url(words.link) and not has_card and not utm.contains_link(text, words.link) else ""
    return hashtags.place_hashtags("\n\n".join(filter(None, (text, mentions, link))), words.tags, "end")


def _content(words: Words) -> dict[str, Any]:
    """The media, the poll or the card of a post: it has one of them."""
    media = words.all_media
    if len(media) == 1:
        return {"media": _single_medium(words, media[0])}
    if media:
        return {"multiImage": {"images": [_image(picture) for picture in media]}}
    if words.poll:
        options = [{"text": option} for option in words.poll]
        days, rest = divmod(words.poll_minutes, 24 * 60)
        duration = DURATIONS.get(days, "") if not rest else ""
        return {"poll": {"question": _question(words), "options": options, "settings": {"duration": duration}}}
    if urls.is_web_url(words.link):
        # LinkedIn reads no page: a card has what is sent. An empty title was not tried.
        return {"article": {"source": words.link, "title": words.title or words.link.partition("://")[2]}}
    return {}


def _single_medium(words: Words, medium: Picture) -> dict[str, Any]:
    if not (medium.is_video or medium.is_document):
        return _image(medium)
    # A document needs a title. A video takes no alternative text.
    name = medium.path.rpartition("/")[2].rpartition(".")[0]
    title = words.title or (name if medium.is_document else "")
    return {"id": {"sha256": medium.sha256}, **({"title": title} if title else {})}


def _image(picture: Picture) -> dict[str, Any]:
    return {"id": {"sha256": picture.sha256}, **({"altText": picture.alt} if picture.alt else {})}


def _question(words: Words) -> str:
    return words.title or little_text.to_little_text(_plain_text(replace(words, tags=(), mentions=(), link=""))).shown


def _with_urns(part: Part, uploaded: Sequence[str]) -> dict[str, Any]:
    """The request with the URNs of its media in place of their digests."""
    wire = dict(part.wire)
    if wire["visibility"] == "unlisted":
        wire["visibility"] = "PUBLIC"
    content = wire.get("content", {})
    if "media" in content:
        wire["content"] = {"media": {**content["media"], "id": uploaded[0]}}
    elif "multiImage" in content:
        images = zip(content["multiImage"]["images"], uploaded, strict=True)
        wire["content"] = {"multiImage": {"images": [{**image, "id": urn} for image, urn in images]}}
    return wire


def _raise_if_refused(sending: SendRequest, is_page: bool) -> None:
    """Raises Refused for a payload that LinkedIn surely refuses, or would cut, before its first part is out."""
    for part in sending.parts or (sending.part,):
        if (text := part.wire.get("message", {}).get("text")) is not None:
            if len(text) > MAX_COMMENT:
                raise Refused(_("a comment on LinkedIn has at most {most} characters", most=MAX_COMMENT))
            continue
        visibility = part.wire.get("visibility")
        if visibility == "direct" or (visibility == "CONNECTIONS" and is_page):
            raise Refused(_("a page's post on LinkedIn is for everyone") if is_page else _("LinkedIn cannot keep a post for single people"))
        if part.count > MAX_TEXT:
            raise Refused(_("LinkedIn would cut this text: it counts {count}, and {most} are taken", count=part.count, most=MAX_TEXT))
        if urn := little_text.bare_urn(part.text):
            raise Refused(
                _("{urn} would stand in the words; write `@[Name]({urn})` in brand/handles.yml, with the exact name on LinkedIn", urn=urn)
            )
        if not part.text.strip() and "content" not in part.wire:
            raise Refused(_("this post is empty"))
        refuse_second_video(part.media)
        if why := _media_refusal(part.media) or _wire_poll_refusal(part.wire.get("content", {}).get("poll")):
            raise Refused(why)


def _media_refusal(media: Sequence[Picture]) -> str:
    if len(media) > (most := FACTS.media.value):  # type: ignore[union-attr]
        return _("LinkedIn takes {most} pictures, and this post has {count}", most=most, count=len(media))
    if len(media) > 1 and any(medium.is_document for medium in media):
        return _("a post on LinkedIn takes one document, and nothing beside it")
    return ""


def _poll_refusal(words: Words) -> str:
    if words.all_media:
        return _("a post takes pictures or a poll, not both")
    if words.poll_multiple:
        return _("on LinkedIn everybody has one vote in a poll")
    return _wire_poll_refusal(_content(words).get("poll"))


def _wire_poll_refusal(poll: Mapping[str, Any] | None) -> str:
    if poll is None:
        return ""
    options, most = [str(option["text"]) for option in poll["options"]], FACTS.poll.value  # type: ignore[union-attr]
    if not 2 <= len(options) <= most:
        return _("a poll on LinkedIn has two to {most} options, and this one has {count}", most=most, count=len(options))
    if long := next((option for option in options if len(option) > MAX_OPTION), None):
        return _(
            "an option of a poll on LinkedIn has at most {most} characters: “{option}” has {count}",
            most=MAX_OPTION,
            option=long,
            count=len(long),
        )
    if len(poll["question"]) > MAX_QUESTION:
        return _("the question of a poll on LinkedIn is the title, or the words without one: at most {most} characters", most=MAX_QUESTION)
    if poll["settings"]["duration"] not in DURATIONS.values():
        return _("a poll on LinkedIn stays open for 1, 3, 7 or 14 days")
    return ""
