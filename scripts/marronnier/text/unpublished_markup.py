"""Markup that no reader gets, or only as typed: embedded HTML, words between `<` and `>`, links that lead nowhere, titles, definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from marronnier.text.code_fences import classify_lines

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["element", "html-link", "local-link", "definition", "in-html", "tag", "comment", "title", "cell", "as-typed"]

_ELEMENTS = (
    "applet audio button canvas embed form frame frameset iframe input map math noscript object script select style svg template "
    "textarea title video"
)
_ELEMENT = re.compile(rf"<({'|'.join(_ELEMENTS.split())})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_TEXT_ELEMENTS = (
    "a abbr acronym address area article aside b bdi bdo big blockquote body br center cite code col colgroup data dd del details dfn dir "
    "div dl dt em fieldset fig figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i img ins kbd label legend li "
    "link main mark menu meta meter nav nobr ol optgroup option output p param picture pre progress q rb rp rt rtc ruby s samp search "
    "section small source span strike strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var wbr"
)
_NAMES = frozenset(f"{_ELEMENTS} {_TEXT_ELEMENTS}".split())
"""The elements of HTML; any other name between `<` and `>` is a word that somebody wrote."""
_BARE_ATTRIBUTES = frozenset(("compact", "hidden", "inert", "ismap", "itemscope", "noshade", "nowrap", "open", "reversed"))
_TAG = re.compile(r"</?(?P<name>[a-z][a-z0-9-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_VALUE = re.compile(r"[^\s=\"'/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)")
_INSTRUCTION = re.compile(r"<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<![a-z][^>]*>", re.IGNORECASE | re.DOTALL)
_SHOWN_CHARACTERS = 60
"""The most characters of somebody's words in a message."""
_HTML_LINK = re.compile(r"<a\s[^<>]*?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)
_MARKDOWN = re.compile(r"!?\[[^\[\]\n]*\]\([^()\n]*\)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DEFINITION = re.compile(r" {0,3}\[(?P<label>[^\[\]\n]+)\]:[ \t]*\S")
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|www\.", re.IGNORECASE)
_TYPED = re.compile(
    r"(?<!\\)!\[[^\[\]\n]*\]\([^()\n]+\)|(?<!\\)!\[\[[^\[\]\n]+\]\]|(?<![\\!])\[[^\[\]\n]+\]\(\s*https?://[^()\n]+\)"
    r"|\{\{[<%][^{}\n]*[>%]\}\}|\{%[^{}\n]*%\}",
    re.IGNORECASE,
)
_MAY_BE = re.compile(
    r"<(?!https?://)[a-z/?!]|\]\((?!https?://|mailto:|tel:)|\]\([^)\n]*\s|^ {0,3}\[[^\]\n]+\]:|!\[\[|\{[{%]|\|[ \t]*:?-|-[ \t]*\|",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class UnpublishedMarkup:
    """Markup of a Markdown text that readers may not get."""

    kind: Kind
    """`element`: an embedded element; `html-link`: a link as HTML, which plain text loses; `local-link`: a link without a host;
    `definition`: a line that Markdown reads as the address of a link that no word uses; `in-html`: Markdown in a block of HTML, shown as typed;
    `tag`: words between `<` and `>`; `comment`: one without an end; `title`: that of a link or picture; `cell`: one too many in the row of a
    table; `as-typed`: a picture, link or shortcode that Markdown does not read."""
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
    tags: set[str] = set()

    def found(kind: Kind, value: str, needle: str) -> UnpublishedMarkup:
        nonlocal at
        at = max(markdown.find(needle, at), at)
        start = markdown.rfind("\n", 0, at) + 1
        return UnpublishedMarkup(kind, value, markdown.count("\n", 0, at), at - start + 1)

    line_starts = [0, *(newline.end() for newline in re.finditer("\n", markdown)), len(markdown)]
    for block in parse_tokens(markdown, exact=True) or ():
        if block.map:
            at = max(at, line_starts[block.map[0]])
        if block.type == "table_open" and block.map:
            for line, cells in _excess_cells(markdown.split("\n")[block.map[0] : block.map[1]]):
                at = line_starts[block.map[0] + line]
                yield found("cell", cells, cells)
            at = line_starts[block.map[0]]
        typed = _shown_as_typed(block) if block.type == "inline" else []
        for token in (block,) if block.type == "html_block" else block.children or ():
            if token.type in ("html_inline", "html_block"):
                for kind, value, needle in _in_html(_COMMENT.sub("", token.content), tags, is_block=token.type == "html_block"):
                    yield found(kind, value, needle)
                if (begins := token.content.rfind("<!--")) >= 0 and "-->" not in token.content[begins:]:
                    yield found("comment", "<!--", token.content[begins:].split("\n")[0])
            elif token.type == "link_open":
                address = str(token.attrs.get("href", ""))
                # `#below` is a place in the same text: its words stay, and it has no address to lose.
                if not _ANY_SCHEME.match(address) and not address.startswith("#"):
                    yield found("local-link", address, f"({address}" if f"({address}" in markdown[at:] else address)
            if token.type in ("link_open", "image") and (title := str(token.attrs.get("title", "")).strip()):
                yield found("title", title, title)
        if typed and block.map:
            at = line_starts[block.map[0]]
            for source in typed:
                yield found("as-typed", _shorten(source), source)
                at += len(source)
    yield from _unused_definitions(markdown)


def _in_html(markup: str, tags: set[str], *, is_block: bool) -> list[tuple[Kind, str, str]]:
    """Kind, value and source of such markup in a fragment of HTML, in order. `tags` are the words between `<` and `>` found before."""
    marks: list[tuple[int, Kind, str, str]] = [(tag.start(), "element", tag[1].lower(), tag[0]) for tag in _ELEMENT.finditer(markup)]
    for link in _HTML_LINK.finditer(markup):
        address = next(filter(None, link.groups()), "")
        if not address.startswith("#"):
            marks.append((link.start(), "html-link" if _ANY_SCHEME.match(address) else "local-link", address, link[0]))
    for tag in _TAG.finditer(markup):
        name = tag["name"].lower()
        if not (name in tags and tag[0].startswith("</")) and _are_words(name, tag["attributes"]):
            tags.add(name)
            marks.append((tag.start(), "tag", _shorten(tag[0]), tag[0]))
    marks += [(mark.start(), "tag", _shorten(mark[0]), mark[0]) for mark in _INSTRUCTION.finditer(markup)]
    if is_block:
        marks += [(mark.start(), "in-html", mark[0], mark[0]) for mark in _MARKDOWN.finditer(markup)]
    return [(kind, value, source) for _start, kind, value, source in sorted(marks)]


def _are_words(name: str, attributes: str) -> bool:
    """Whether a tag is something that somebody wrote between `<` and `>`: its name or a word after it is none of HTML."""
    if name not in _NAMES:
        return "-" not in name
    if name in _ELEMENTS.split():
        return False
    return not {word.lower() for word in _VALUE.sub(" ", attributes).replace("/", " ").split()} <= _BARE_ATTRIBUTES


def _shorten(source: str) -> str:
    """The first characters of somebody's words, on one line."""
    line = " ".join(source.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"


def _excess_cells(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The cells of each row of a table beyond those of its first row, which Markdown leaves out, with the number of the line."""
    from markdown_it.rules_block.table import escapedSplit

    rows = [escapedSplit(line.strip(" \t>")) for line in lines]
    rows = [row[1 if row and not row[0].strip() else 0 : -1 if len(row) > 1 and not row[-1].strip() else None] for row in rows]
    for number, row in enumerate(rows[2:], 2):
        if excess := [cell.strip() for cell in row[len(rows[1]) :] if cell.strip()]:
            yield number, excess[0]


def _shown_as_typed(block: Token) -> list[str]:
    """The pictures, links and shortcodes of a paragraph that Markdown takes for words."""
    typed = list(dict.fromkeys(match[0] for match in _TYPED.finditer(block.content)))
    if not typed:
        return typed
    words = "".join(
        child.content
        if child.type == "text"
        else "\n"
        if child.type in ("softbreak", "hardbreak")
        else ""
        if child.type.startswith("link_")
        else "\0"
        for child in block.children or ()
    )
    return [source for source in typed if source in words]


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
