"""Posts and drafts of a Jekyll site.

They are in `_posts/` and `_drafts/`, at the root or below a category: https://jekyllrb.com/docs/posts/, seen 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.importers import static_site
from marronnier.importers.bundle import Bundle, Remark
from marronnier.importers.static_site import SitePost
from marronnier.messages import Trouble, _

TOOL = "jekyll"
_DATED = re.compile(r"(?P<day>\d{4}-\d{1,2}-\d{1,2})-(?P<name>.+)\.(?:md|markdown)", re.IGNORECASE)
_DRAFT = re.compile(r"(?P<name>.+)\.(?:md|markdown)", re.IGNORECASE)


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All posts of a Jekyll site. Raises Trouble for a folder without posts."""
    remarks: list[Remark] = []
    posts = list(_find_posts(source.paths(("",)), remarks))
    if not posts:
        raise Trouble(
            _("This is not a Jekyll folder: _posts/ is missing"), _("Name the folder that holds _posts/ and _config.yml."), status=2
        )
    return static_site.read_site_posts(TOOL, source, desk, now, zone, posts, asset_roots=("",), fresh=fresh, remarks=remarks)


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
            else:
                remarks.append(Remark(path, _("not imported: a Jekyll post is named like 2026-12-05-title.md")))
        elif "_drafts" in folders and (draft := _DRAFT.fullmatch(file)):
            yield SitePost(path, draft["name"], draft=True)


def _parse_day(text: str) -> date | None:
    try:
        return date(*map(int, text.split("-")))
    except ValueError:
        return None
