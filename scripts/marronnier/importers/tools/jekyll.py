"""Posts and drafts of a Jekyll site.

They are in `_posts/` and `_drafts/`, at the root or below a category: https://jekyllrb.com/docs/posts/, seen 2026-11-25.
An hour without an offset: the site's `timezone:` is what people mean, and Jekyll on today's Ruby reads UTC all the same
(https://github.com/jekyll/jekyll/issues/1273, https://github.com/jekyll/jekyll/issues/3879, seen 2026-11-27).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.importers import site_dates, static_site
from marronnier.importers.bundle import Bundle, Remark
from marronnier.importers.static_site import SitePost, SiteRules
from marronnier.messages import Trouble, _

TOOL = "jekyll"
SETTINGS = ("_config.yml", "_config.yaml", "_config.toml")

_DATED = re.compile(r"(?P<day>\d{4}-\d{1,2}-\d{1,2})-(?P<name>.+)\.(?:md|markdown|mkdn?|mkdown)", re.IGNORECASE)
_OTHER_FORMAT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-.+\.\w+")
_DRAFT = re.compile(r"(?P<name>.+)\.(?:md|markdown|mkdn?|mkdown)", re.IGNORECASE)


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All posts of a Jekyll site. Raises Trouble for a folder without posts."""
    remarks: list[Remark] = []
    posts = list(_find_posts(source.paths(("",)), remarks))
    if not posts:
        raise Trouble(
            _("This is not a Jekyll folder: _posts/ is missing"), _("Name the folder that holds _posts/ and _config.yml."), status=2
        )
    site_zone, zone_name = site_dates.zone_in_settings(source, SETTINGS, "timezone")
    if zone_name and site_zone is None:
        message = _("there is no time zone {zone}: hours are read in {brand_zone}", zone=zone_name, brand_zone=zone)
        remarks.append(Remark("_config.yml: timezone", message, left_behind=False))
    rules = SiteRules(
        TOOL,
        ("",),
        zone=site_zone if site_zone is not None and site_zone.key != zone.key else None,
        other_zones=(ZoneInfo("UTC"),),
        base_path=site_dates.base_path_in_settings(source, SETTINGS, "baseurl"),
    )
    return static_site.read_site_posts(rules, source, desk, now, zone, posts, fresh=fresh, remarks=remarks, settings=SETTINGS)


def _find_posts(paths: tuple[str, ...], remarks: list[Remark]) -> Iterator[SitePost]:
    for path in paths:
        folders, file = path.split("/")[:-1], path.rpartition("/")[2]
        if "_site" in folders:
            continue
        if "_posts" in folders:
            dated = _DATED.fullmatch(file)
            day = _parse_day(dated["day"]) if dated else None
            if dated and day:
                yield SitePost(path, dated["name"], day=day)
            elif _OTHER_FORMAT.fullmatch(file) and not dated:
                remarks.append(Remark(path, _("not imported: only posts in Markdown are")))
            else:
                remarks.append(Remark(path, _("not imported: a Jekyll post is named like 2026-12-05-title.md")))
        elif "_drafts" in folders and (draft := _DRAFT.fullmatch(file)):
            yield SitePost(path, draft["name"], draft=True)


def _parse_day(text: str) -> date | None:
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        return None
