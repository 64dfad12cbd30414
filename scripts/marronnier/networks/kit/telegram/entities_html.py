"""What readers see of a text with entities, as HTML. Offsets count UTF-16 units. https://core.telegram.org/bots/api#messageentity, seen 2026-11-27"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

_TAGS = {"bold": "strong", "italic": "em", "strikethrough": "s", "code": "code", "pre": "code", "blockquote": "blockquote"}


def marked_html(text: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """The text with its emphasis and named links; empty where it has none. Entities that overlap begin anew at each border."""
    shown = [entity for entity in entities if entity.get("type") in _TAGS or entity.get("type") == "text_link"]
    if not shown:
        return ""
    units = text.encode("utf-16-le")
    borders = sorted({0, len(units) // 2, *(border for entity in shown for border in _span(entity))})
    pieces = []
    for start, end in pairwise(borders):
        words = escape(units[2 * start : 2 * end].decode("utf-16-le", "replace"))
        for entity in shown:
            first, last = _span(entity)
            if first <= start and end <= last:
                words = _wrapped(words, entity)
        pieces.append(words)
    return "".join(pieces)


def _span(entity: Mapping[str, Any]) -> tuple[int, int]:
    return int(entity["offset"]), int(entity["offset"]) + int(entity["length"])


def _wrapped(words: str, entity: Mapping[str, Any]) -> str:
    if entity["type"] == "text_link":
        return f'<a href="{escape(str(entity["url"]))}">{words}</a>'
    tag = _TAGS[entity["type"]]
    return f"<{tag}>{words}</{tag}>"
