"""The one way our words are read as Markdown: CommonMark, tables, and addresses that stand bare in the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_SCHEME = re.compile(r"(?<![^\W_])https?$", re.IGNORECASE)
_BARE = re.compile(r"://(?:\\[!-/:-@\[-`{-~]|[^\s<>\[\]`\\])+")
_DEEPEST = 40
"""Quotes and lists nested deeper are an attack, not a style."""
_MOST_IN_VAIN = 2_000
"""Brackets that begin no link, in one text."""
_IN_VAIN = "brackets in vain"
_HANDLE = re.compile(r"@_\w*")


def tokens(markdown: str, *, exact: bool) -> list[Token] | None:
    """The text as blocks; None where quotes or lists lie so deep in each other that a part would be passed over."""
    found = reader(exact=exact).parse(markdown)
    return None if any(token.level >= _DEEPEST - 1 for token in found) else found


@cache
def reader(*, exact: bool) -> MarkdownIt:
    """The parser.

    `exact` is for text: addresses stay as typed, byte for byte, and `~~so~~` keeps its marks, for without them it would say the
    opposite. Otherwise it is for HTML: addresses are encoded, and what is struck out is marked so.
    """
    # Imported on first need: it takes a tenth of a second, and plain words do without it.
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import image, link

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    parser.normalizeLinkText = _as_typed  # type: ignore[method-assign, assignment]
    if exact:
        parser.normalizeLink = _as_typed  # type: ignore[method-assign, assignment]
        parser.validateLink = bool  # type: ignore[method-assign, assignment]
    else:
        parser.enable("strikethrough")
    parser.block.ruler.at("paragraph", _paragraph)
    parser.inline.ruler.at("link", _bounded(link, "["))
    parser.inline.ruler.at("image", _bounded(image, "!["))
    parser.inline.ruler.before("linkify", "bare_link", _bare_link)
    parser.inline.ruler.before("escape", "handle", _handle)
    return parser


def _bounded(read: Callable[[StateInline, bool], bool], opens: str) -> Callable[[StateInline, bool], bool]:
    """Links or pictures, but for a text in which too many brackets are opened in vain: each of them would be looked for to its end."""

    def bounded(state: StateInline, silent: bool) -> bool:
        if not state.src.startswith(opens, state.pos) or state.env.get(_IN_VAIN, 0) > _MOST_IN_VAIN:
            return False
        if read(state, silent):
            return True
        state.env[_IN_VAIN] = state.env.get(_IN_VAIN, 0) + 1
        return False

    return bounded


def _as_typed(address: str) -> str:
    return address


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph keeps the no-break spaces at its edges: the parser takes them for blanks."""
    from markdown_it.rules_block import paragraph

    if paragraph(state, start, end, silent):
        state.tokens[-2].content = state.getLines(start, state.line, state.blkIndent, False).strip(" \t\n")
        return True
    return False


def _bare_link(state: StateInline, silent: bool) -> bool:
    """An address in the text is one word: `_` and `*` inside it are no emphasis."""
    if state.src[state.pos] != ":":
        return False
    scheme = _SCHEME.search(state.src[max(0, state.pos - 6) : state.pos])
    found = _BARE.match(state.src, state.pos) if scheme else None
    if scheme is None or found is None:
        return False
    rest = _trimmed(found.group())
    if len(rest) <= len("://"):
        return False
    if not silent:
        from markdown_it.common.utils import unescapeAll

        if state.linkLevel:
            state.pending += unescapeAll(rest)
        else:
            address = scheme.group() + unescapeAll(rest)
            state.pending = state.pending[: -len(scheme.group())]
            state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(address)}
            state.push("text", "", 0).content = address
            state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def _trimmed(rest: str) -> str:
    """Without what ends the sentence around it rather than the address."""
    while rest:
        last = rest[-1]
        if last in ".,;:!?'\"*_~»”’…" or (last == ")" and rest.count(")") > rest.count("(")):
            rest = rest[:-1]
        else:
            break
    return rest


def _handle(state: StateInline, silent: bool) -> bool:
    """A handle that begins with `_` keeps it."""
    if state.src[state.pos] != "@" or (state.pos and (state.src[state.pos - 1] == "_" or state.src[state.pos - 1].isalnum())):
        return False
    found = _HANDLE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.pending += found.group()
    state.pos = found.end()
    return True
