"""Converts posts of a static site: they stay as they are, with an id and a channel added to their front matter.

Only what would mean something else here is written anew: a date of another form, and the address of a picture.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.desk.foreign_front_matter import adapt_front_matter
from marronnier.desk.post_parser import post_folder
from marronnier.files import Tree, yaml_text
from marronnier.files.document import Document
from marronnier.files.document import parse_markdown as read_document
from marronnier.importers import picture_download, site_pictures
from marronnier.importers.bundle import Bundle, ImportedPost, PastSend, Remark, UniqueNames
from marronnier.importers.site_dates import SiteMoment, site_moment
from marronnier.messages import _, ngettext
from marronnier.model.finding import KeyPath
from marronnier.model.foreign_keys import FOREIGN_KEYS
from marronnier.model.post import FrontMatter
from marronnier.model.scalars import WrittenDate
from marronnier.model.shape import shape_of
from marronnier.text.code_fences import classify_lines

_POST_KEYS = frozenset(shape_of(FrontMatter).keys)
_KEYS_IN_SMALL_LETTERS = {key.lower(): key for key in (*sorted(FOREIGN_KEYS), *sorted(_POST_KEYS))}
_TEMPLATE_CALL = re.compile(r"\{\{[<%]|\{%")
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]\n]|\[[^\[\]\n]*\](?:\([^()\n]*\))?)*\]\(\s*<?([^()<>\s]+)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\{", re.IGNORECASE)


_NO_VALUE = re.compile(r"[\"']?\w+[\"']?[ \t]*:[ \t]*(?:~|null)?[ \t]*(?:#.*)?", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class SiteRules:
    """How a generator reads the posts of its sites."""

    tool: str
    asset_roots: tuple[str, ...]
    """Folders in which an address that begins with `/` is looked up."""
    date_keys: tuple[str, ...] = ("date",)
    """Keys that say when a post is shown, the one that decides first."""
    any_case: bool = False
    """Whether capitals in keys do not matter."""
    zone: ZoneInfo | None = None
    """The zone of hours without an offset; the brand's when None."""
    other_zones: tuple[ZoneInfo, ...] = ()
    """Zones in which the generator may read such an hour all the same: what is past in one of them may be out."""
    base_path: str = ""
    """Where the site stands below its host, without slashes around it: addresses in posts may begin with it, and no folder has its name."""
    foreign_markup: re.Pattern[str] = _TEMPLATE_CALL
    """Markup in the words that only that generator understands."""


@dataclass
class _SiteImport:
    source: Tree
    desk: Desk
    now: datetime
    zone: ZoneInfo
    channel: str
    rules: SiteRules
    remarks: list[Remark] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    foreign_keys: dict[str, None] = field(default_factory=dict)
    fresh: bool = False
    zoned: Counter[str] = field(default_factory=Counter)
    """The number of hours without an offset, by the zone in which they are read."""

    def note_change(self, path: str, message: str) -> None:
        """Note something that is carried over and deserves a look."""
        self.remarks.append(Remark(path, message, left_behind=False))


def read_site_posts(
    rules: SiteRules,
    source: Tree,
    desk: Desk,
    now: datetime,
    zone: ZoneInfo,
    posts: Iterable[SitePost],
    *,
    fresh: bool,
    remarks: Iterable[Remark] = (),
    settings: Iterable[str] = (),
) -> Bundle:
    """The posts converted for the brand's first feed channel. `settings` are the site's files that were read besides them.

    A post that the site publishes counts as sent, and is never sent again. A draft of the site becomes an idea.
    """
    feeds = [name for name, channel in desk.channels.channels.items() if channel.network == "feed"]
    channel = feeds[0] if feeds else "site"
    site_import = _SiteImport(source, desk, now, zone, channel, rules, list(remarks), fresh=fresh)
    names = UniqueNames()
    site_posts = list(posts)
    converted = [post for site_post in site_posts if (post := _convert_post(site_import, site_post, names)) is not None]
    for zone_name, count in site_import.zoned.items():
        message = ngettext(
            "{count} hour without an offset is read in {zone}", "{count} hours without an offset are read in {zone}", count, zone=zone_name
        )
        site_import.note_change(rules.tool, message)
    return Bundle(
        rules.tool,
        len(site_posts),
        tuple(converted),
        {} if feeds else {channel: {"network": "feed"}},
        foreign_keys=tuple(site_import.foreign_keys),
        pictures=site_import.pictures,
        copies=site_import.copies,
        remarks=tuple(site_import.remarks),
        sources=frozenset({*settings, *(site_post.path for site_post in site_posts)} & set(source.paths(("",)))),
    )


