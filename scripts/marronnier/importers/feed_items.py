"""The entries of a feed: Atom, RSS 2.0 and 1.0, JSON Feed.

https://www.rfc-editor.org/rfc/rfc4287, https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/spec and
https://www.jsonfeed.org/version/1.1/, written from knowledge of them; a feed of our own site is read in the tests.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from marronnier.importers import safe_xml
from marronnier.importers.safe_xml import BadXml, Element
from marronnier.messages import _

MAX_ITEMS = 20_000
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_MEDIA = "http://search.yahoo.com/mrss/"


class NoFeed(Exception):
    """The file is no feed; the message says why, in a sentence for people."""


@dataclass
class FeedItem:
    """One entry."""

    url: str = ""
    id: str = ""
    title: str = ""
    at: datetime | None = None
    """When it was published; aware."""
    written_date: str = ""
    """The date as the feed has it."""
    html: str = ""
    text: str = ""
    """Plain text, where there is no HTML."""
    link: str = ""
    """The page that the entry is about, when it is another one."""
    lang: str = ""
    author: str = ""
    tags: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Address and alternative text."""
    attachments: list[str] = field(default_factory=list)
    """The addresses of files that are no pictures."""
    left: Counter[str] = field(default_factory=Counter)
    """Elements that are not carried, by name."""


@dataclass
class ReadFeed:
    """A whole feed."""

    items: list[FeedItem]
    left: tuple[str, ...] = ()
    """Elements of the feed itself that are not carried, by name."""
    next_page: str = ""
    """The address of its older entries."""


