"""Mends the theme's finished pages: what a keyboard and a screen reader miss in them, and a policy that lets nothing run or load but ours."""

from __future__ import annotations

import base64
import hashlib
import re

from marronnier.pages.locale import SiteLocale

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)


def fix_accessibility(html: str, locale: SiteLocale) -> str:
    """The theme's page (mkdocs-material 9.8) with what a keyboard or a screen reader misses in it.

    Its link over the menus is only there where a table of contents is, its menu button on a phone and its search have no name,
    and some of its labels say `tabindex=""`, which is no number.
    """
    for theirs, ours in (
        (
            '<div data-md-component="skip">',
            f'<div data-md-component="skip"><a href="#main" class="md-skip">{locale._("Skip to the content")}</a>',
        ),
        ('<main class="md-main"', '<main id="main" tabindex="-1" class="md-main"'),
        ('id="__drawer"', f'id="__drawer" aria-label="{locale._("Menu")}"'),
        ('data-md-component="search" role="dialog"', f'data-md-component="search" role="dialog" aria-label="{locale._("Search")}"'),
    ):
        html = html.replace(theirs, ours, 1)
    return html.replace(' tabindex=""', "")


def add_content_policy(html: str, content: str, *, internal: bool) -> str:
    """The page with a policy (CSP 3) that allows the theme's own scripts by their digest, and nothing else.

    `content` is what people's words became: what stands in it is never counted among the theme's scripts.
    """
    frame = html.replace(content, "", 1) if content else html
    digests = sorted(
        "'sha256-" + base64.b64encode(hashlib.sha256(found["code"].encode()).digest()).decode() + "'"
        for found in _SCRIPT.finditer(frame)
        if "src=" not in found["attributes"] and "json" not in found["attributes"]
    )
    policy = (
        f"default-src 'none'; script-src 'self' {' '.join(dict.fromkeys(digests))}; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="no-referrer">'
    head += '<meta name="robots" content="noindex">' if internal else ""
    return re.sub(r"<head>", lambda found: found[0] + head, html, count=1)
