"""Pictures that stand in the words themselves, as Markdown has them: `![what it shows](file.jpg)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """One such picture."""

    src: str
    """As typed."""
    alt: str
    """What it shows, in Markdown; empty where nothing is written."""
    line: int
    """Of the text, from 0."""
    column: int
    """From 1."""

    @property
    def is_remote(self) -> bool:
        """Whether it is an address, not a file of ours."""
        return bool(_REMOTE.match(self.src))


def find_inline_pictures(markdown: str) -> tuple[InlinePicture, ...]:
    """The pictures of a text in order, with their places. What only looks like one, as in code, is none."""
    return tuple(_iter_pictures(markdown)) if "![" in markdown else ()


def _iter_pictures(markdown: str) -> Iterator[InlinePicture]:
    from marronnier.text.markdown import parse_tokens

    line_starts, at = _line_starts(markdown), 0
    for block in parse_tokens(markdown, exact=True) or ():
        if block.map:
            at = max(at, line_starts[block.map[0]])
        for token in block.children or ():
            if token.type != "image":
                # What only looks like a picture is passed over where it stands.
                if "![" in token.content and (position := markdown.find(token.content, at)) >= 0:
                    at = position + len(token.content)
                continue
            mark = f"![{token.content}]"
            # Within a quote the marks of its lines stand between the words.
            at = next((position for needle in (mark, "![") if (position := markdown.find(needle, at)) >= 0), at)
            line = markdown.count("\n", 0, at)
            yield InlinePicture(str(token.attrs.get("src", "")), token.content.strip(), line, at - line_starts[line] + 1)
            at += len("![")


def _line_starts(text: str) -> list[int]:
    return [0, *(newline.end() for newline in re.finditer("\n", text)), len(text)]
