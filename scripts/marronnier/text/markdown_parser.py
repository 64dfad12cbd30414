"""The Markdown parser of the house: CommonMark with tables and bare URLs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_SCHEME = re.compile(r"(?<![^\W_])https?$", re.IGNORECASE)
_BARE = re.compile(r"://(?:\\[!-/:-@\[-`{-~]|[^\s<>\[\]`\\])+")
_MAX_NESTING = 40
"""The deepest nesting of quotes and lists; deeper ones are an attack, not a style."""
_MAX_VAIN_BRACKETS = 2_000
"""The most brackets in one text that turn out to begin no link."""
_IN_VAIN = "brackets in vain"
_HANDLE = re.compile(r"@_\w*")


def parse_tokens(markdown: str, *, exact: bool) -> list[Token] | None:
    """The tokens of a Markdown text; None when quotes or lists are nested so deep that the parser would skip text."""
    tokens = _parse_as_typed(markdown)[0] if exact else _with_encoded_addresses(markdown) or markdown_parser(exact=False).parse(markdown)
    return None if any(token.level >= _MAX_NESTING - 1 for token in tokens) else tokens


@lru_cache(maxsize=1)
def _parse_as_typed(markdown: str) -> tuple[list[Token], frozenset[str]]:
    """The tokens for plain text, and every address that was asked about. Whoever needs text and HTML of the same words asks for both in turn."""
    _addresses.clear()
    return markdown_parser(exact=True).parse(markdown), frozenset(_addresses)


_addresses: list[str] = []


def _has_address(address: str) -> bool:
    """Whether a link as typed has an address at all."""
    _addresses.append(address)
    return bool(address)


def _with_encoded_addresses(markdown: str) -> list[Token] | None:
    """The tokens for HTML, made from those for plain text; None where the two parsers may see different marks."""
    if "~~" in markdown:
        return None
    tokens, addresses = _parse_as_typed(markdown)
    parser = markdown_parser(exact=False)
    # An address that a browser should not open is no link for HTML, and one for plain text.
    if any(parser.validateLink(parser.normalizeLink(address)) != bool(address) for address in addresses):
        return None
    return [_with_encoded_address(token, parser) for token in tokens]


def _with_encoded_address(token: Token, parser: MarkdownIt) -> Token:
    """The token with its address encoded, and those of its children; a copy where anything is encoded or rendering writes into it."""
    children = token.children
    if children is not None and (token.type == "image" or any(child.attrs for child in children)):
        children = [_with_encoded_address(child, parser) for child in children]
    named = next((name for name in ("href", "src") if name in token.attrs), None)
    if named is None:
        return token if children is token.children else token.copy(children=children)
    return token.copy(attrs={**token.attrs, named: parser.normalizeLink(str(token.attrs[named]))}, children=children)


@cache
def markdown_parser(*, exact: bool) -> MarkdownIt:
    """The configured parser.

    `exact` is for plain text: URLs stay as typed, byte for byte, and `~~text~~` keeps its marks, because without them it would say
    the opposite. Otherwise it is for HTML: URLs are encoded, and struck-out text becomes `<s>`.
    """
    # Imported when needed: that takes a tenth of a second, and simple texts do without the parser.
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import image, link

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    parser.normalizeLinkText = _as_typed  # type: ignore[method-assign, assignment]
    if exact:
        parser.normalizeLink = _as_typed  # type: ignore[method-assign, assignment]
        parser.validateLink = _has_address  # type: ignore[method-assign, assignment]
    else:
        parser.enable("strikethrough")
    parser.block.ruler.at("paragraph", _paragraph)
    parser.inline.ruler.at("link", _limit_vain_brackets(link, "["))
    parser.inline.ruler.at("image", _limit_vain_brackets(image, "!["))
    parser.inline.ruler.before("linkify", "bare_link", _bare_link)
    parser.inline.ruler.before("escape", "handle", _handle)
    return parser


def _limit_vain_brackets(rule: Callable[[StateInline, bool], bool], opens: str) -> Callable[[StateInline, bool], bool]:
    """The rule, switched off in a text with too many brackets that begin no link: each costs a search to the end of the text."""

    def bounded(state: StateInline, silent: bool) -> bool:
        if not state.src.startswith(opens, state.pos) or state.env.get(_IN_VAIN, 0) > _MAX_VAIN_BRACKETS:
            return False
        if rule(state, silent):
            return True
        state.env[_IN_VAIN] = state.env.get(_IN_VAIN, 0) + 1
        return False

    return bounded


def _as_typed(address: str) -> str:
    return address


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The rule for paragraphs, which keeps no-break spaces at the edges; the original strips them."""
    from markdown_it.rules_block import paragraph

    if paragraph(state, start, end, silent):
        state.tokens[-2].content = state.getLines(start, state.line, state.blkIndent, False).strip(" \t\n")
        return True
    return False


def _bare_link(state: StateInline, silent: bool) -> bool:
    """The rule for a bare URL: `_` and `*` inside it are not emphasis."""
    if state.src[state.pos] != ":":
        return False
    scheme = _SCHEME.search(state.src[max(0, state.pos - 6) : state.pos])
    rest_match = _BARE.match(state.src, state.pos) if scheme else None
    if scheme is None or rest_match is None:
        return False
    rest = _trim_sentence_end(rest_match.group())
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


def _trim_sentence_end(rest: str) -> str:
    """The URL without the punctuation of the sentence around it."""
    while rest and (rest[-1] in ".,;:!?'\"*_~»”’…" or (rest[-1] == ")" and rest.count(")") > rest.count("("))):
        rest = rest[:-1]
    return rest


def _handle(state: StateInline, silent: bool) -> bool:
    """The rule for a handle that begins with `_`: it is not emphasis."""
    if state.src[state.pos] != "@" or (state.pos and (state.src[state.pos - 1] == "_" or state.src[state.pos - 1].isalnum())):
        return False
    handle = _HANDLE.match(state.src, state.pos)
    if handle is None:
        return False
    if not silent:
        state.pending += handle.group()
    state.pos = handle.end()
    return True
