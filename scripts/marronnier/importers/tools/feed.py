"""Posts of a feed: Atom, RSS or JSON Feed, from an address or a file."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.desk.post_parser import post_folder
from marronnier.files import Tree, yaml_text
from marronnier.importers import html_markdown, picture_download, site_dates, site_pictures
from marronnier.importers.bundle import Bundle, ImportedPost, PastSend, Remark, UniqueNames
from marronnier.importers.feed_items import FeedItem, NoFeed, ReadFeed, read_feed
from marronnier.messages import Trouble, _, ngettext
from marronnier.text.markdown_escape import escape_markdown

TOOL = "feed"
ACCEPT = "application/feed+json, application/atom+xml, application/rss+xml, application/json;q=0.9, application/xml;q=0.9, text/xml;q=0.8"

_ENDINGS = (".xml", ".json", ".atom", ".rss", ".rdf")


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All entries of a feed. Raises Trouble for a file that is none."""
    paths = source.paths(("",))
    files = [path for path in paths if path.lower().endswith(_ENDINGS)] if len(paths) > 1 else list(paths)
    if not files:
        raise Trouble(_("There is no feed here"), _("Name the file or the address of a feed: Atom, RSS or JSON Feed."), status=2)
    feeds = [name for name, channel in desk.channels.channels.items() if channel.network == "feed"]
    conversion = _Conversion(feeds[0] if feeds else "site", now, zone, fresh=fresh)
    carried = []
    for path in files:
        try:
            feed = read_feed(source.read(path), getattr(source, "address", ""))
        except NoFeed as why:
            if len(files) == 1:
                raise Trouble(
                    _("{name} is not a feed: {why}", name=path, why=str(why)),
                    _("Name the file or the address of a feed: Atom, RSS or JSON Feed."),
                    status=2,
                ) from why
            conversion.remarks.append(Remark(path, _("not imported: {why}", why=str(why))))
            continue
        carried.append(path)
        conversion.add(path, feed)
    return Bundle(
        TOOL,
        len(carried),
        tuple(conversion.posts),
        {} if feeds else {conversion.channel: {"network": "feed"}},
        pictures=conversion.pictures,
        remarks=tuple(conversion.remarks),
        sources=frozenset(carried),
    )


