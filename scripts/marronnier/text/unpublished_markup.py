"""Markup that no reader gets: embedded elements of HTML, links that lead nowhere outside the repository, definitions that no word uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from marronnier.text.code_fences import classify_lines

Kind = Literal["element", "html-link", "local-link", "definition", "in-html"]

_ELEMENTS = (
    "applet audio button canvas embed form frame frameset iframe input map math noscript object script select style svg template "
    "textarea title video"
)
_ELEMENT = re.compile(rf"<({'|'.join(_ELEMENTS.split())})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_HTML_LINK = re.compile(r"<a\s[^<>]*?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_MARKDOWN = re.compile(r"!?\[[^\[\]\n]*\]\([^()\n]*\)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DEFINITION = re.compile(r" {0,3}\[(?P<label>[^\[\]\n]+)\]:[ \t]*\S")
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|www\.", re.IGNORECASE)
_MAY_BE = re.compile(r"<[a-z][a-z0-9]*(?=[\s/>])|\]\((?!https?://|mailto:|tel:)|^ {0,3}\[[^\]\n]+\]:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class UnpublishedMarkup:
    """Markup of a Markdown text that readers may not get."""

    kind: Kind
    """`element`: an embedded element; `html-link`: a link as HTML, which plain text loses; `local-link`: a link without a host;
    `definition`: a line that Markdown reads as the address of a link that no word uses; `in-html`: Markdown in a block of HTML, shown as typed."""
    value: str
    """The element's name, the address, or the line."""
    line: int
    """The line of the text, from 0."""
    column: int
    """The column, from 1."""


def find_unpublished_markup(markdown: str) -> tuple[UnpublishedMarkup, ...]:
    """Such markup of a Markdown text outside code and comments, in order."""
    return tuple(_iter_markup(markdown)) if _MAY_BE.search(markdown) else ()


def _iter_markup(markdown: str) -> Iterator[UnpublishedMarkup]:
    from marronnier.text.markdown_parser import parse_tokens

    at = 0

    def found(kind: Kind, value: str, needle: str) -> UnpublishedMarkup:
        nonlocal at
        at = max(markdown.find(needle, at), at)
        start = markdown.rfind("\n", 0, at) + 1
        return UnpublishedMarkup(kind, value, markdown.count("\n", 0, at), at - start + 1)

    line_starts = [0, *(newline.end() for newline in re.finditer("\n", markdown)), len(markdown)]
    for block in parse_tokens(markdown, exact=True) or ():
        if block.map:
            at = max(at, line_starts[block.map[0]])
        for token in (block,) if block.type == "html_block" else block.children or ():
            if token.type in ("html_inline", "html_block"):
                for kind, value, needle in _in_html(_COMMENT.sub("", token.content), is_block=token.type == "html_block"):
                    yield found(kind, value, needle)
            elif token.type == "link_open":
                address = str(token.attrs.get("href", ""))
                # `#below` is a place in the same text: its words stay, and it has no address to lose.
                if not _ANY_SCHEME.match(address) and not address.startswith("#"):
                    yield found("local-link", address, f"({address}" if f"({address}" in markdown[at:] else address)
    yield from _unused_definitions(markdown)


def _in_html(markup: str, *, is_block: bool) -> list[tuple[Kind, str, str]]:
    """Kind, value and source of such markup in a fragment of HTML, in order."""
    marks: list[tuple[int, Kind, str, str]] = [(tag.start(), "element", tag[1].lower(), tag[0]) for tag in _ELEMENT.finditer(markup)]
    for link in _HTML_LINK.finditer(markup):
        address = next(filter(None, link.groups()), "")
        if not address.startswith("#"):
            marks.append((link.start(), "html-link" if _ANY_SCHEME.match(address) else "local-link", address, link[0]))
    if is_block:
        marks += [(mark.start(), "in-html", mark[0], mark[0]) for mark in _MARKDOWN.finditer(markup)]
    return [(kind, value, source) for _start, kind, value, source in sorted(marks)]


def _unused_definitions(markdown: str) -> Iterator[UnpublishedMarkup]:
    """Definitions of links that no word uses: `[Note]: Sunday` is one, and whoever wrote it meant a sentence."""
    if "]:" not in markdown:
        return
    from marronnier.text.markdown_parser import markdown_parser

    env: dict[str, dict[str, object]] = {}
    markdown_parser(exact=True).parse(markdown, env)
    defined = env.get("references", {})
    from markdown_it.common.utils import normalizeReference

    folded = markdown.casefold()
    for number, line, is_text in classify_lines(markdown):
        definition = _DEFINITION.match(line) if is_text else None
        if definition is None or normalizeReference(definition["label"]) not in defined:
            continue
        label = f"[{definition['label']}]".casefold()
        if folded.count(label) == folded.count(f"{label}:"):
            yield UnpublishedMarkup("definition", line.strip(), number, len(line) - len(line.lstrip()) + 1)
