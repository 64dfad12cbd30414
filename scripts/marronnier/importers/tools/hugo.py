"""Posts of a Hugo site.

How Hugo lays out its content folder: https://gohugo.io/content-management/organization/, seen 2026-11-25.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.importers import static_site
from marronnier.importers.bundle import Bundle, Remark
from marronnier.importers.static_site import SitePost
from marronnier.messages import Trouble, _, ngettext

TOOL = "hugo"
SECTIONS = ("posts", "post", "blog", "news", "articles")
"""Sections of the content folder that hold posts; the others hold pages."""

_PAGE = re.compile(r"(?P<name>.+?)(?:\.(?P<lang>[a-z]{2}))?\.(?:md|markdown)", re.IGNORECASE)


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All posts of a Hugo site. Raises Trouble for a folder without a content folder."""
    paths = source.paths(("content",))
    if not paths:
        raise Trouble(
            _("This is not a Hugo folder: content/ is missing"), _("Name the folder that holds content/ and hugo.toml."), status=2
        )
    posts = list(_find_posts(paths))
    page_sections = Counter(
        path.split("/")[1] for path in paths if _PAGE.fullmatch(path) and "/" in path[8:] and path.split("/")[1] not in SECTIONS
    )
    remarks = [
        Remark(
            f"content/{section}",
            ngettext("{count} page not imported: it is not a post", "{count} pages not imported: they are not posts", count),
        )
        for section, count in sorted(page_sections.items())
    ]
    return static_site.read_site_posts(TOOL, source, desk, now, zone, posts, asset_roots=("static", "assets"), fresh=fresh, remarks=remarks)


def _find_posts(paths: tuple[str, ...]) -> Iterator[SitePost]:
    bundles = {path.rpartition("/")[0] for path in paths if re.fullmatch(r"index(\.[a-z]{2})?\.(md|markdown)", path.rpartition("/")[2])}
    for path in paths:
        _content, _slash, content_path = path.partition("/")
        folder, _slash, file = path.rpartition("/")
        page = _PAGE.fullmatch(file)
        if content_path.split("/")[0] not in SECTIONS or "/" not in content_path or page is None or page["name"] == "_index":
            continue
        if folder in bundles and page["name"] != "index":
            continue
        if any(folder.startswith(f"{bundle}/") for bundle in bundles):
            continue
        is_bundle = page["name"] == "index"
        name = folder.rpartition("/")[2] if is_bundle else page["name"]
        lang = (page["lang"] or "").lower()
        yield SitePost(path, f"{name}-{lang}" if lang else name, lang=lang, bundle_folder=folder if is_bundle else "")