def _convert_post(site_import: _SiteImport, site_post: SitePost, names: UniqueNames) -> ImportedPost | None:
    document = read_document(site_post.path, site_import.source.read(site_post.path))
    if not document.is_complete:
        site_import.remarks.append(Remark(site_post.path, _("not imported: {why}", why=document.findings[0].message)))
        return None
    for finding in document.findings:
        site_import.note_change(f"{site_post.path}:{finding.place.line}", finding.message)
    if site_import.rules.any_case:
        document = _with_our_capitals(document)
    data = document.data
    given_id = data.get("id")
    post_id = names.reserve(given_id if isinstance(given_id, str) else site_post.name)
    moment = site_moment(data, site_import.rules.date_keys, site_post.day, site_import.rules.zone)
    if not moment.has_zone and site_import.rules.zone is not None:
        site_import.zoned[str(site_import.rules.zone)] += 1
    keys: dict[str, Any] = {"id": post_id, "channels": (site_import.channel,), "lang": site_post.lang}
    document = _with_date(site_import, site_post, document, moment, keys)
    adapted = adapt_front_matter(document, site_import.desk.brand.foreign_keys).data
    site_import.foreign_keys |= dict.fromkeys(key for key in adapted if key not in _POST_KEYS)
    day = (moment.date.day if moment.date else None) or site_import.now.astimezone(site_import.zone).date()
    folder = f"{'content/ideas' if site_post.draft else post_folder(day)}/{post_id}"
    body = site_pictures.resolve_variables(document.body)
    body = site_pictures.figures_as_pictures(body) if site_import.rules.tool == "hugo" else body
    media, body = _media_entries(site_import, site_post, document, adapted, folder, body)
    if media is not None:
        keys["media"] = media
    if site_import.rules.foreign_markup.search(body):
        message = _("it contains markup that only {tool} understands, left as typed", tool=site_import.rules.tool)
        site_import.note_change(site_post.path, message)
    if links := _links_within_the_site(body):
        message = ngettext(
            "{count} link leads to a page of that site, and nowhere from here: {links}",
            "{count} links lead to pages of that site, and nowhere from here: {links}",
            len(links),
            links=", ".join(links[:5]) + (", …" if len(links) > 5 else ""),
        )
        site_import.note_change(site_post.path, message)
    new_keys = {key: value for key, value in keys.items() if value and document.data.get(key) is None}
    text = _add_front_matter_keys(document, body, new_keys)
    path = f"{folder}/index.md" if site_post.bundle_folder else f"{folder}.md"
    is_draft = site_post.draft or str(adapted.get("draft")).casefold() == "true"
    past = {} if site_import.fresh or is_draft else _past_send(site_import, site_post, document, moment)
    return ImportedPost(post_id, path, text, (site_import.channel,), past)


def _with_our_capitals(document: Document) -> Document:
    """The document with its keys in the capitals that we know them by, where that key is not written as well."""
    lines = document.text.split("\n")
    renamed = False
    for key in document.data:
        ours = _KEYS_IN_SMALL_LETTERS.get(key.lower(), key)
        if ours == key or ours in document.data or key in _POST_KEYS or key in FOREIGN_KEYS:
            continue
        line, column = document.keys[(key,)]
        typed = lines[line - 1]
        start = column - 1 + (typed[column - 1 : column] in ('"', "'"))
        if typed.startswith(key, start):
            lines[line - 1] = typed[:start] + ours + typed[start + len(key) :]
            renamed = True
    return read_document(document.path, "\n".join(lines).encode()) if renamed else document


