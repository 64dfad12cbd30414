"""The preview of a proposal: every publication as its network shows it, in one HTML file that opens on a phone without a connection.

It asks no host for anything and runs no script: pictures stand in it, encoded anew, and its policy forbids the rest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from markupsafe import Markup

from marronnier import messages, sandbox
from marronnier.messages import Trouble
from marronnier.model.publication import Picture
from marronnier.pages import site_media
from marronnier.pages.brand_colour import stylesheet
from marronnier.pages.locale import SiteLocale
from marronnier.pages.previews import make_preview
from marronnier.pages.publication_groups import group_publications, one_per_channel
from marronnier.pages.render import render
from marronnier.pages.site_data import SiteData
from marronnier.pages.site_view import SiteView
from marronnier.sandbox import svg

PICTURE_SIDE = 1000
"""Pixels of a picture's longer side: more than a phone shows."""
PICTURE_BYTES = 250_000
MOST_BYTES = 12_000_000
"""All pictures together; of further ones the alternative text is shown."""

_ASSETS = Path(__file__).parent / "assets"


def preview_file(site_data: SiteData, name: str, commit: str) -> str:
    """The whole file, of all publications in the plan of `site_data`. `name` is what people call the proposal, `commit` what it shows."""
    brand = site_data.desk.brand
    lang = brand.lang if brand.lang in messages.languages() else "en"
    view = SiteView(site_data, SiteLocale(lang, brand))
    pictures = InlinePictures(site_data)
    posts = [
        (
            publications,
            group_publications(publications),
            [(one, make_preview(view, one, pictures.url)) for one in one_per_channel(publications)],
        )
        for publications in view.by_post.values()
    ]
    style = stylesheet(brand.colour) + _styles()
    shown = {"posts": posts, "name": name, "commit": commit, "left_out": pictures.left_out, "style_digest": _style_digest(style)}
    return render("preview_file.html.jinja", view, "./", style=Markup(style), **shown) + "\n"  # noqa: S704 - our own style sheets


def _style_digest(style: str) -> str:
    """The digest by which the file's own policy knows its style sheet."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")


@cache
def _styles() -> str:
    """The site's style sheet, and what MkDocs gives the site beside it. No `<` ends it early."""
    style = "".join((_ASSETS / name).read_text(encoding="utf-8") for name in ("marronnier.css", "preview_file.css"))
    assert "<" not in style
    return style


class InlinePictures:
    """The pictures of a preview as `data:` URLs, each encoded anew once and small."""

    def __init__(self, site_data: SiteData) -> None:
        self._media = site_data.media
        self._tree = site_data.desk.tree
        self._urls: dict[str, str] = {}
        self._size = 0
        self.left_out = 0
        """How many pictures are only told of, because the file would be too large."""

    def url(self, picture: Picture) -> str:
        """The picture as a `data:` URL; empty for what is no picture, cannot be shown safely, or would make the file too large."""
        if picture.sha256 not in self._urls:
            self._urls[picture.sha256] = self._make_url(picture)
        return self._urls[picture.sha256]

    def _make_url(self, picture: Picture) -> str:
        if site_media.media_kind(picture) != "image" or not self._media.is_served(picture):
            return ""
        made = _small_picture(picture.path, self._tree.read)
        if made is None:
            return ""
        data, mime = made
        if self._size + len(data) > MOST_BYTES:
            self.left_out += 1
            return ""
        self._size += len(data)
        return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


def _small_picture(path: str, read: Callable[[str], bytes]) -> tuple[bytes, str] | None:
    """The bytes and the type of a picture for a phone; None when it cannot be decoded safely, or not be made small."""
    data = read(path)
    if sandbox.extension(path) == ".svg":
        drawing = svg.clean(data)
        return (drawing, "image/svg+xml") if drawing is not None and len(drawing) <= PICTURE_BYTES else None
    try:
        made = sandbox.clean(data, max_bytes=PICTURE_BYTES, max_side=PICTURE_SIDE, still=True)
    except (sandbox.Unsafe, Trouble):
        return None
    return made.data, made.mime
