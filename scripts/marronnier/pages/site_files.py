"""Puts a language of the site together: section pages as a builder made them, post pages around its shell, feeds, media, search."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from marronnier.model.publication import Picture
from marronnier.pages import brand_colour, feeds, ics, site_media
from marronnier.pages.emitter import Emitter
from marronnier.pages.page import Page
from marronnier.pages.shell import Shell
from marronnier.pages.site_view import SiteView

SHELL_PATH = "posts/marronnier-shell/"
"""Where a builder leaves the shell: as deep as the post pages, so that its links fit them as they are."""
_MAX_SEARCHED = 3000
"""The newest so many posts are searched: a browser builds the index itself, and must not think for a minute."""
_SKIPPED = (f"{SHELL_PATH}index.html", "sitemap.xml", "sitemap.xml.gz")


def stylesheets(view: SiteView) -> Mapping[str, bytes]:
    """The stylesheets every page links to, by their path below the language's root."""
    own = resources.files("marronnier.pages").joinpath("assets/marronnier.css").read_bytes()
    return {"assets/marronnier.css": own, "assets/brand.css": brand_colour.stylesheet(view.brand.colour).encode()}


def write_posts(emitter: Emitter, prefix: str, view: SiteView, pages: list[Page], shell: Shell) -> list[tuple[Page, str]]:
    """The post pages of one language and the media they show. Gives each page with its words, for the search."""
    told, wanted = [], dict[str, Picture]()
    for page in pages:
        emitted = emitter.write_page(prefix, page, shell, view.locale.lang)
        told.append((page, emitted.words))
        wanted |= {site_media.site_path(picture): picture for picture in emitted.pictures}
    for address, picture in wanted.items():
        _write_medium(emitter, view, address, picture)
    view.site_data.media.save_cache()
    return told


def _write_medium(emitter: Emitter, view: SiteView, address: str, picture: Picture) -> None:
    digest = site_media.source_digest(picture)
    if emitter.is_unchanged(address, digest):
        return
    made = view.site_data.media.site_bytes(picture)
    if made is not None:
        emitter.write_file(address, made, digest)


def write_built_files(emitter: Emitter, prefix: str, folder: Path, told: list[tuple[Page, str]]) -> None:
    """What the builder made, with our posts in its search index; never its shell."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in _SKIPPED or name.endswith(".map"):
            continue
        data = path.read_bytes()
        if name == "search/search_index.json":
            data = add_to_search_index(data, told)
        emitter.write_file(prefix + name, data)


def add_to_search_index(index: bytes, told: list[tuple[Page, str]]) -> bytes:
    """The builder's search index with the newest posts in it; the same bytes when it is no index."""
    try:
        read: dict[str, Any] = json.loads(index)
        docs = [doc for doc in read["docs"] if not doc["location"].startswith(SHELL_PATH)]
    except (ValueError, KeyError, TypeError):
        return index
    docs += [{"location": page.path, "title": _escape(page.title), "text": _escape(words)} for page, words in told[-_MAX_SEARCHED:]]
    return json.dumps({**read, "docs": docs}, ensure_ascii=False).encode("utf-8", "replace")


def _escape(text: str) -> str:
    # The search shows what it finds as HTML.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_shared_files(emitter: Emitter, view: SiteView, logo: tuple[str, bytes] | None = None) -> None:
    """What stands once for all languages: feeds, calendar, robots."""
    for path, data in feeds.feed_files(view):
        emitter.write_file(path, data)
    emitter.write_file("calendar.ics", ics.calendar_file(view))
    emitter.write_file("robots.txt", b"User-agent: *\nDisallow: /\n" if view.internal else b"User-agent: *\nAllow: /\n")
    if logo is not None:
        emitter.write_file(*logo)


def sitemap(view: SiteView, addresses: Iterator[str]) -> bytes:
    """`sitemap.xml` of a public site that knows where it stands."""
    root = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for address in addresses:
        ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc").text = f"{view.brand.site_url.rstrip('/')}/{address}"
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def write_markdown(pages: Iterator[Page], emit: Callable[[str, bytes], None]) -> None:
    """Every page as plain Markdown, one `index.md` an address, for any other builder."""
    for page in pages:
        emit(str(PurePosixPath(page.path) / "index.md"), page.as_markdown().encode("utf-8", "replace"))
