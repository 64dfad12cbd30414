"""A post's words as people read them, with the places of what is bold, italic, struck out, code or a link: networks write these each in their own way.

marked = marked_text("Un **arbre** [ici](https://example.org)")
marked.text       # "Un arbre ici"
marked.spans      # bold 3-8, link 9-12
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from marronnier.text import urls
from marronnier.text.plain_text import plain_text_of, to_plain_text

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["bold", "italic", "struck", "code", "block", "link"]
"""`block` is code of several lines."""

_KINDS: tuple[Kind, ...] = ("bold", "italic", "struck", "code", "block", "link")
_OPEN = dict(zip(_KINDS, "\x0e\x10\x12\x14\x16\x18", strict=True))
_CLOSE = dict(zip(_KINDS, "\x0f\x11\x13\x15\x17\x19", strict=True))
_OPENING = {sign: kind for kind, sign in _OPEN.items()}
_CLOSING = {sign: kind for kind, sign in _CLOSE.items()}
_SIGNS = re.compile("[\x0e-\x19]")
"""Control characters, which no file of people may hold."""
_MARKED = re.compile(r"[*_`\[<~]|^ {0,3}(?:#{1,6}[ \t]|={1,}[ \t]*$|-+[ \t]*$)|^(?: {4}|\t)", re.MULTILINE)
"""What may be a mark; a text without any has no spans."""
_STRUCK = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_TOKENS: dict[str, str] = {
    "strong_open": _OPEN["bold"],
    "strong_close": _CLOSE["bold"],
    "em_open": _OPEN["italic"],
    "em_close": _CLOSE["italic"],
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text with one mark; positions are in code points."""

    start: int
    end: int
    kind: Kind
    url: str = ""
    """The address of a link."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with its spans, of which two either lie within one another or apart."""

    text: str
    spans: tuple[Span, ...] = ()

    def after(self, words: str) -> MarkedText:
        """This text after some words."""
        moved = (replace(span, start=span.start + len(words), end=span.end + len(words)) for span in self.spans)
        return MarkedText(words + self.text, tuple(moved))

    def continued(self, text: str) -> MarkedText:
        """The longer text that begins with this one."""
        return MarkedText(text, self.spans)

    def pieces(self, texts: Iterable[str]) -> Iterator[MarkedText]:
        """Each of these pieces, which stand in this text in order, with its spans."""
        at = 0
        for text in texts:
            start = self.text.index(text, at)
            at = start + len(text)
            here = (replace(span, start=max(span.start, start) - start, end=min(span.end, at) - start) for span in self.spans)
            yield MarkedText(text, tuple(span for span in here if span.end > span.start))

    def written(self, write: Callable[[str, bool], str], marks: Callable[[Span], tuple[str, str]]) -> str:
        """The text as a network writes it: `write` writes words, given whether they are code; `marks` stand before and after a span."""
        edges = sorted({0, len(self.text), *(edge for span in self.spans for edge in (span.start, span.end))})
        # Of spans that begin together the longer one is outside; of two of one length, the one that closed last.
        inner_first = enumerate(self.spans)
        spans = [span for number, span in sorted(inner_first, key=lambda pair: (pair[1].start, -pair[1].end, -pair[0]))]
        pieces: list[str] = []
        opened: list[Span] = []
        for number, edge in enumerate(edges):
            while opened and opened[-1].end == edge:
                pieces.append(marks(opened.pop())[1])
            for span in spans:
                if span.start == edge:
                    opened.append(span)
                    pieces.append(marks(span)[0])
            if number + 1 < len(edges):
                is_code = any(span.kind in ("code", "block") for span in opened)
                pieces.append(write(self.text[edge : edges[number + 1]], is_code))
        return "".join(pieces)


