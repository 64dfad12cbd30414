"""Comments of a forge as HTML for the site: Markdown as a forge shows it, without what a page of ours must not hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup

from marronnier.messages import N_
from marronnier.text.html import sanitize_html

if TYPE_CHECKING:
    from markdown_it.token import Token

FindAddress = Callable[[str], str]
"""Where a link leads on the site; empty where it leads nowhere, and its text alone stays."""

_HEADINGS_BELOW = 2
"""Headings of a comment stand below those of the page."""
_ALERT = re.compile(r"\A\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*\n?")
_ALERTS = {"NOTE": N_("Note"), "TIP": N_("Tip"), "IMPORTANT": N_("Important"), "WARNING": N_("Warning"), "CAUTION": N_("Caution")}
_MOST = 200_000
"""The most characters of a comment that are shown: a forge takes fewer."""


def comment_html(text: str, translate: Callable[[str], str], find_address: FindAddress) -> Markup:
    """A comment as HTML: line breaks stay, hidden lines go, pictures become their alternative text, and every link is asked about.

    Whatever else stands in it, the house's sanitiser lets only harmless elements through.
    """
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    parser = MarkdownIt("commonmark", {"breaks": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    tokens = parser.parse(text[:_MOST].replace("\r\n", "\n"))
    for number, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _HEADINGS_BELOW)}"
        elif token.type == "fence":
            token.info = ""
        elif token.type == "html_block":
            token.content = _without_pictures(token.content)
        elif token.type == "inline":
            children = _shown(token.children or [], find_address)
            if number > 1 and tokens[number - 2].type == "blockquote_open" and (alert := _ALERT.match(token.content)):
                label = Token("html_inline", "", 0, content=f"<strong>{Markup.escape(translate(_ALERTS[alert[1]]))}</strong><br>")
                children = [label, *_without_line(children)]
            token.children = children
    return Markup(sanitize_html(parser.renderer.render(tokens, parser.options, {})))  # noqa: S704 - sanitised just before


def _without_pictures(markup: str) -> str:
    """HTML as it was written; shown as text where a picture stands in it. Browsers take `<image>` for one too."""
    return str(Markup.escape(markup)) if "<im" in markup.casefold() else markup


def _without_line(children: list[Token]) -> list[Token]:
    """What follows the first line."""
    breaks = (number for number, child in enumerate(children) if child.type in ("softbreak", "hardbreak"))
    return children[next(breaks, len(children)) + 1 :]


def _shown(children: list[Token], find_address: FindAddress) -> list[Token]:
    """The pieces of a line: links lead where they may, pictures are words, and the path of a page is a link to it."""
    from markdown_it.token import Token

    shown: list[Token] = []
    is_linked: list[bool] = []
    for child in children:
        if child.type == "link_open":
            address = find_address(str(child.attrs.get("href", "")))
            is_linked.append(bool(address))
            if address:
                child.attrs = {"href": address}
                shown.append(child)
        elif child.type == "link_close":
            if is_linked.pop():
                shown.append(child)
        elif child.type == "html_inline":
            child.content = _without_pictures(child.content)
            shown.append(child)
        elif child.type == "image":
            shown.append(Token("text", "", 0, content=child.content))
        elif child.type == "code_inline" and child.content.startswith("/posts/") and (address := find_address(child.content)):
            shown += [Token("link_open", "a", 1, attrs={"href": address}), child, Token("link_close", "a", -1)]
        else:
            shown.append(child)
    return shown
