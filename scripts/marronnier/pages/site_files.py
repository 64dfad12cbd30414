"""Writes the files of one language of the site: its pages within a builder's shell, feeds, media, search index, sitemap."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from marronnier.model.publication import Picture
from marronnier.pages import brand_colour, feeds, ics, public_media, site_media
from marronnier.pages.emitter import Emitter
from marronnier.pages.kinds.pull_requests import preview_path
from marronnier.pages.page import Page
from marronnier.pages.shell import Shell
from marronnier.pages.site_view import SiteView

SHELL_PATH = "posts/marronnier-shell/"
"""The shell page's path: as deep as the post pages, so that its relative links fit them unchanged."""
_MAX_SEARCHED = 3000
"""The search index holds this many pages, of posts the newest: the browser builds the index itself, which must not take a minute."""
_SKIPPED = (f"{SHELL_PATH}index.html", "sitemap.xml", "sitemap.xml.gz")


def stylesheets(view: SiteView) -> Mapping[str, bytes]:
    """The stylesheets of every page, by path below the language's root."""
    own = resources.files("marronnier.pages").joinpath("assets/marronnier.css").read_bytes()
    return {"assets/marronnier.css": own, "assets/brand.css": brand_colour.stylesheet(view.brand.colour).encode()}


def write_pages(emitter: Emitter, prefix: str, view: SiteView, pages: list[Page], shell: Shell) -> list[tuple[Page, str]]:
    """Write the pages of one language and the media they show. Gives each indexed page with its text for the search index."""
    searchable, media = [], dict[str, Picture]()
    for page in pages:
        emitted = emitter.write_page(prefix, page, shell, view.locale.lang)
        if page.is_indexed:
            searchable.append((page, emitted.words))
        media |= {site_media.site_path(picture): picture for picture in emitted.pictures}
    for path, picture in media.items():
        digest = site_media.source_digest(picture)
        if not emitter.is_unchanged(path, digest) and (data := view.site_data.media.site_bytes(picture)) is not None:
            emitter.write_file(path, data, digest)
    view.site_data.media.save_cache()
    return searchable


def write_built_files(emitter: Emitter, prefix: str, folder: Path, searchable: list[tuple[Page, str]]) -> None:
    """Write the builder's files without its shell page and site maps, with the pages in its search index."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in _SKIPPED or name.endswith(".map"):
            continue
        data = path.read_bytes()
        if name == "search/search_index.json":
            data = add_to_search_index(data, searchable)
        emitter.write_file(prefix + name, data)


def add_to_search_index(index: bytes, searchable: list[tuple[Page, str]]) -> bytes:
    """The builder's search index with the pages added, of posts the newest; unchanged bytes when they are no search index."""
    try:
        parsed: dict[str, Any] = json.loads(index)
        docs = [doc for doc in parsed["docs"] if not doc["location"].startswith(SHELL_PATH)]
    except (ValueError, KeyError, TypeError):
        return index
    docs += [{"location": page.path, "title": _escape(page.title), "text": _escape(text)} for page, text in _searched(searchable)]
    return json.dumps({**parsed, "docs": docs}, ensure_ascii=False).encode("utf-8", "replace")


def _searched(searchable: list[tuple[Page, str]]) -> list[tuple[Page, str]]:
    posts = [one for one in searchable if one[0].path.startswith("posts/")]
    others = [one for one in searchable if not one[0].path.startswith("posts/")]
    return [*others, *posts[-max(_MAX_SEARCHED - len(others), 0) :]]


def _escape(text: str) -> str:
    # The theme's search inserts titles and texts as HTML.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_shared_files(emitter: Emitter, view: SiteView, logo: tuple[str, bytes] | None = None) -> None:
    """Write the files that all languages share: feeds, calendar, robots.txt, logo, and the media that networks fetch in this hour."""
    for path, data in feeds.feed_files(view):
        emitter.write_file(path, data)
    emitter.write_file("calendar.ics", ics.calendar_file(view))
    emitter.write_file("robots.txt", b"User-agent: *\nDisallow: /\n" if view.internal else b"User-agent: *\nAllow: /\n")
    if view.internal and view.site_data.forge_record is not None:
        for thread in view.site_data.forge_record.threads:
            if thread.preview:
                emitter.write_file(preview_path(thread), thread.preview)
    if logo is not None:
        emitter.write_file(*logo)
    public_media.write(emitter, view.site_data)


def sitemap(view: SiteView, addresses: Iterator[str]) -> bytes:
    """`sitemap.xml` of a public site whose address is known."""
    root = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for address in addresses:
        ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc").text = f"{view.brand.site_url.rstrip('/')}/{address}"
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def write_markdown(pages: Iterator[Page], write_file: Callable[[str, bytes], None]) -> None:
    """Write every page as plain Markdown for another builder: one `index.md` for each path."""
    for page in pages:
        write_file(str(PurePosixPath(page.path) / "index.md"), page.as_markdown().encode("utf-8", "replace"))