@lru_cache(maxsize=8192)
def marked_text(markdown: str) -> MarkedText:
    """The words of a Markdown text as `to_plain_text` writes them, with their marks in place of the signs.

    A heading is bold. A link is its words; one whose words are its address is left as an address.
    """
    markdown = _SIGNS.sub("", markdown)
    if not _MARKED.search(markdown):
        return MarkedText(to_plain_text(markdown))
    from marronnier.text.markdown_parser import parse_tokens

    markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
    tokens = parse_tokens(markdown, exact=True)
    if tokens is None:
        return MarkedText(to_plain_text(markdown))
    addresses: list[str] = []
    # Of tildes with a backslash the parser keeps no trace.
    tokens = tokens if "\\~" in markdown else list(_with_struck(tokens))
    return _read_signs(plain_text_of(markdown, list(_with_signs(tokens, addresses))), addresses)


def _with_signs(tokens: Iterable[Token], addresses: list[str]) -> Iterator[Token]:
    """Copies of the blocks, with a sign in place of each mark; `addresses` receives those of the links, in order."""
    in_heading = False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            in_heading = token.type == "heading_open"
        if token.type in ("fence", "code_block"):
            yield token.copy(content=_enclosed("block", token.content.removesuffix("\n")))
        elif token.type == "inline" and token.children:
            children = list(_inline_with_signs(token.children, addresses))
            if in_heading and _label(children):
                children = [_words(children[0], _OPEN["bold"]), *children, _words(children[0], _CLOSE["bold"])]
            yield token.copy(children=children)
        else:
            yield token


def _with_struck(tokens: Iterable[Token]) -> Iterator[Token]:
    """Copies of the blocks, with signs around words between two tildes, which the parser leaves as typed."""
    for token in tokens:
        if token.type == "text" and "~~" in token.content:
            yield token.copy(content=_STRUCK.sub(lambda match: _enclosed("struck", match[1]), token.content))
        else:
            yield token.copy(children=list(_with_struck(token.children))) if token.children else token


def _inline_with_signs(children: list[Token], addresses: list[str]) -> Iterator[Token]:
    closes: list[str | None] = []
    for number, token in enumerate(children):
        if token.type in _TOKENS:
            yield _words(token, _TOKENS[token.type])
        elif token.type == "code_inline":
            yield token.copy(content=_enclosed("code", token.content))
        elif token.type == "link_open":
            address = str(token.attrs.get("href", ""))
            shown = _label(children[number + 1 :])
            is_named = urls.is_web_url(address) and shown not in ("", address, address.partition("://")[2])
            closes.append(_CLOSE["link"] if is_named else None)
            if is_named:
                addresses.append(address)
            yield _words(token, _OPEN["link"]) if is_named else token
        elif token.type == "link_close" and closes:
            sign = closes.pop()
            yield _words(token, sign) if sign else token
        else:
            yield token


def _label(after: list[Token]) -> str:
    """The words of a link, from the tokens after its opening."""
    end = next((number for number, token in enumerate(after) if token.type == "link_close"), len(after))
    return "".join(token.content for token in after[:end] if token.type in ("text", "code_inline", "text_special")).strip()


def _enclosed(kind: Kind, content: str) -> str:
    return f"{_OPEN[kind]}{content}{_CLOSE[kind]}"


def _words(token: Token, content: str) -> Token:
    return token.copy(type="text", tag="", nesting=0, attrs={}, content=content)


def _read_signs(text: str, addresses: list[str]) -> MarkedText:
    """The text without its signs, and the spans that they enclosed."""
    opened: list[tuple[Kind, int, str]] = []
    spans, kept, length, at, link = [], [], 0, 0, iter(addresses)
    for match in _SIGNS.finditer(text):
        kept.append(text[at : match.start()])
        length += match.start() - at
        at = match.end()
        if kind := _OPENING.get(match[0]):
            opened.append((kind, length, next(link, "") if kind == "link" else ""))
        elif opened and opened[-1][0] == _CLOSING[match[0]]:
            kind, start, url = opened.pop()
            # Bold words of a heading are no bolder.
            if length > start and not any(outer[0] == kind for outer in opened):
                spans.append(Span(start, length, kind, url))
    marked = MarkedText("".join([*kept, text[at:]]), tuple(spans))
    # A sign hides a line end of code from whoever strips the text.
    (bare,) = marked.pieces([marked.text.strip("\n")])
    return bare
