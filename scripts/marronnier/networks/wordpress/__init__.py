"""WordPress: articles on a site of one's own. Each is a draft under a slug of ours before anybody sees it, so that it is published once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication, Words, split_key
from marronnier.networks.kit.documents import DOCUMENT_TYPE, document_refusal, file_name, open_document
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.sealed_media import clean_picture, open_sealed, open_video
from marronnier.networks.kit.seam import Account, AccountStatus, LinkCard, Locked, PartContent, Refused, SendRequest, Unknown, Wait
from marronnier.networks.wordpress.facts import DOCUMENT, FACTS, VIDEO
from marronnier.text import urls
from marronnier.text.graphemes import count_graphemes

if TYPE_CHECKING:
    from marronnier.networks.wordpress.client import WordpressClient, WordpressPost
    from marronnier.web import Web

__all__ = ["FACTS"]

NAME = "WordPress"
COMPOSER = 1
TRIED = Tried("server", "2026-11-28", "WordPress 6.1.9")
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS: tuple[str, ...] = ("password",)
MEDIA = ("image", "video", "document")
IDEMPOTENT = True
"""What stands under our slug is looked up before anything is written, and only a draft that stands there is published, by its id."""
SETTLE = Fact(0, "https://developer.wordpress.org/rest-api/reference/posts/#update-a-post", seen="2026-11-27", unit=N_("seconds"))
"""A draft is published by its id: an effect that comes late publishes the same one."""

_NOBODY_DELETES_WITHIN = timedelta(minutes=10)
"""A part that was tried so lately is sent again without asking whether somebody deleted it since."""
_UNSEEN = frozenset({"draft", "pending", "auto-draft"})
_MAX_PICTURE_BYTES = 8_000_000
_MAX_PICTURE_SIDE = 2560
"""Our own bounds: sites set their own, which their API does not tell."""


def compose(publication: Publication) -> Payload:
    """One part: title, HTML, tags and files by digest. The first picture of `media:` is the article's own."""
    from marronnier.networks.wordpress import article

    words = publication.words
    text = article.plain_text(words)
    media, above = words.all_media, article.featured(words)
    wire = {
        "title": words.title,
        "content": article.article_html(words),
        "tags": list(dict.fromkeys(words.tags)),
        "media": [{"name": article.file_name(picture.path), "sha256": picture.sha256, "alt": picture.alt} for picture in media],
        "captions": [{"name": article.file_name(one.path), "sha256": one.sha256} for picture in media for one in picture.captions],
        "featured": article.file_name(above.path) if above else "",
        "link": words.link if urls.is_web_url(words.link) else "",
        "visibility": "" if words.visibility in ("", "public") else words.visibility,
    }
    part = Part(text, count_graphemes(text), {name: value for name, value in wire.items() if value}, media)
    return Payload(words.network, COMPOSER, (part,))


def measure(publication: Publication) -> tuple[Part, ...]:
    """The one part with text and count, without HTML."""
    from marronnier.networks.wordpress import article

    text = article.plain_text(publication.words)
    return (Part(text, count_graphemes(text)),)


def refusal_reason(words: Words) -> str:
    """Why the article cannot be made: it is no document, or two of its files have one name."""
    from marronnier.networks.wordpress import article

    if why := document_refusal(words, alone=False):
        return why
    names = [article.file_name(path) for picture in words.all_media for path in picture.paths]
    twice = next((name for name in names if names.count(name) > 1), "")
    return _("two different pictures are called {name}: give one of them another name", name=twice) if twice else ""


def part_content(part: Part) -> PartContent:
    """The article under neutral names. A warning is a line of its words."""
    wire = part.wire
    return PartContent(
        audience=str(wire.get("visibility") or "public"),
        title=str(wire.get("title", "")),
        html=str(wire.get("content", "")),
        card=LinkCard(str(wire["link"])) if wire.get("link") else None,
        tags=tuple(map(str, wire.get("tags", ()))),
        pictures=part.media,
    )


