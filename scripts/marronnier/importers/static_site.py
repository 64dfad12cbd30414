"""Converts posts of a static site: they stay as they are, with an id and a channel added to their front matter."""

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
from marronnier.desk.post_parser import post_folder
from marronnier.files import Tree, yaml_text
from marronnier.files.document import Document
from marronnier.files.document import parse_markdown as read_document
from marronnier.importers import picture_download
from marronnier.importers.bundle import Bundle, ImportedPost, PastSend, Remark, UniqueNames
from marronnier.messages import _
from marronnier.model.post import FrontMatter
from marronnier.model.scalars import WrittenDate
from marronnier.model.shape import shape_of

_POST_KEYS = frozenset(shape_of(FrontMatter).keys)
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(\s*<?([^()<>\s]+)>?(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)")
_TEMPLATE_CALL = re.compile(r"\{\{[<%]|\{%")
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class SitePost:
    """A post file of a site, as an importer identified it."""

    path: str
    name: str
    """Its name on the site, a candidate for its id."""
    day: date | None = None
    """The date in its file's name."""
    lang: str = ""
    draft: bool = False
    bundle_folder: str = ""
    """The folder that holds the post and its pictures; empty for a single file."""


@dataclass
class _SiteImport:
    source: Tree
    desk: Desk
    now: datetime
    zone: ZoneInfo
    channel: str
    asset_roots: tuple[str, ...]
    """Folders in which an address that begins with `/` is looked up."""
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
    asset_roots: tuple[str, ...],
    fresh: bool,
    remarks: Iterable[Remark] = (),
) -> Bundle:
    """The posts converted for the brand's first feed channel.

    A post that the site publishes counts as sent, and is never sent again. A draft of the site becomes an idea.
    """
    feeds = [name for name, channel in desk.channels.channels.items() if channel.network == "feed"]
    channel = feeds[0] if feeds else "site"
    site_import = _SiteImport(source, desk, now, zone, channel, asset_roots, list(remarks), fresh=fresh)
    names = UniqueNames()
    site_posts = list(posts)
    converted = [post for site_post in site_posts if (post := _convert_post(site_import, site_post, names)) is not None]
    return Bundle(
        tool,
        len(site_posts),
        tuple(converted),
        {} if feeds else {channel: {"network": "feed"}},
        foreign_keys=tuple(site_import.foreign_keys),
        pictures=site_import.pictures,
        copies=site_import.copies,
        remarks=tuple(site_import.remarks),
    )


def _convert_post(site_import: _SiteImport, site_post: SitePost, names: UniqueNames) -> ImportedPost | None:
    document = read_document(site_post.path, site_import.source.read(site_post.path))
    if not document.is_complete:
        site_import.remarks.append(Remark(site_post.path, _("not imported: {why}", why=document.findings[0].message)))
        return None
    data = adapt_front_matter(document, site_import.desk.brand.foreign_keys).data
    site_import.foreign_keys |= dict.fromkeys(key for key in data if key not in _POST_KEYS)
    given_id = data.get("id")
    post_id = names.reserve(given_id if isinstance(given_id, str) else site_post.name)
    moment = _parse_date(data.get("date")) or (WrittenDate(site_post.day.isoformat(), site_post.day) if site_post.day else None)
    day = (moment.day if moment else None) or site_import.now.astimezone(site_import.zone).date()
    folder = f"{'content/ideas' if site_post.draft else post_folder(day)}/{post_id}"
    keys: dict[str, Any] = {"id": post_id, "channels": (site_import.channel,), "lang": site_post.lang}
    if not document.data.keys() & {"date", "publishDate", "pubdate"} and not site_post.draft:
        keys["date"] = moment.text if moment else "when-approved"
    media = _media_entries(site_import, site_post, document, data, folder)
    if media and not data.get("media"):
        keys["media"] = media
    if _TEMPLATE_CALL.search(document.body):
        site_import.remarks.append(
            Remark(site_post.path, _("it contains template calls of that site (`{{…}}`), left as typed"), left_behind=False)
        )
    text = _add_front_matter_keys(document, {key: value for key, value in keys.items() if value and document.data.get(key) is None})
    path = f"{folder}/index.md" if site_post.bundle_folder else f"{folder}.md"
    is_draft = site_post.draft or str(data.get("draft")).casefold() == "true"
    past = {} if site_import.fresh or is_draft else _past_send(site_import, site_post, document, moment)
    return ImportedPost(post_id, path, text, (site_import.channel,), past)


