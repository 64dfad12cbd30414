"""The preview of a proposal: every publication as its network shows it, in one HTML file that opens on a phone without a connection.

It asks no host for anything and runs no script: pictures stand in it, encoded anew, short films as they are, and its policy forbids the rest.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

from marronnier import messages
from marronnier.pages.brand_colour import stylesheet
from marronnier.pages.inline_media import InlineMedia
from marronnier.pages.locale import SiteLocale
from marronnier.pages.previews import make_preview
from marronnier.pages.publication_groups import group_publications, one_per_channel
from marronnier.pages.render import render
from marronnier.pages.site_data import SiteData
from marronnier.pages.site_view import SiteView

_ASSETS = Path(__file__).parent / "assets"


def preview_file(site_data: SiteData, name: str, commit: str) -> str:
    """The whole file, of all publications in the plan of `site_data`. `name` is what people call the proposal, `commit` what it shows."""
    brand = site_data.desk.brand
    lang = brand.lang if brand.lang in messages.languages() else "en"
    view = SiteView(site_data, SiteLocale(lang, brand))
    media = InlineMedia(site_data, view.locale)
    posts = [
        (
            publications,
            group_publications(publications),
            [(one, make_preview(view, one, media.url, media.note)) for one in one_per_channel(publications)],
        )
        for publications in view.by_post.values()
    ]
    style = stylesheet(brand.colour) + _styles()
    shown = {"posts": posts, "name": name, "commit": commit, "left_out": media.left_out, "style_digest": _style_digest(style)}
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
