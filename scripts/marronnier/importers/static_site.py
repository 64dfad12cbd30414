"""Posts of a static site, carried over as they are: only a name and a channel are added to their front matter."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.desk.foreign_front_matter import adapt_front_matter
from marronnier.files import Tree
from marronnier.files.document import Document
from marronnier.files.document import parse_markdown as read_document
from marronnier.importers import front_matter, picture_download
from marronnier.importers.bundle import Bundle, ImportedPost, PastSend, PostNames, Remark, post_folder
from marronnier.messages import _
from marronnier.model.post import FrontMatter
from marronnier.model.scalars import WrittenDate
from marronnier.model.shape import shape_of

_OWN = frozenset(shape_of(FrontMatter).keys)
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(\s*<?([^()<>\s]+)>?(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)")
_CALLS = re.compile(r"\{\{[<%]|\{%")
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class SitePost:
    """A post file of a site."""

    path: str
    name: str
    """What its site calls it."""
    day: date | None = None
    """The day in its file's name."""
    lang: str = ""
    draft: bool = False
    bundle: str = ""
    """The folder that holds it with its pictures; empty for a file alone."""


@dataclass
class _SiteImport:
    source: Tree
    desk: Desk
    now: datetime
    zone: ZoneInfo
    channel: str
    roots: tuple[str, ...]
    """Folders where addresses that begin with `/` lead."""
    remarks: list[Remark] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    foreign_keys: dict[str, None] = field(default_factory=dict)
    fresh: bool = False


def read_site_posts(
    tool: str,
    source: Tree,
    desk: Desk,
    now: datetime,
    zone: ZoneInfo,
    posts: Iterable[SitePost],
    *,
    roots: tuple[str, ...],
    fresh: bool,
    remarks: Iterable[Remark] = (),
) -> Bundle:
    """These posts on their way into the brand, on its first feed.

    What is published on the site is out: it is noted as such, and never sent again. What is a draft there is an idea here.
    """
    feeds = [name for name, channel in desk.channels.channels.items() if channel.network == "feed"]
    channel = feeds[0] if feeds else "site"
    reading = _SiteImport(source, desk, now, zone, channel, roots, list(remarks), fresh=fresh)
    names = PostNames()
    found = list(posts)
    arriving = [made for one in found if (made := _post(reading, one, names)) is not None]
    return Bundle(
        tool,
        len(found),
        tuple(arriving),
        {} if feeds else {channel: {"network": "feed"}},
        foreign_keys=tuple(reading.foreign_keys),
        pictures=reading.pictures,
        copies=reading.copies,
        remarks=tuple(reading.remarks),
    )


def _post(reading: _SiteImport, found: SitePost, names: PostNames) -> ImportedPost | None:
    document = read_document(found.path, reading.source.read(found.path))
    if not document.is_complete:
        reading.remarks.append(Remark(found.path, _("not carried over: {why}", why=document.findings[0].message)))
        return None
    data = adapt_front_matter(document, reading.desk.brand.foreign_keys).data
    reading.foreign_keys |= dict.fromkeys(key for key in data if key not in _OWN)
    written = data.get("id")
    post_id = names.free(written if isinstance(written, str) else found.name)
    moment = _moment(data.get("date")) or (WrittenDate(found.day.isoformat(), found.day) if found.day else None)
    day = (moment.day if moment else None) or reading.now.astimezone(reading.zone).date()
    folder = f"{'content/ideas' if found.draft else post_folder(day)}/{post_id}"
    keys: dict[str, Any] = {"id": post_id, "channels": (reading.channel,), "lang": found.lang}
    if not document.data.keys() & {"date", "publishDate", "pubdate"} and not found.draft:
        keys["date"] = moment.text if moment else "when-approved"
    media = _media(reading, found, document, data, folder)
    if media and not data.get("media"):
        keys["media"] = media
    if _CALLS.search(document.body):
        reading.remarks.append(Remark(found.path, _("it holds calls of the site's own (`{{…}}`), which stay as typed"), lost=False))
    text = _with(document, {key: value for key, value in keys.items() if value and key not in _written(document)})
    path = f"{folder}/index.md" if found.bundle else f"{folder}.md"
    is_draft = found.draft or str(data.get("draft")).casefold() == "true"
    past = {} if reading.fresh or is_draft else _past(reading, found, document, moment)
    return ImportedPost(post_id, path, text, (found.path,), (reading.channel,), past)


