"""Safe HTML from Markdown, for long-form networks, feeds and the site."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape
from typing import Any

_ALLOWED = (
    "a abbr b blockquote br cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark "
    "ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr"
)
ALLOWED_TAGS = frozenset(_ALLOWED.split())
"""The allowed HTML elements; of all others only the text is kept."""

_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "code": {"class"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
# The path of a local file: no scheme, no host, no blanks and backslashes, which browsers interpret.
_LOCAL_PATH = re.compile(r"(?!//)[^\s\\:?#&<>\"'\x00-\x20\x7f]+", re.ASCII)
_LANGUAGE = re.compile(r"language-[a-zA-Z0-9+-]{1,30}")
_IMAGE = re.compile(r'<img(?P<attributes>(?:\s[a-z]+="[^"]*")*)\s*/?>')


@lru_cache(maxsize=2048)
def render_html(markdown: str) -> str:
    """The text as HTML, sanitised after rendering: no scripts, no remote resources, no links to `javascript:`.

    Links have `rel="noopener"`. An image is kept when its path is local, without scheme and host; a remote one is replaced by its
    alternative text. Typography stays as typed.
    """
    from marronnier.text.markdown_parser import markdown_parser, parse_tokens

    tokens = parse_tokens(markdown, exact=False)
    if tokens is None:
        return f"<pre>{escape(markdown, quote=False)}</pre>"
    parser = markdown_parser(exact=False)
    return sanitize_html(parser.renderer.render(tokens, parser.options, {}))


def sanitize_html(markup: str) -> str:
    """Untrusted HTML, reduced to the allowed elements and attributes."""
    # The serialiser writes a no-break space as an entity; a literal "&nbsp;" in the text has its & escaped and does not match.
    clean = _cleaner().clean(markup).replace("&nbsp;", "\u00a0")
    return _IMAGE.sub(_image_or_alt, clean).strip("\n")


@cache
def _cleaner() -> Any:
    import nh3

    return nh3.Cleaner(
        tags=set(ALLOWED_TAGS),
        clean_content_tags={"script", "style", "template", "title", "textarea", "iframe", "noscript", "object", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    )


def _filter_attribute(element: str, attribute: str, value: str) -> str | None:
    if (element, attribute) == ("img", "src"):
        return value if _LOCAL_PATH.fullmatch(value) else None
    if (element, attribute) == ("code", "class"):
        return value if _LANGUAGE.fullmatch(value) else None
    if attribute in ("width", "height", "colspan", "rowspan", "start"):
        return value if re.fullmatch(r"\d{1,4}", value, re.ASCII) else None
    return value


def _image_or_alt(image: re.Match[str]) -> str:
    if " src=" in image["attributes"]:
        return image[0]
    alternative = re.search(r' alt="([^"]*)"', image["attributes"])
    return alternative[1].replace("<", "&lt;").replace(">", "&gt;") if alternative else ""