def host(channel: Channel) -> str:
    """The site of channels.yml."""
    return channel.host.partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the files, write the draft under our slug, see that the site kept it as it is, then publish it."""
    _raise_if_refused(sending.part)
    client = _client(account, web, sending.now)
    slug = _slug(sending)
    there = _the_one(client.posts(slug))
    if there is not None and there.status not in _UNSEEN:
        return _published(there, sending)
    fields = _fields(sending, client)
    # The status is not named: one that another run published meanwhile stays so.
    draft = client.write(there.id, fields) if there else _only_draft(fields, slug, client)
    _raise_unless_kept(draft, fields)
    published = client.write(draft.id, {"status": "publish"}, publishes=True)
    if published.id != draft.id:
        raise Unknown(_("the server did not give the post that it was asked for"))
    if published.status != "publish":
        raise Locked(_("the site keeps the post as “{status}”: look there, and let this account publish", status=published.status))
    return Delivery(published.id, published.link)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """The post under our slug, where it is published; a draft there is not out."""
    there = _the_one(_client(account, web, sending.now).posts(_slug(sending)))
    return _published(there, sending) if there and there.status not in _UNSEEN else None


def vanished_address(sending: SendRequest, account: Account, web: Web) -> str:
    """The site's address, where nothing stands under our slug any more: before anything may be published, a draft does."""
    since = sending.since_first_try
    if since is None or since < _NOBODY_DELETES_WITHIN:
        return ""
    client = _client(account, web, sending.now)
    return "" if client.posts(_slug(sending)) else f"https://{client.site}/"


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Whether the site has the post, and everybody may read it."""
    try:
        post = _sent_post(delivery, account, _client(account, web, None))
    except Refused:
        return None
    return post is not None and post.status == "publish"


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Move the post into the site's trash."""
    client = _client(account, web, None)
    if "://" not in delivery.id:
        client.trash(delivery.id)
    elif post := _sent_post(delivery, account, client):
        client.trash(post.id)


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Give the post what the part says now. Its address stays."""
    _raise_if_refused(sending.part)
    client = _client(account, web, sending.now)
    post = _sent_post(delivery, account, client)
    if post is None:
        raise Refused(_("{url} is not there", url=delivery.url))
    fields = {"title": "", "tags": [], "featured_media": 0, **_fields(sending, client)}
    edited = client.write(post.id, fields, publishes=True)
    try:
        _raise_unless_kept(edited, fields)
    except Refused as refused:
        raise Unknown(str(refused)) from refused
    return delivery


def post_id(address: str, channel: Channel) -> str:
    """The slug in the address of a post of this site, or its number behind `?p=`."""
    parts = urlsplit(address)
    number = parse_qs(parts.query).get("p", [""])[0]
    slug = parts.path.rstrip("/").rpartition("/")[2]
    if parts.netloc.casefold().removeprefix("www.") != channel.host.casefold().removeprefix("www."):
        raise Refused(_("{url} is not on {host}", url=address, host=channel.host))
    if not re.fullmatch(r"[1-9][0-9]*", number) and not slug:
        raise Refused(_("{url} is not the address of a post", url=address))
    return number or slug


def identify(account: Account, web: Web) -> AccountStatus:
    """The user to whom the application password belongs."""
    return _status(account, _client(account, web, None))


def examine(account: Account, web: Web) -> AccountStatus:
    """The password's user, and the rights that it lacks."""
    return _status(account, _client(account, web, None))


_RIGHTS = ("edit_posts", "publish_posts", "upload_files")
"""An author has all three. Tried on WordPress 6.1.9, 2026-11-28."""


def _status(account: Account, client: WordpressClient) -> AccountStatus:
    me, clock = client.me()
    name = str(me.get("username") or me.get("slug") or "")
    rights = me.get("capabilities")
    lacks = tuple(right for right in _RIGHTS if not rights.get(right)) if isinstance(rights, dict) else ()
    # People sign in with their name or their address.
    ours = {str(me.get(field, "")).casefold() for field in ("username", "slug", "email")} - {""}
    return AccountStatus(name, client.user.casefold() in ours, missing_scopes=lacks, server_time=clock)


def _raise_if_refused(part: Part) -> None:
    """Raises Refused for a part that no site takes, before any request."""
    if part.wire.get("visibility"):
        raise Refused(_("a blog is open to everyone; it cannot keep a post for fewer people"))
    if not (part.text.strip() or part.media or part.wire.get("title")):
        raise Refused(_("this post is empty"))


def _fields(sending: SendRequest, client: WordpressClient) -> dict[str, Any]:
    """The fields of the article, with its files uploaded and its tags made. Raises Refused, Locked or Wait: nobody sees any of it yet."""
    from marronnier.networks.wordpress import article

    wire = sending.part.wire
    addresses: dict[str, tuple[str, str]] = {}
    for medium in sending.part.media:
        addresses[article.file_name(medium.path)] = _uploaded(medium, sending, client)
        for caption in medium.captions:
            with open_sealed(sending, caption) as file:
                name = f"{_digest(caption.sha256.encode())}.vtt"
                addresses[article.file_name(caption.path)] = client.media(name, file, "text/vtt")
    featured = addresses.get(str(wire.get("featured", "")))
    return {
        "title": wire.get("title", ""),
        "content": article.without_shortcodes(article.with_addresses(str(wire.get("content", "")), addresses)),
        "tags": [client.tag(name) for name in wire.get("tags", ())],
        "featured_media": int(featured[0]) if featured else 0,
    }


