"""Posts of the blog of a Material for MkDocs site.

They are in `posts/` below `blog_dir` below `docs_dir`, at any depth, each with a `date`:
https://squidfunk.github.io/mkdocs-material/plugins/blog/, seen 2026-11-27 as docs/plugins/blog.md of squidfunk/mkdocs-material.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.importers import static_site
from marronnier.importers.bundle import Bundle
from marronnier.importers.static_site import SitePost, SiteRules
from marronnier.messages import Trouble, _

TOOL = "material"
SETTINGS = ("mkdocs.yml", "mkdocs.yaml")

_FOREIGN_MARKUP = re.compile(
    r"^(?:!!!|\?\?\?\+?|===!?\+?) .|:(?:material|fontawesome|octicons|simple)-[\w-]+:|--8<--|\{\{|\{%|\{ ?[.#:][^{}\n]*\}|^/// ",
    re.MULTILINE,
)


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All posts of a site's blogs. Raises Trouble for a folder without any."""
    settings = next((source.read(file).decode("utf-8", "replace") for file in SETTINGS if source.exists(file)), "")
    docs = _setting(settings, "docs_dir", "docs")[0]
    posts = list(_find_posts(source, docs, _setting(settings, "blog_dir", "blog"), _setting(settings, "post_dir", "{blog}/posts")))
    if not posts:
        raise Trouble(
            _("This is not the folder of a Material blog: no posts in {folder}", folder=f"{docs}/blog/posts"),
            _("Name the folder that holds mkdocs.yml."),
            status=2,
        )
    rules = SiteRules(TOOL, (docs,), foreign_markup=_FOREIGN_MARKUP)
    return static_site.read_site_posts(rules, source, desk, now, zone, posts, fresh=fresh, settings=SETTINGS)


def _setting(settings: str, key: str, default: str) -> list[str]:
    """The values of a key, wherever it stands: several blogs may have one each. The settings may hold tags of Python, so they are not parsed."""
    values = re.findall(rf"^[ \t]*(?:- )?{key}:[ \t]*[\"']?([^\"'#\n]+?)[\"']?[ \t]*(?:#.*)?$", settings, re.MULTILINE)
    return [value.strip() for value in values] or [default]


def _find_posts(source: Tree, docs: str, blogs: list[str], post_folders: list[str]) -> Iterator[SitePost]:
    paths = source.paths((posixpath.normpath(docs),))
    blogs = blogs if len(blogs) > 1 else list(dict.fromkeys((*blogs, "blog")))
    folders = {posixpath.normpath(f"{docs}/{folder.replace('{blog}', blog)}") for blog in blogs for folder in post_folders}
    for path in paths:
        folder, _slash, file = path.rpartition("/")
        if not file.lower().endswith((".md", ".markdown")) or not any(path.startswith(f"{posts}/") for posts in folders):
            continue
        is_index = file.lower().startswith("index.") and folder not in folders
        name = folder.rpartition("/")[2] if is_index else file.rpartition(".")[0]
        yield SitePost(path, name, bundle_folder=folder if is_index else "")