def read_feed(data: bytes, address: str = "") -> ReadFeed:
    """The entries of a feed in any of the formats. Raises NoFeed."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return _read_json(data, address)
    try:
        root = safe_xml.parse(data)
    except BadXml as why:
        raise NoFeed(str(why)) from why
    if root.name == "feed":
        return _read_atom(root, address)
    if root.name in ("rss", "rdf"):
        return _read_rss(root, address)
    raise NoFeed(_("its first element is `{name}`: Atom begins with `feed`, RSS with `rss`", name=root.name[:40]))


def parse_instant(text: str) -> datetime | None:
    """An instant as feeds write it; without an offset it is UTC. None for anything else."""
    text = text.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return at if 1990 <= at.year <= 2199 else None


def _complete(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address.strip()


def _set_date(item: FeedItem, text: str) -> None:
    item.written_date = item.written_date or text.strip()
    item.at = item.at or parse_instant(text)


def _attach(item: FeedItem, url: str, kind: str, alt: str = "") -> None:
    """A file of an entry: a picture, by its type or the end of its address, or anything else."""
    is_picture = kind.startswith("image") or (
        not kind and url.partition("?")[0].lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp"))
    )
    if not url:
        return
    if is_picture:
        if url not in (known for known, _alt in item.pictures):
            item.pictures.append((url, alt))
    elif url not in item.attachments:
        item.attachments.append(url)


def _read_atom(root: Element, address: str) -> ReadFeed:
    base = _complete(address, root.attributes.get(f"{_XML} base", ""))
    feed = ReadFeed([])
    left = Counter[str]()
    for child in root.children:
        if child.name == "entry":
            feed.items.append(_atom_entry(child, base, root.attributes.get(f"{_XML} lang", "")))
        elif child.name == "link" and child.attributes.get("rel") == "next":
            feed.next_page = _complete(base, child.attributes.get("href", ""))
        else:
            left[child.name] += 1
    feed.left = tuple(sorted(left))
    return _bounded(feed)


def _atom_entry(entry: Element, base: str, lang: str) -> FeedItem:
    base = _complete(base, entry.attributes.get(f"{_XML} base", ""))
    item = FeedItem(lang=entry.attributes.get(f"{_XML} lang", lang))
    summary: Element | None = None
    updated = ""
    for child in entry.children:
        match child.name:
            case "title":
                item.title = " ".join(_plain(child).split())
            case "id":
                item.id = child.text.strip()
            case "published" | "issued":
                _set_date(item, child.text)
            case "updated" | "modified":
                updated = child.text
            case "content" if not child.attributes.get("src"):
                _set_body(item, child, base)
            case "summary":
                summary = child
            case "category":
                item.tags += [tag] if (tag := (child.attributes.get("label") or child.attributes.get("term") or child.text).strip()) else []
            case "author":
                name = next((part.text.strip() for part in child.children if part.name == "name"), child.text.strip())
                item.author = ", ".join(filter(None, (item.author, name)))
            case "link":
                _atom_link(item, child, base)
            case _:
                _media_or_left(item, child, base)
    if not item.written_date:
        _set_date(item, updated)
    if summary is not None and not (item.html or item.text):
        _set_body(item, summary, base)
    elif summary is not None and summary.text.strip():
        item.left["summary"] += 1
    return item


def _atom_link(item: FeedItem, link: Element, base: str) -> None:
    address = _complete(base, link.attributes.get("href", ""))
    match link.attributes.get("rel", "alternate"):
        case "alternate":
            item.url = item.url or address
        case "enclosure":
            _attach(item, address, link.attributes.get("type", ""), link.attributes.get("title", ""))
        case "related" | "via":
            item.link = item.link or address
        case rel:
            item.left[f"link {rel}"] += 1


def _set_body(item: FeedItem, element: Element, base: str) -> None:
    kind = element.attributes.get("type", "text")
    if kind == "xhtml":
        item.html = element.markup()
    elif kind in ("html", "text/html") or element.namespace == _CONTENT:
        item.html = element.text
    else:
        item.text = element.text


def _plain(element: Element) -> str:
    """The text of a title, which may be HTML."""
    from marronnier.text.plain_text import strip_tags

    return strip_tags(element.text) if element.attributes.get("type") == "html" else element.text


def _media_or_left(item: FeedItem, child: Element, base: str) -> None:
    """A picture of Media RSS; any other element stays behind."""
    if child.namespace == _MEDIA and child.name in ("content", "thumbnail") and child.attributes.get("url"):
        kind = child.attributes.get("type") or child.attributes.get("medium") or ("image" if child.name == "thumbnail" else "")
        alt = next((part.text.strip() for part in child.children if part.name in ("description", "title")), "")
        _attach(item, _complete(base, child.attributes["url"]), kind, alt)
    elif child.namespace == _MEDIA and child.name == "group":
        for part in child.children:
            _media_or_left(item, part, base)
    elif child.text.strip() or child.attributes:
        item.left[child.name] += 1


def _read_rss(root: Element, address: str) -> ReadFeed:
    channel = next((child for child in root.children if child.name == "channel"), root)
    site = next((child.text.strip() for child in channel.children if child.name == "link" and child.text.strip()), "")
    base = _complete(address, site)
    lang = next((child.text.strip() for child in channel.children if child.name == "language"), "")
    feed = ReadFeed([])
    left: set[str] = set()
    holders = [root, channel] if channel is not root else [root]
    for holder in holders:
        for child in holder.children:
            if child.name == "item":
                feed.items.append(_rss_item(child, base, lang))
            elif child.name == "link" and child.attributes.get("rel") == "next":
                feed.next_page = _complete(base, child.attributes.get("href", ""))
            elif child is not channel:
                left.add(child.name)
    feed.left = tuple(sorted(left))
    return _bounded(feed)


def _rss_item(element: Element, base: str, lang: str) -> FeedItem:
    item = FeedItem(lang=lang)
    description = ""
    for child in element.children:
        text = child.text.strip()
        match (child.namespace, child.name):
            case (namespace, "title") if namespace != _MEDIA:
                item.title = item.title or " ".join(text.split())
            case (namespace, "link") if namespace == _ATOM:
                _atom_link(item, child, base)
            case (_, "link"):
                item.url = _complete(base, text) if text else item.url
            case (_, "guid"):
                item.id = text
                if (
                    not item.url
                    and child.attributes.get("ispermalink", child.attributes.get("isPermaLink", "true")) == "true"
                    and "://" in text
                ):
                    item.url = text
            case (_, "pubdate") | (_, "date"):
                _set_date(item, text)
            case (namespace, "encoded") if namespace == _CONTENT:
                item.html = child.text
            case (namespace, "description") if namespace != _MEDIA:
                description = child.text
            case (_, "category") | (_, "subject"):
                item.tags += [text] if text else []
            case (_, "author") | (_, "creator"):
                item.author = ", ".join(filter(None, (item.author, text)))
            case (_, "enclosure"):
                _attach(item, _complete(base, child.attributes.get("url", "")), child.attributes.get("type", ""))
            case _:
                _media_or_left(item, child, base)
    if not item.html:
        item.html = description
    elif description.strip() and description.strip() != item.html.strip():
        item.left["description"] += 1
    return item


def _read_json(data: bytes, address: str) -> ReadFeed:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoFeed(_("it is no JSON: {why}", why=str(error)[:120])) from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise NoFeed(_("it has no list `items`, which a JSON Feed has"))
    base = _complete(address, _text(document.get("home_page_url")))
    lang = _text(document.get("language"))
    items = [_json_item(item, base, lang) for item in document["items"] if isinstance(item, dict)]
    left = set(document) - {"items", "version", "next_url", "language"}
    if len(items) < len(document["items"]):
        left.add("items")
    return _bounded(ReadFeed(items, tuple(sorted(map(str, left))), _text(document.get("next_url"))))


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


_JSON_KEY_NAMES = (
    "id url external_url title content_html content_text date_published date_modified tags language author authors image banner_image "
    "attachments summary"
)
_JSON_KEYS = frozenset(_JSON_KEY_NAMES.split())


def _json_item(entry: Mapping[str, Any], base: str, lang: str) -> FeedItem:
    item = FeedItem(
        url=_complete(base, _text(entry.get("url"))) if entry.get("url") else "",
        id=_text(entry.get("id")),
        title=" ".join(_text(entry.get("title")).split()),
        html=_text(entry.get("content_html")),
        text=_text(entry.get("content_text")),
        link=_text(entry.get("external_url")),
        lang=_text(entry.get("language")) or lang,
    )
    _set_date(item, _text(entry.get("date_published")) or _text(entry.get("date_modified")))
    tags = entry.get("tags")
    item.tags = [tag for tag in map(_text, tags) if tag] if isinstance(tags, list) else []
    authors = entry.get("authors") if isinstance(entry.get("authors"), list) else [entry.get("author")]
    item.author = ", ".join(name for author in authors or () if isinstance(author, dict) and (name := _text(author.get("name"))))
    for key in ("image", "banner_image"):
        _attach(item, _complete(base, _text(entry.get(key))) if entry.get(key) else "", "image")
    for attachment in entry["attachments"] if isinstance(entry.get("attachments"), list) else []:
        if isinstance(attachment, dict):
            url = _text(attachment.get("url"))
            item.pictures = [(known, alt) for known, alt in item.pictures if known != url or alt]
            _attach(item, _complete(base, url) if url else "", _text(attachment.get("mime_type")), _text(attachment.get("title")))
    if entry.get("summary") and (item.html or item.text):
        item.left["summary"] += 1
    elif entry.get("summary"):
        item.text = _text(entry.get("summary"))
    if item.html and not item.url and "://" in item.id:
        item.url = item.id
    item.left.update(str(key) for key in entry.keys() - _JSON_KEYS if entry[key])
    return item


def _bounded(feed: ReadFeed) -> ReadFeed:
    if len(feed.items) > MAX_ITEMS:
        raise NoFeed(_("it has more than {most} entries", most=MAX_ITEMS))
    return feed
