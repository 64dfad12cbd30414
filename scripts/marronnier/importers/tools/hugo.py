"""Posts of a Hugo site.

How Hugo lays out its content folder: https://gohugo.io/content-management/organization/, seen 2026-11-25.
Which date decides, in which zone, and that capitals in keys do not matter: https://gohugo.io/configuration/front-matter/ and
https://gohugo.io/functions/time/astime/, seen 2026-11-27.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.importers import site_dates, static_site
from marronnier.importers.bundle import Bundle, Remark
from marronnier.importers.static_site import SitePost, SiteRules
from marronnier.messages import Trouble, _

TOOL = "hugo"
SECTIONS = ("posts", "post", "blog", "news", "articles")
"""Sections of the content folder that hold posts; the others hold pages."""
SETTINGS = tuple(
    f"{folder}{name}.{ending}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for ending in ("toml", "yaml", "yml", "json")
)

_DATE_KEYS = ("publishDate", "pubdate", "published", "date", "lastmod", "modified")
"""The keys of Hugo's `publishDate`, which says when a page is shown, then those of its `date`."""
_PAGE = re.compile(r"(?P<name>.+?)(?:\.(?P<lang>[a-z]{2}))?\.(?:md|markdown)", re.IGNORECASE)


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All posts of a Hugo site. Raises Trouble for a folder without a content folder."""
    paths = source.paths(("content",))
    if not paths:
        raise Trouble(
            _("This is not a Hugo folder: content/ is missing"), _("Name the folder that holds content/ and hugo.toml."), status=2
        )
    remarks: list[Remark] = []
    posts = list(_find_posts(paths, remarks))
    site_zone, zone_name = site_dates.zone_in_settings(source, SETTINGS, "timeZone")
    if zone_name.casefold() == "local":
        site_zone = zone
    elif site_zone is None:
        # Hugo reads an hour without an offset in UTC, unless the site says otherwise.
        site_zone = ZoneInfo("UTC")
    rules = SiteRules(
        TOOL,
        ("static", "assets"),
        date_keys=_DATE_KEYS,
        any_case=True,
        zone=site_zone if site_zone.key != zone.key else None,
        base_path=site_dates.base_path_in_settings(source, SETTINGS, "baseURL"),
    )
    return static_site.read_site_posts(rules, source, desk, now, zone, posts, fresh=fresh, remarks=remarks, settings=SETTINGS)


def _find_posts(paths: tuple[str, ...], remarks: list[Remark]) -> Iterator[SitePost]:
    bundles = {path.rpartition("/")[0]: path for path in paths if _is_bundle_page(path)}
    for path in paths:
        _content, _slash, content_path = path.partition("/")
        folder, _slash, file = path.rpartition("/")
        page = _PAGE.fullmatch(file)
        if content_path.split("/")[0] not in SECTIONS or "/" not in content_path or page is None or page["name"] == "_index":
            continue
        around = next(
            (bundle for bundle in bundles if folder.startswith(f"{bundle}/") or (folder == bundle and page["name"] != "index")), None
        )
        if around is not None:
            message = _("not imported: Hugo takes it for a part of {page}, and shows it on no page of its own", page=bundles[around])
            remarks.append(Remark(path, message))
            continue
        is_bundle = page["name"] == "index"
        name = folder.rpartition("/")[2] if is_bundle else page["name"]
        lang = (page["lang"] or "").lower()
        yield SitePost(path, f"{name}-{lang}" if lang else name, lang=lang, bundle_folder=folder if is_bundle else "")


def _is_bundle_page(path: str) -> bool:
    return re.fullmatch(r"index(\.[a-z]{2})?\.(md|markdown)", path.rpartition("/")[2]) is not None