def _uploaded(medium: Picture, sending: SendRequest, client: WordpressClient) -> tuple[str, str]:
    """The id and the address of a picture, video or document on the site."""
    if medium.is_document:
        with open_document(sending, medium, DOCUMENT) as (file, _size):
            # Readers see this name where they download it.
            stem = re.sub(r"[^a-z0-9]+", "-", file_name(medium).rpartition(".")[0].lower()).strip("-")[:80]
            name = f"{stem}-{_digest(medium.sha256.encode() + medium.alt.encode())}.pdf".strip("-")
            return client.media(name, file, DOCUMENT_TYPE, medium.alt)
    if medium.is_video:
        with open_video(sending, medium, VIDEO) as (file, info, ending):
            name = _digest(medium.sha256.encode() + medium.alt.encode()) + ending
            return client.media(name, file, info.mime, medium.alt)
    clean = clean_picture(sending, medium, max_bytes=_MAX_PICTURE_BYTES, max_side=_MAX_PICTURE_SIDE)
    name = f"{_digest(clean.data + medium.alt.encode())}.{clean.mime.rpartition('/')[2]}"
    return client.media(name, clean.data, clean.mime, medium.alt)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]


def _only_draft(fields: Mapping[str, Any], slug: str, client: WordpressClient) -> WordpressPost:
    """A new draft under our slug. Raises Wait where another run made one at the same moment: WordPress tells both that the slug is theirs.

    Of two that were made, at least one is seen by the other: whoever sees another makes way, and the next run takes up the oldest.
    """
    draft = client.write("", {**fields, "slug": slug, "status": "draft"})
    found = client.posts(slug)
    if [post.id for post in found] == [draft.id]:
        return draft
    oldest = _the_one(found)
    if oldest is None or oldest.id != draft.id:
        client.trash(draft.id)
    raise Wait(_("another post has the slug {slug} already", slug=slug))


def _raise_unless_kept(post: WordpressPost, fields: Mapping[str, Any]) -> None:
    """Raises Refused where the site would show something else than what was approved: it drops markup that an account may not write, without a word."""
    from marronnier.networks.wordpress import article

    if not article.same_html(post.content, fields["content"]) or not article.same_words(post.title, fields["title"]):
        raise Refused(_("the site changed the words: this account may not write some of their markup there"))
    if post.featured != str(fields["featured_media"]):
        raise Refused(_("the site did not take the picture of this post"))


def _the_one(posts: Iterable[WordpressPost]) -> WordpressPost | None:
    """The post under our slug: the one that people can read, else the oldest."""
    return min(posts, key=lambda post: (post.status in _UNSEEN, int(post.id)), default=None)


def _published(post: WordpressPost, sending: SendRequest) -> Delivery:
    """The delivery of a post that stands there. Raises Unknown where it is not this part as it was approved."""
    from marronnier.networks.wordpress import article

    wire = sending.part.wire
    same = article.same_words(post.content, str(wire.get("content", ""))) and article.same_words(post.title, str(wire.get("title", "")))
    if not same or post.status != "publish" or post.id in sending.taken:
        raise Unknown(_("another post has the slug {slug} already", slug=post.slug))
    return Delivery(post.id, post.link)


def _slug(sending: SendRequest) -> str:
    """A slug that no other publication has: the post's id, which people read in its address, and a digest of its key."""
    id, _channel, _day = split_key(sending.key)
    again = f"\n{sending.again}" if sending.again else ""
    digest = hashlib.sha256(f"{sending.key}\n{sending.number}{again}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^a-z0-9]+', '-', id.casefold()).strip('-')[:150]}-{digest}".strip("-")


def _sent_post(delivery: Delivery, account: Account, client: WordpressClient) -> WordpressPost | None:
    """A post that was sent, also where a person gave its address; None where it is gone. Raises Refused for another address."""
    id = post_id(delivery.id, account.channel) if "://" in delivery.id else delivery.id
    return client.post(id) if id.isdecimal() else _the_one(client.posts(id))


def _client(account: Account, web: Web, now: datetime | None) -> WordpressClient:
    from marronnier.networks.wordpress.client import WordpressClient

    return WordpressClient(account, web, now)
