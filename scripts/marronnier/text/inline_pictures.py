"""Pictures in the text of a post: `![alternative text](file.jpg)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """One picture in a Markdown text."""

    src: str
    """The path or URL as typed."""
    alt: str
    """The alternative text, in Markdown; empty when not written."""
    line: int
    """The line of the text, from 0."""
    column: int
    """The column, from 1."""

    @property
    def is_remote(self) -> bool:
        """Whether `src` is a URL, not the path of a file."""
        return bool(_REMOTE.match(self.src))


def find_inline_pictures(markdown: str) -> tuple[InlinePicture, ...]:
    """The pictures of a Markdown text in order, with their positions. Picture syntax in code does not count."""
    return tuple(_iter_pictures(markdown)) if "![" in markdown else ()


def _iter_pictures(markdown: str) -> Iterator[InlinePicture]:
    from marronnier.text.markdown_parser import parse_tokens

    line_starts = [0, *(newline.end() for newline in re.finditer("\n", markdown)), len(markdown)]
    at = 0
    for block in parse_tokens(markdown, exact=True) or ():
        if block.map:
            at = max(at, line_starts[block.map[0]])
        for token in block.children or ():
            if token.type != "image":
                # Picture syntax in code: search on after it.
                if "![" in token.content and (position := markdown.find(token.content, at)) >= 0:
                    at = position + len(token.content)
                continue
            mark = f"![{token.content}]"
            # In a block quote, the source has `>` between the words of the label.
            at = next((position for needle in (mark, "![") if (position := markdown.find(needle, at)) >= 0), at)
            line = markdown.count("\n", 0, at)
            yield InlinePicture(str(token.attrs.get("src", "")), token.content.strip(), line, at - line_starts[line] + 1)
            at += len("![")
