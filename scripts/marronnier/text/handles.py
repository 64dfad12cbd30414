"""Handles in Markdown: `@jardin` names a person or organisation of `brand/handles.yml`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from marronnier.text.code_fences import classify_lines

_NAME = re.compile(
    # No handle: an image's text, a link's target, a tag or address in angle brackets, a bare URL, an e-mail address.
    r"(?P<other>!\[[^\[\]\n]*\]|\]\([^()\s]*\)|<[^<>\s]*>|(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://\S+)"
    # An account with its server, as one network writes it.
    r"|(?P<full>(?<![\w@/.+%\\-])@[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?@[\w-]+(?:\.[\w-]+)*)"
    # Arabic writes "and", "so", "with", "for", "like" as the first letter of the next word.
    r"|(?:(?<![\w@/.+%\\-])|(?<=(?<!\w)[وفبلك]))@(?P<name>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?![\w@])",
    re.IGNORECASE,
)
_TICKS = re.compile(r"`+")
_MARKUP = re.compile(r"[\\`*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])")


@dataclass(frozen=True, slots=True)
class HandleMention:
    """One `@name` in a Markdown text."""

    start: int
    """The index of the `@`, in characters."""
    end: int
    name: str
    """The name as written, without the `@`."""


def find_handles(text: str) -> Iterator[HandleMention]:
    """Every `@name` of a Markdown text, in order, outside code, links, URLs, e-mail addresses and texts of images, and not after a backslash.

    An account with its server (`@jardin@example.social`) is not a handle.
    A name with a dot may be the account of a network: only `brand/handles.yml` can tell.
    """
    if "@" not in text:
        return
    code = _code_spans(text) if "`" in text or "~~~" in text else []
    for match in _NAME.finditer(text):
        if match["name"] and not _is_in_spans(code, match.start()):
            yield HandleMention(match.start("name") - 1, match.end(), match["name"])


def replace_handles(text: str, resolve: Callable[[str], str | None]) -> str:
    """The text with each name replaced by `resolve(name)`, escaped for Markdown. A name for which `resolve` returns None stays as typed."""
    pieces, last = [], 0
    for mention in find_handles(text):
        replacement = resolve(mention.name)
        if replacement is not None:
            pieces += [text[last : mention.start], _MARKUP.sub(r"\\\g<0>", replacement)]
            last = mention.end
    return "".join((*pieces, text[last:])) if pieces else text


def _is_in_spans(spans: list[tuple[int, int]], at: int) -> bool:
    before = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return before >= 0 and spans[before][0] <= at < spans[before][1]


def _code_spans(text: str) -> list[tuple[int, int]]:
    """The spans of code, in order: fenced, or between equally many backticks within a paragraph. Takes linear time."""
    spans, runs, offset, paragraph = [], [], 0, 0
    for _number, line, is_text in classify_lines(text):
        if not is_text or not line.strip():
            paragraph += 1
        if is_text:
            runs += [(run.start() + offset, run.end() + offset, (paragraph, len(run[0]))) for run in _TICKS.finditer(line)]
        else:
            spans.append((offset, offset + len(line)))
        offset += len(line) + 1
    closing: dict[tuple[int, int], int] = {}
    closed_by = []
    for number in range(len(runs) - 1, -1, -1):
        closed_by.append(closing.get(runs[number][2]))
        closing[runs[number][2]] = number
    closed_by.reverse()
    number = 0
    while number < len(runs):
        end = closed_by[number]
        if end is not None:
            spans.append((runs[number][0], runs[end][1]))
        number = (number if end is None else end) + 1
    return sorted(spans)
