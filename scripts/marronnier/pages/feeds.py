"""The site's feeds of published posts, as Atom (RFC 4287) and JSON Feed 1.1.

https://www.rfc-editor.org/rfc/rfc4287 and https://www.jsonfeed.org/version/1.1/, seen 2026-11-22.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from marronnier import networks
from marronnier.pages import site_media
from marronnier.pages.previews import PreviewMedium, article_html
from marronnier.pages.site_view import SitePublication, SiteView

FEED_NETWORK = "feed"
MAX_ARTICLES = 50
"""A feed holds this many posts, the newest; every post has a page."""

_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RELATIVE = re.compile(r'(?P<name>\s(?:href|src))="(?!https?:|mailto:|tel:|#)(?P<to>[^"]*)"')


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, which the site has in two formats."""

    path: str
    """The path without its extension: `feed`, `feeds/krant`."""
    title: str
    lang: str
    channel: str = ""
    """The channel whose posts it holds; empty for all channels."""


@dataclass(frozen=True, slots=True)
class Article:
    """An entry of a feed."""

    id: str
    """Permanent: it stays when the site moves."""
    url: str
    title: str
    at: datetime
    html: str
    text: str
    summary: str
    lang: str
    tags: tuple[str, ...]
    link: str
    media: tuple[PreviewMedium, ...]


def feed_files(view: SiteView) -> Iterator[tuple[str, bytes]]:
    """Path and content of `feed.xml` and `feed.json`, and of one pair for each channel when there are several."""
    sent = [publication for publication in reversed(view.published) if publication.network == FEED_NETWORK]
    first_per_post = _first_per_post(view, sent)
    for feed in all_feeds(view):
        base = _base_url(view, feed.path)
        chosen = [publication for publication in sent if publication.channel_name == feed.channel] if feed.channel else first_per_post
        articles = [article for publication in chosen[:MAX_ARTICLES] if (article := _make_article(view, publication, base))]
        yield f"{feed.path}.xml", atom_feed(view, feed, articles)
        yield f"{feed.path}.json", json_feed(view, feed, articles)


def all_feeds(view: SiteView) -> tuple[Feed, ...]:
    """The feed of all channels first, then one for each channel when there are several."""
    channels = {name: channel for name, channel in view.site_data.desk.channels.channels.items() if channel.network == FEED_NETWORK}
    common = Feed("feed", view.brand.name, view.brand.lang)
    if len(channels) < 2:
        return (common,)
    each = (
        Feed(f"feeds/{name}", f"{view.brand.name} · {view.channel_label(name)}", channel.lang or view.brand.lang, name)
        for name, channel in channels.items()
    )
    return (common, *each)


def _first_per_post(view: SiteView, publications: list[SitePublication]) -> list[SitePublication]:
    """For each post, its first publication, or at the same instant the one in the brand's language: a post stands once in the common feed.

    A later publication of the post changes nothing there, or feed readers would show the post again as a new one.
    """
    order = list(view.site_data.desk.channels.channels)

    def sort_key(publication: SitePublication) -> tuple[object, ...]:
        return (publication.at, publication.lang != view.brand.lang, order.index(publication.channel_name))

    first: dict[tuple[object, ...], SitePublication] = {}
    for publication in sorted(publications, key=sort_key):
        first.setdefault((publication.post_id, publication.occurrence), publication)
    keys = {publication.key for publication in first.values()}
    return [publication for publication in publications if publication.key in keys]


def _make_article(view: SiteView, publication: SitePublication, base: str) -> Article | None:
    payload = view.sealed_payload(publication)
    if payload is None or not payload.parts or publication.at is None:
        return None
    content = networks.contents(payload)[0]
    media = tuple(
        PreviewMedium(picture, site_media.media_kind(picture), base + site_media.site_path(picture))
        for picture in content.pictures
        if view.site_data.media.is_served(picture)
    )
    html = _RELATIVE.sub(lambda link: f'{link["name"]}="{urljoin(base, link["to"])}"', str(article_html(content.html, media)))
    return Article(
        id=feed_id(view, publication.key),
        url=f"{base}posts/{publication.post_id}/",
        title=content.title or publication.title,
        at=publication.at.astimezone(UTC),
        html=html,
        text=payload.parts[0].text,
        summary=content.warning,
        lang=content.lang,
        tags=content.tags,
        link=content.card.url if content.card else "",
        media=media,
    )