def _with_date(site_import: _SiteImport, site_post: SitePost, document: Document, moment: SiteMoment, keys: dict[str, Any]) -> Document:
    """The document with the moment of the site as its date, where its own front matter would say another here. A new key goes to `keys`."""
    wanted = moment.date or WrittenDate.parse("when-approved")
    # Our file has another name, so a date that only the name has must be written.
    read_here = _parse_date(adapt_front_matter(replace(document, path="post.md")).data.get("date"))
    if site_post.draft and not moment.path:
        return document
    if moment.path and moment.date is None:
        message = _("`{value}` is no date that can be read: write when it goes out, or went out", value=moment.written)
        site_import.note_change(f"{site_post.path}: {moment.path[0]}", message)
    elif moment.path and moment.exactness != "as written":
        message = _("`{value}` is no date here, and is written as {date}", value=moment.written, date=wanted.text)
        site_import.note_change(f"{site_post.path}: {moment.path[0]}", message)
    if read_here is not None and _same_moment(read_here, wanted):
        return document
    own: KeyPath = ("date", "created") if isinstance(document.data.get("date"), Mapping) else ("date",)
    if document.data.get("date") is None:
        keys["date"] = wanted.text
        return document
    if moment.path and moment.path[0] != "date":
        message = _(
            "`{key}` says when that site shows it, so it is the date here; `{value}` was written",
            key=moment.path[0],
            value=document.data["date"],
        )
        site_import.note_change(f"{site_post.path}: date", message)
    rewritten = _replace_value(document, own, wanted.text)
    if (
        rewritten is None
        or (read_again := _parse_date(adapt_front_matter(rewritten).data.get("date"))) is None
        or not _same_moment(read_again, wanted)
    ):
        site_import.note_change(f"{site_post.path}: date", _("write it so: {line}", line=f"date: {wanted.text}"))
        return document
    return rewritten


def _replace_value(document: Document, path: KeyPath, value: str) -> Document | None:
    """The document with another text as the value at these keys, and the comment behind it; None when the value has several lines."""
    if path not in document.places:
        return None
    lines = document.text.split("\n")
    number, column = document.places[path]
    before, typed = lines[number - 1][: column - 1], lines[number - 1][column - 1 :]
    comment = re.search(r"\s+#.*$", typed)
    is_toml = before.rstrip().endswith("=")
    end = re.match(r"[^,}]*", typed) if before.lstrip().startswith("date") and "{" in before else None
    tail = typed[end.end() :] if end else comment[0] if comment else ""
    lines[number - 1] = before + (_toml_value(value, quoted=True) if is_toml else value) + tail
    return read_document(document.path, "\n".join(lines).encode())


def _same_moment(first: WrittenDate, second: WrittenDate) -> bool:
    return (first.day, first.clock, first.offset) == (second.day, second.clock, second.offset)


def _parse_date(value: Any) -> WrittenDate | None:
    try:
        return WrittenDate.parse(value)
    except ValueError:
        return None


def _past_send(site_import: _SiteImport, site_post: SitePost, document: Document, moment: SiteMoment) -> Mapping[str, PastSend]:
    """A post whose time has come is published on its site, in any zone it may be meant in; so is one without a date."""
    url = next((value for key in ("url", "permalink") if isinstance(value := document.data.get(key), str) and "://" in value), "")
    instants = moment.instants(site_import.zone, site_import.rules.other_zones)
    if not instants:
        return {site_import.channel: PastSend("sent", site_import.now, "before", url, site_post.path)}
    if min(instants) > site_import.now:
        return {}
    has_clock = moment.date is not None and moment.date.clock is not None
    at = min(instants[0], site_import.now)
    return {site_import.channel: PastSend("sent", at.astimezone(UTC), "instant" if has_clock else "day", url, site_post.path)}


