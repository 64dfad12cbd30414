"""Pictures in the text of a post: `![alternative text](file.jpg)`, or `<img src="file.jpg" alt="…">`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_IMG = re.compile(r"<img(?=[\s/>])(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"(?<![\w-])(?P<name>src|alt)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'<>]+))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """One picture in a Markdown text."""

    src: str
    """The path or URL as typed."""
    alt: str
    """The alternative text, as readers get it; empty when not written."""
    line: int
    """The line of the text, from 0."""
    column: int
    """The column, from 1."""
    is_html: bool = False
    """Whether it is written as an HTML tag."""

    @property
    def is_remote(self) -> bool:
        """Whether `src` is a URL, not the path of a file."""
        return bool(_REMOTE.match(self.src))


def find_inline_pictures(markdown: str) -> tuple[InlinePicture, ...]:
    """The pictures of a Markdown text in order, with their positions. Picture syntax in code does not count."""
    return tuple(_iter_pictures(markdown)) if may_have_pictures(markdown) else ()


def may_have_pictures(text: str) -> bool:
    """Whether a text has the beginning of a picture. False means that it surely has none."""
    return "![" in text or "<img" in text or ("<" in text and "<img" in text.casefold())


def _iter_pictures(markdown: str) -> Iterator[InlinePicture]:
    from marronnier.text.markdown_parser import parse_tokens

    line_starts = [0, *(newline.end() for newline in re.finditer("\n", markdown)), len(markdown)]
    at = 0
    for block in parse_tokens(markdown, exact=True) or ():
        if block.map:
            at = max(at, line_starts[block.map[0]])
        for token in (block,) if block.type == "html_block" else block.children or ():
            if token.type == "image":
                mark = f"![{token.content}]"
                # In a block quote, the source has `>` between the words of the label.
                at = next((position for needle in (mark, "![") if (position := markdown.find(needle, at)) >= 0), at)
                line = markdown.count("\n", 0, at)
                alt = " ".join(_plain_label(token.children or ()).split())
                yield InlinePicture(str(token.attrs.get("src", "")), alt, line, at - line_starts[line] + 1)
                at += len("![")
            elif token.type in ("html_inline", "html_block"):
                for tag, src, alt in html_pictures(token.content):
                    at = max(markdown.find(tag, at), at)
                    line = markdown.count("\n", 0, at)
                    yield InlinePicture(src, alt, line, at - line_starts[line] + 1, is_html=True)
                    at += len("<img")
            elif ("![" in token.content or "<img" in token.content) and (position := markdown.find(token.content, at)) >= 0:
                # Picture syntax in code: search on after it.
                at = position + len(token.content)


def html_pictures(markup: str) -> Iterator[tuple[str, str, str]]:
    """Each tag `<img>` of an HTML fragment outside comments, with its `src` and its `alt`."""
    import html

    for tag in _IMG.finditer(_COMMENT.sub("", markup)):
        values = {
            match["name"].lower(): html.unescape(match["double"] or match["single"] or match["bare"] or "")
            for match in _ATTRIBUTE.finditer(tag["attributes"])
        }
        if src := values.get("src", "").strip():
            yield tag[0], src, " ".join(values.get("alt", "").split())


def _plain_label(tokens: Sequence[Token]) -> str:
    """The words of a label without their marks, as HTML has them in `alt`."""
    return "".join(
        _plain_label(token.children or ())
        if token.type == "image"
        else " "
        if token.type in ("softbreak", "hardbreak")
        else token.content
        if token.type in ("text", "text_special", "code_inline")
        else ""
        for token in tokens
    )