def _moment(value: Any) -> WrittenDate | None:
    try:
        return WrittenDate.parse(value)
    except ValueError:
        return None


def _written(document: Document) -> frozenset[str]:
    """Keys that the file has already."""
    return frozenset(key for key, value in document.data.items() if value is not None)


def _past(reading: _SiteImport, found: SitePost, document: Document, moment: WrittenDate | None) -> Mapping[str, PastSend]:
    """A post whose hour has come is out on its site; one without a date is out too."""
    url = next((value for key in ("url", "permalink") if isinstance(value := document.data.get(key), str) and "://" in value), "")
    if moment is None or moment.day is None:
        return {reading.channel: PastSend("sent", reading.now, "before", url, found.path)}
    at = datetime.combine(moment.day, moment.clock or time(), reading.zone)
    if moment.offset is not None:
        at = datetime.combine(moment.day, moment.clock or time(), reading.now.tzinfo) - moment.offset
    return {reading.channel: PastSend("sent", at, "instant" if moment.clock else "day", url, found.path)} if at <= reading.now else {}


def _media(reading: _SiteImport, found: SitePost, document: Document, data: Mapping[str, Any], folder: str) -> list[dict[str, str]]:
    """The pictures of a post: those its keys name and those its words show; the files go along."""
    named = [(str(one.get("src", "")), str(one.get("alt") or "")) for one in data.get("media") or () if isinstance(one, Mapping)]
    shown = [(unquote(address), " ".join(alt.split())) for alt, address in _IMAGE.findall(_VARIABLE.sub("", document.body))]
    if found.bundle:
        beside = [path for path in reading.source.paths((found.bundle,)) if path != found.path and not _is_page(path)]
        reading.copies |= {f"{folder}/{path[len(found.bundle) + 1 :]}": path for path in beside}
    media: dict[str, dict[str, str]] = {}
    for address, alt in dict.fromkeys((*named, *shown)):
        src = _src(reading, found, address)
        if src:
            media.setdefault(src, {"src": src, **({"alt": alt} if alt else {})})
    return list(media.values())


def _src(reading: _SiteImport, found: SitePost, address: str) -> str:
    """What the post calls that picture here; empty where there is none to be had."""
    if address.startswith(("http://", "https://", "//")):
        whole = f"https:{address}" if address.startswith("//") else address
        name = picture_download.name_of(whole)
        reading.pictures[name] = whole
        return f"{picture_download.STAND_IN}/{name}.png"
    bare = address.partition("?")[0].partition("#")[0].lstrip("/")
    if found.bundle and reading.source.exists(posixpath.normpath(f"{found.bundle}/{bare}")):
        return bare
    folder = posixpath.dirname(found.path)
    for root in (folder, *reading.roots):
        path = posixpath.normpath(f"{root}/{bare}" if root else bare)
        if not path.startswith("..") and reading.source.exists(path):
            target = re.sub(r"^(?:\.\./)+", "", posixpath.normpath(bare))
            reading.copies[f"{picture_download.MEDIA}/{target}"] = path
            return target
    reading.remarks.append(Remark(found.path, _("the picture {file} is not in this folder", file=address)))
    return ""


def _is_page(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown", ".html"))


def _with(document: Document, keys: Mapping[str, Any]) -> str:
    """The file with these keys on lines of their own at the top of its front matter; all else as it was."""
    text = document.text
    start = len(text) - len(text.lstrip())
    fence = text[start : start + 3]
    lines = [f"{key} = {_toml(value)}" for key, value in keys.items()] if fence == "+++" else front_matter.lines(keys)
    if fence not in ("---", "+++"):
        return "\n".join(["---", *lines, "---", text])
    first = text.index("\n", start)
    return "\n".join([text[start:first], *lines, text[first + 1 :]])


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return value if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else json.dumps(str(value), ensure_ascii=False)