def _parse_date(value: Any) -> WrittenDate | None:
    try:
        return WrittenDate.parse(value)
    except ValueError:
        return None


def _past_send(site_import: _SiteImport, site_post: SitePost, document: Document, moment: WrittenDate | None) -> Mapping[str, PastSend]:
    """A post whose time has come is published on its site; so is one without a date."""
    url = next((value for key in ("url", "permalink") if isinstance(value := document.data.get(key), str) and "://" in value), "")
    if moment is None or moment.day is None:
        return {site_import.channel: PastSend("sent", site_import.now, "before", url, site_post.path)}
    at = datetime.combine(moment.day, moment.clock or time(), site_import.zone)
    if moment.offset is not None:
        at = datetime.combine(moment.day, moment.clock or time(), site_import.now.tzinfo) - moment.offset
    if at > site_import.now:
        return {}
    return {site_import.channel: PastSend("sent", at, "instant" if moment.clock else "day", url, site_post.path)}


def _media_entries(
    site_import: _SiteImport, site_post: SitePost, document: Document, data: Mapping[str, Any], folder: str
) -> list[dict[str, str]]:
    """The pictures that a post's front matter names and its body shows; their files are copied."""
    named = [(str(entry.get("src", "")), str(entry.get("alt") or "")) for entry in data.get("media") or () if isinstance(entry, Mapping)]
    in_body = [(unquote(address), " ".join(alt.split())) for alt, address in _IMAGE.findall(_VARIABLE.sub("", document.body))]
    if site_post.bundle_folder:
        files = [path for path in site_import.source.paths((site_post.bundle_folder,)) if path != site_post.path and not _is_page(path)]
        site_import.copies |= {f"{folder}/{path[len(site_post.bundle_folder) + 1 :]}": path for path in files}
    media: dict[str, dict[str, str]] = {}
    for address, alt in dict.fromkeys((*named, *in_body)):
        src = _picture_source(site_import, site_post, address)
        if src:
            media.setdefault(src, picture_download.media_entry(src, alt))
    return list(media.values())


def _picture_source(site_import: _SiteImport, site_post: SitePost, address: str) -> str:
    """How the post names that picture in the brand; empty where the picture is missing."""
    if address.startswith(("http://", "https://", "//")):
        url = f"https:{address}" if address.startswith("//") else address
        name = picture_download.picture_name(url)
        site_import.pictures[name] = url
        return picture_download.stand_in(name)
    bare = address.partition("?")[0].partition("#")[0].lstrip("/")
    if site_post.bundle_folder and site_import.source.exists(posixpath.normpath(f"{site_post.bundle_folder}/{bare}")):
        return bare
    folder = posixpath.dirname(site_post.path)
    for root in (folder, *site_import.asset_roots):
        path = posixpath.normpath(f"{root}/{bare}" if root else bare)
        if not path.startswith("..") and site_import.source.exists(path):
            target = re.sub(r"^(?:\.\./)+", "", posixpath.normpath(bare))
            site_import.copies[f"{picture_download.MEDIA_FOLDER}/{target}"] = path
            return target
    site_import.remarks.append(Remark(site_post.path, _("the picture {file} is not in this folder", file=address)))
    return ""


def _is_page(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown", ".html"))


def _add_front_matter_keys(document: Document, keys: Mapping[str, Any]) -> str:
    """The file with these keys on lines of their own at the top of its front matter; every other line as it was."""
    text = document.text
    start = len(text) - len(text.lstrip())
    fence = text[start : start + 3]
    lines = [f"{key} = {_toml_value(value)}" for key, value in keys.items()] if fence == "+++" else yaml_text.yaml_lines(keys)
    if fence not in ("---", "+++"):
        return "\n".join(["---", *lines, "---", text])
    first = text.index("\n", start)
    return "\n".join([text[start:first], *lines, text[first + 1 :]])


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml_value(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return value if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else json.dumps(str(value), ensure_ascii=False)