class _Conversion:
    """The posts of one or more feeds, one entry after the other."""

    def __init__(self, channel: str, now: datetime, zone: ZoneInfo, *, fresh: bool) -> None:
        self.channel = channel
        self.posts: list[ImportedPost] = []
        self.remarks: list[Remark] = []
        self.pictures: dict[str, str] = {}
        self._now = now
        self._zone = zone
        self._fresh = fresh
        self._names = UniqueNames()
        self._seen: set[str] = set()

    def add(self, path: str, feed: ReadFeed) -> None:
        """Convert the entries of a feed, and name what stays behind. An entry that another feed has as well is carried once."""
        left: Counter[str] = Counter()
        for number, item in enumerate(feed.items, 1):
            identity = item.id or item.url
            if identity and identity in self._seen:
                self.remarks.append(Remark(f"{path}: {_entry(item, number)}", _("it was there before, and is carried once")))
                continue
            self._seen.add(identity)
            left.update(item.left)
            self._convert(path, item, number)
        for name, count in sorted(left.items()):
            message = ngettext(
                "{count} value not imported: no key has that meaning here",
                "{count} values not imported: no key has that meaning here",
                count,
            )
            self.remarks.append(Remark(f"{path}: {name}", message))
        if feed.left:
            self.remarks.append(Remark(path, _("what describes the feed itself is not imported: {names}", names=", ".join(feed.left))))
        if feed.next_page:
            self.remarks.append(Remark(path, _("older entries are on another page, not imported: {url}", url=feed.next_page)))

    def _note(self, path: str, item: FeedItem, number: int, message: str, *, left_behind: bool = False) -> None:
        self.remarks.append(Remark(f"{path}: {_entry(item, number)}", message, left_behind))

    def _convert(self, path: str, item: FeedItem, number: int) -> None:
        body = self._body(path, item, number)
        media = self._media(path, item, number, body)
        if not body and not media and not item.title:
            cells = ", ".join(filter(None, (item.written_date, item.author, *item.tags, item.link)))[:200]
            message = _("not imported: it has no words and no picture ({cells})", cells=cells)
            self._note(path, item, number, message, left_behind=True)
            return
        if item.written_date and item.at is None:
            message = _("`{value}` is no date that can be read: write when it goes out, or went out", value=item.written_date)
            self._note(path, item, number, message)
        at = item.at.astimezone(self._zone) if item.at is not None else None
        post_id = self._names.reserve(_name(item))
        keys: dict[str, Any] = {
            "id": post_id,
            "title": item.title,
            "date": site_dates.with_offset(at).text if at else "when-approved",
            "channels": (self.channel,),
            "owner": item.author,
            "tags": tuple(dict.fromkeys(item.tags)),
            "link": item.link,
            "lang": item.lang if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", item.lang) else "",
            "media": media,
        }
        if item.lang and not keys["lang"]:
            self._note(path, item, number, _("`{value}` is no language", value=item.lang), left_behind=True)
        text = "\n".join(["---", *yaml_text.yaml_lines(keys), "---", body or escape_markdown(item.title), ""])
        day = (at or self._now.astimezone(self._zone)).date()
        past = {} if self._fresh else self._past(path, item)
        self.posts.append(ImportedPost(post_id, f"{post_folder(day)}/{post_id}.md", text, (self.channel,), past))

    def _body(self, path: str, item: FeedItem, number: int) -> str:
        if not item.html:
            return escape_markdown(item.text)
        converted = html_markdown.html_to_markdown(item.html, item.url)
        if converted.played:
            addresses = ", ".join(converted.played)
            self._note(path, item, number, _("what plays there stands as a link in the words: {urls}", urls=addresses))
        if "img" in converted.dropped:
            message = _("a picture within the words themselves is not imported; its alternative text is in them")
            self._note(path, item, number, message, left_behind=True)
        if others := [name for name in converted.dropped if name != "img"]:
            message = _("in the words, and not imported: {names}", names=", ".join(f"`{name}`" for name in others))
            self._note(path, item, number, message, left_behind=True)
        return converted.markdown

    def _media(self, path: str, item: FeedItem, number: int, body: str) -> list[dict[str, str]]:
        """The pictures of an entry, those in its words too; other files are named."""
        for address in item.attachments:
            self._note(path, item, number, _("not imported: the file {url}", url=address), left_behind=True)
        shown = [(picture.address, picture.alt) for picture in site_pictures.find_pictures(body)]
        alts = {address: alt for address, alt in shown if alt}
        entries: dict[str, dict[str, str]] = {}
        for address, alt in (*item.pictures, *shown):
            url = address.partition("#")[0]
            if not url.startswith(("http://", "https://")):
                self._note(path, item, number, _("the picture {file} is not in this folder", file=address), left_behind=True)
                continue
            name = picture_download.picture_name(url)
            self.pictures[name] = url
            entries.setdefault(name, picture_download.media_entry(picture_download.stand_in(name), alt or alts.get(address, "")))
        return list(entries.values())

    def _past(self, path: str, item: FeedItem) -> dict[str, PastSend]:
        """What a feed shows is published, unless its date is still to come."""
        if item.at is not None and item.at > self._now:
            return {}
        if item.at is None:
            return {self.channel: PastSend("sent", self._now, "before", item.url, path)}
        return {self.channel: PastSend("sent", item.at.astimezone(UTC), "instant", item.url, path)}


def _entry(item: FeedItem, number: int) -> str:
    """An entry as people find it again."""
    return (item.url or item.title or item.id or str(number))[:120]


def _name(item: FeedItem) -> str:
    """The end of its address, where that is a word; else its title."""
    parts = [part for part in unquote(urlsplit(item.url).path if "://" in item.url else "").split("/") if part]
    last = re.sub(r"(?:^index)?\.(?:html?|php|aspx?)$", "", parts[-1]) if parts else ""
    if not last and len(parts) > 1:
        last = parts[-2]
    return last if re.search(r"[^\W\d_]{2}", last) else item.title or last or item.id