def feed_id(view: SiteView, key: str) -> str:
    """The permanent id of a publication, or of a feed by its path: a UUID made of the brand's identity and the key."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'marronnier:{view.brand_identity}:{key}')}"


def _base_url(view: SiteView, path: str) -> str:
    """The site's URL; when it is not known, the relative path from the feed to the site's root."""
    return view.brand.site_url.rstrip("/") + "/" if view.brand.site_url else "../" * path.count("/") or "./"


def _xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 forbids."""
    return _NOT_XML.sub("", text)


def atom_feed(view: SiteView, feed: Feed, articles: list[Article]) -> bytes:
    """The Atom document. Its `updated` is the newest article's, so that an unchanged feed stays the same file."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": feed.lang})

    def add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
        child = ElementTree.SubElement(
            parent, f"{{{_ATOM}}}{name}", {key.rstrip("_"): _xml_text(value) for key, value in attributes.items()}
        )
        child.text = _xml_text(text) if text is not None else None
        return child

    base, path = _base_url(view, feed.path), f"{feed.path}.xml"
    add(root, "title", feed.title)
    if view.brand.description:
        add(root, "subtitle", view.brand.description)
    add(root, "id", feed_id(view, path))
    add(root, "link", rel="self", type="application/atom+xml", href=base + path)
    add(root, "link", rel="alternate", type="text/html", href=base)
    add(root, "updated", _rfc3339(articles[0].at if articles else datetime(1970, 1, 1, tzinfo=UTC)))
    add(add(root, "author"), "name", view.brand.name)
    add(root, "generator", "Marronnier")
    for article in articles:
        entry = add(root, "entry")
        if article.lang:
            entry.set(f"{{{_XML}}}lang", article.lang)
        add(entry, "title", article.title)
        add(entry, "id", article.id)
        add(entry, "link", rel="alternate", type="text/html", href=article.url)
        if article.link:
            add(entry, "link", rel="related", href=article.link)
        for medium in article.media:
            add(entry, "link", rel="enclosure", type=site_media.mime_type(medium.picture), href=medium.url, title=medium.picture.alt)
        add(entry, "published", _rfc3339(article.at))
        add(entry, "updated", _rfc3339(article.at))
        for tag in article.tags:
            add(entry, "category", term=tag)
        if article.summary:
            add(entry, "summary", article.summary)
        add(entry, "content", article.html, type="html")
    ElementTree.indent(root)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def json_feed(view: SiteView, feed: Feed, articles: list[Article]) -> bytes:
    """The JSON Feed 1.1 document."""
    base = _base_url(view, feed.path)
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": view.brand.description,
        "home_page_url": base,
        "feed_url": f"{base}{feed.path}.json",
        "language": feed.lang,
        "authors": [{"name": view.brand.name}],
        "items": [_json_item(article) for article in articles],
    }
    filled = {name: value for name, value in document.items() if value != ""}
    return json.dumps(filled, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _json_item(article: Article) -> Mapping[str, Any]:
    images = [medium.url for medium in article.media if medium.kind == "image"]
    item: dict[str, Any] = {
        "id": article.id,
        "url": article.url,
        "external_url": article.link,
        "title": article.title,
        "summary": article.summary,
        "content_html": article.html,
        "content_text": article.text,
        "image": images[0] if images else "",
        "date_published": _rfc3339(article.at),
        "language": article.lang,
        "tags": list(article.tags),
        "attachments": [
            {"url": medium.url, "mime_type": site_media.mime_type(medium.picture), "title": medium.picture.alt} for medium in article.media
        ],
    }
    return {name: value for name, value in item.items() if value not in ("", [])}


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
