"""Corrections of the theme's finished pages: accessibility, and a content security policy that lets only our own files run or load."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re

from marronnier.pages.locale import SiteLocale
from marronnier.pages.shell import current

_SECTION = re.compile(
    r'<li class="(?P<item>md-tabs__item|md-nav__item)">(?P<space>\s*)<a href="(?P<href>[^"]*)" class="(?P<link>md-tabs__link|md-nav__link)"'
)
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)


def fix_accessibility(html: str, locale: SiteLocale) -> str:
    """The page of the theme (mkdocs-material 9.8) with corrections for keyboards and screen readers.

    The theme has a skip link only on pages with a table of contents, no name for its menu button on a phone and for its search,
    and labels with `tabindex=""`, which is not a number.
    """
    for old, new in (
        (
            '<div data-md-component="skip">',
            f'<div data-md-component="skip"><a href="#main" class="md-skip">{locale._("Skip to the content")}</a>',
        ),
        ('<main class="md-main"', '<main id="main" tabindex="-1" class="md-main"'),
        ('id="__drawer"', f'id="__drawer" aria-label="{locale._("Menu")}"'),
        ('data-md-component="search" role="dialog"', f'data-md-component="search" role="dialog" aria-label="{locale._("Search")}"'),
    ):
        html = html.replace(old, new, 1)
    return html.replace(' tabindex=""', "")


def mark_sections(html: str, path: str) -> str:
    """The shell of the theme (mkdocs-material 9.8) at a path, with the link of each section marked as the current one on its pages."""

    def mark(match: re.Match[str]) -> str:
        section = posixpath.normpath(posixpath.join("/", path, match["href"])).strip("/")
        section = f"{section}/" if section else ""
        item, link = match["item"], match["link"]
        return (
            f'<li class="{item}{current(section, f" {item}--active")}">{match["space"]}'
            f'<a href="{match["href"]}" class="{link}{current(section, f" {link}--active")}"{current(section, " aria-current=true")}'
        )

    return _SECTION.sub(mark, html)


def fold_blanks(html: str) -> str:
    """The theme's page without its blank and indented lines, a sixth of what every page weighs. It has no preformatted text."""
    return re.sub(r"[ \t]*\n\s*", "\n", html)


def add_content_policy(html: str, content: str, *, internal: bool, previewed: bool = False) -> str:
    """The page with a content security policy (CSP 3) that allows the theme's inline scripts by their digest, and no others.

    `content` is the page's own part: a script within it never counts as the theme's.
    `previewed` allows every inline script: under `mkdocs serve` MkDocs adds one to the finished page, another each time.
    """
    frame = html.replace(content, "", 1) if content else html
    digests = sorted(
        "'sha256-" + base64.b64encode(hashlib.sha256(script["code"].encode()).digest()).decode() + "'"
        for script in _SCRIPT.finditer(frame)
        if "src=" not in script["attributes"] and "json" not in script["attributes"]
    )
    inline = "'unsafe-inline'" if previewed else " ".join(dict.fromkeys(digests))
    policy = (
        f"default-src 'none'; script-src 'self' {inline}; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="no-referrer">'
    head += '<meta name="robots" content="noindex">' if internal else ""
    return html.replace("<head>", "<head>" + head, 1)