def _media_entries(
    site_import: _SiteImport, site_post: SitePost, document: Document, data: Mapping[str, Any], folder: str, body: str
) -> tuple[list[dict[str, str]] | None, str]:
    """The `media` that a post needs for the pictures its front matter names and its text shows, or None where it needs no key of ours.

    Their files are copied, and the text names those by their new addresses.
    """
    ours = [entry for entry in data.get("media") or () if isinstance(entry, Mapping)]
    named = [(str(entry.get("src", "")), str(entry.get("alt") or "")) for entry in ours]
    named += [(address, "") for address in site_pictures.remote_pictures(document)]
    named += site_pictures.cover_pictures(document)
    if site_post.bundle_folder:
        files = [path for path in site_import.source.paths((site_post.bundle_folder,)) if path != site_post.path and not _is_page(path)]
        site_import.copies |= {f"{folder}/{path[len(site_post.bundle_folder) + 1 :]}": path for path in files}
    media: dict[str, dict[str, str]] = {}
    targets: dict[str, str] = {}
    for address, alt in dict.fromkeys((*named, *site_pictures.find_pictures(body))):
        src = _picture_source(site_import, site_post, address)
        if src:
            media.setdefault(src, picture_download.media_entry(src, alt))
            if "://" not in address and not address.startswith("//") and src != address:
                targets[address] = src
    entries = list(media.values())
    body = site_pictures.replace_addresses(body, targets)
    if document.data.get("media") is not None:
        for src in media.keys() - {str(entry.get("src")) for entry in ours}:
            site_import.note_change(site_post.path, _("the picture {file} is only in the words: `media` is written already", file=src))
        return None, body
    return (entries if entries and entries != ours else None), body


def _links_within_the_site(body: str) -> list[str]:
    """The addresses of links that have no host; those of a heading of the same post do not count."""
    prose = "\n".join(line for _number, line, is_prose in classify_lines(body) if is_prose) if "](" in body or "]: " in body else ""
    return list(dict.fromkeys(address for address in _LINK.findall(prose) if not _ELSEWHERE.match(address)))


def _picture_source(site_import: _SiteImport, site_post: SitePost, address: str) -> str:
    """How the post names that picture in the brand; empty where the picture is missing."""
    if address.startswith(("http://", "https://", "//")):
        url = f"https:{address}" if address.startswith("//") else address
        url = url.partition("#")[0]
        name = picture_download.picture_name(url)
        site_import.pictures[name] = url
        return picture_download.stand_in(name)
    bare = address.partition("?")[0].partition("#")[0].lstrip("/")
    if site_post.bundle_folder and bare and site_import.source.exists(posixpath.normpath(f"{site_post.bundle_folder}/{bare}")):
        return posixpath.normpath(bare)
    folder, base = posixpath.dirname(site_post.path), f"{site_import.rules.base_path}/"
    below_base = bare.removeprefix(base) if len(base) > 1 and address.startswith("/") else bare
    names = dict.fromkeys((bare, below_base))
    for root, name in ((root, name) for name in names for root in (folder, *site_import.rules.asset_roots)):
        path = posixpath.normpath(f"{root}/{name}" if root else name)
        if name and not path.startswith("..") and site_import.source.exists(path):
            target = re.sub(r"^(?:\.\./)+", "", posixpath.normpath(name))
            if site_import.copies.get(f"{picture_download.MEDIA_FOLDER}/{target}", path) != path:
                # Another post shows another picture of that name.
                target = path
            site_import.copies[f"{picture_download.MEDIA_FOLDER}/{target}"] = path
            return target
    site_import.remarks.append(Remark(site_post.path, _("the picture {file} is not in this folder", file=address)))
    return ""


def _is_page(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown", ".html"))


def _add_front_matter_keys(document: Document, body: str, keys: Mapping[str, Any]) -> str:
    """The file with these keys on lines of their own at the top of its front matter, and this body; every other line as it was.

    A line that has one of these keys without a value goes.
    """
    text = document.text
    if body != document.body:
        # A file without front matter begins with its body.
        text = text[: document.body_start] + body
    start = len(text) - len(text.lstrip())
    fence = document.text.lstrip()[:3] if document.body_start else ""
    lines = [f"{key} = {_toml_value(value)}" for key, value in keys.items()] if fence == "+++" else yaml_text.yaml_lines(keys)
    if fence not in ("---", "+++"):
        return "\n".join(["---", *lines, "---", text])
    first = text.index("\n", start)
    empty = {document.keys[(key,)][0] for key in keys if (key,) in document.keys}
    kept = [line for number, line in enumerate(text.split("\n"), 1) if number not in empty or not _NO_VALUE.fullmatch(line)]
    rest = "\n".join(kept)[first + 1 :]
    return "\n".join([text[start:first], *lines, rest])


def _toml_value(value: Any, *, quoted: bool = False) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml_value(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    is_day = not quoted and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value))
    return str(value) if is_day else json.dumps(str(value), ensure_ascii=False)
