"""Spans of Markdown that are not prose (code, addresses, tags, mentions, hashtags), and texts in which they are masked.

Rules for wording and typography do not apply to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from marronnier.text import entities
from marronnier.text.code_fences import classify_lines

Span = tuple[int, int]

FILLER = "\0"
"""Replaces each masked character; no text that people write contains it."""
_TICKS = re.compile(r"(?<![\\`])(`+)(?!`)(?:.|\n(?!\s*\n))*?(?<!`)\1(?!`)")
_TARGET = re.compile(r"\]\((?:[^()\n]|\([^()\n]*\))*\)|\]\[[^\[\]\n]*\]|^ {0,3}\[[^\]\n]+\]:[^\n]*", re.MULTILINE)
_DEFINED = re.compile(r"^ {0,3}(\[[^\[\]\n]+\]):", re.MULTILINE)
_LABEL = re.compile(r"\[[^\[\]\n]+\]")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>|<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*>|<!--.*?-->|<![^<>\n]*>", re.DOTALL)
_ADDRESS = re.compile(
    r"(?<![\w.+@-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.@/-])(?:www\.|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/)[^\s<>()]*", re.ASCII
)
_ENTITY = re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,30});")
_INK = re.compile(r"[^\n]")
_EMOJI = re.compile(r":[a-z0-9_+-]+:")


def code_spans(text: str) -> list[Span]:
    """The spans of code: fenced, and between backticks."""
    if "`" not in text and "~~~" not in text:
        return []
    spans: list[Span] = []
    offset = 0
    for _number, line, is_text in classify_lines(text):
        if not is_text:
            spans.append((offset, offset + len(line)))
        offset += len(line) + 1
    return spans + [match.span() for match in _TICKS.finditer(mask(text, spans))]


def address_spans(text: str) -> list[Span]:
    """The spans of link targets, bare URLs, e-mail addresses, HTML tags and HTML entities."""
    spans = [(link.start, link.end) for link in entities.find_links(text)]
    for sign, pattern in (("]", _TARGET), ("<", _TAG), ("&", _ENTITY)):
        if sign in text:
            spans += [match.span() for match in pattern.finditer(text)]
    if "]:" in text:
        # A label alone may be a link: `[horaires]`, whose address is defined elsewhere in the text.
        defined = {label.casefold() for label in _DEFINED.findall(text)}
        spans += [match.span() for match in _LABEL.finditer(text) if match[0].casefold() in defined]
    return spans + [match.span() for match in _ADDRESS.finditer(text)]


def mention_spans(text: str) -> list[Span]:
    """The spans of mentions, and of emoji written by name like `:tada:`."""
    return [(mention.start, mention.end) for mention in entities.find_mentions(text)] + [match.span() for match in _EMOJI.finditer(text)]


def hashtag_spans(text: str) -> list[Span]:
    """The spans of hashtags."""
    return [(hashtag.start, hashtag.end) for hashtag in entities.find_hashtags(text)]


def mask(text: str, spans: Iterable[Span], filler: str = FILLER) -> str:
    """The text with `filler` for each character of these spans except line breaks, so that positions stay the same."""
    pieces, end_of_last = [], 0
    for start, end in sorted(spans):
        if end > end_of_last:
            pieces += [text[end_of_last : max(start, end_of_last)], _INK.sub(filler, text[max(start, end_of_last) : end])]
            end_of_last = end
    return "".join([*pieces, text[end_of_last:]])


def mask_non_prose(markdown: str) -> str:
    """The text with everything that is not prose masked; all positions stay the same."""
    without_code = mask(markdown, code_spans(markdown))
    return mask(without_code, [*address_spans(without_code), *mention_spans(without_code), *hashtag_spans(without_code)])
