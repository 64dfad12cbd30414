"""What a forge would make something of in a Markdown text: an oracle by another reading than ours, GitHub's additions in mind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

OURS = re.compile(r'<!-- marronnier:\w+ [0-9a-z= ]+ -->|<div dir="rtl">|</div>|</?sub>|<details><summary>[^<>&]+</summary>|</details>')
"""The HTML that a report of ours may hold: none of it acts."""

ACTING = re.compile(
    r"(?:^|[^\w`])@\w|#\d|\bgh-\d|https?:|ftp:|\bwww\.|mailto:|\w@\w|:[a-z0-9_+-]+:|\$|\[\^|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b|&#",
    re.IGNORECASE,
)
"""Mentions, references, links, emoji, mathematics, footnotes and commits: what GitHub finds in text outside of code."""


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])


def acting(markdown: str, own: str = "https://forge.example/") -> list[str]:
    """Everything in a text that would act, or leads elsewhere than to our own forge."""
    return list(_acting(_parser().parse(markdown), own))


def _acting(tokens: list[Token], own: str) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _acting(token.children or [], own)
        elif token.type in ("html_block", "html_inline"):
            if left := OURS.sub("", token.content).strip():
                yield f"HTML: {left}"
        elif token.type == "image":
            yield f"image: {token.attrs.get('src')}"
        elif token.type == "link_open" and not str(token.attrs.get("href")).startswith(own):
            yield f"link: {token.attrs.get('href')}"
        elif token.type == "fence" and token.info not in ("text", "suggestion"):
            yield f"fence: {token.info}"
        elif token.type == "code_block":
            yield f"indented: {token.content}"
        elif token.type == "text" and (found := ACTING.search(token.content)):
            yield f"text: {found[0]!r} in {token.content!r}"


def code_of(markdown: str) -> list[str]:
    """The content of every code block, in order."""
    return [token.content for token in _parser().parse(markdown) if token.type == "fence"]


def paragraphs_of(markdown: str) -> list[str]:
    """The inline text of every paragraph and heading, in order, code left as it is."""
    return [token.content for token in _parser().parse(markdown) if token.type == "inline"]
