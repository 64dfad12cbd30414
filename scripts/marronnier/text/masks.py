"""What in Markdown is no prose: code, addresses, tags, mentions, hashtags. Nobody's words are judged or mended there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from marronnier.text import entities
from marronnier.text.code_fences import outside_code

Span = tuple[int, int]

GAP = "\0"
"""What stands for each character that is none of the words: no text that people write holds it."""
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


def code(text: str) -> list[Span]:
    """Where code stands: fenced, and between backticks."""
    if "`" not in text and "~~~" not in text:
        return []
    spans: list[Span] = []
    at = 0
    for _number, line, counts in outside_code(text):
        if not counts:
            spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans + [found.span() for found in _TICKS.finditer(mask(text, spans))]


def addresses(text: str) -> list[Span]:
    """Where addresses and tags stand: targets of links, bare links, e-mail addresses, tags of HTML and what it spells."""
    spans = [(mark.start, mark.end) for mark in entities.links(text)]
    for sign, pattern in (("]", _TARGET), ("<", _TAG), ("&", _ENTITY)):
        if sign in text:
            spans += [found.span() for found in pattern.finditer(text)]
    if "]:" in text:
        # A link may be its own name: `[horaires]`, which stands below with its address.
        defined = {label.casefold() for label in _DEFINED.findall(text)}
        spans += [found.span() for found in _LABEL.finditer(text) if found[0].casefold() in defined]
    return spans + [found.span() for found in _ADDRESS.finditer(text)]


def names(text: str) -> list[Span]:
    """Where mentions stand, and emoji by their name."""
    return [(mark.start, mark.end) for mark in entities.mentions(text)] + [found.span() for found in _EMOJI.finditer(text)]


def hashtags(text: str) -> list[Span]:
    """Where hashtags stand."""
    return [(mark.start, mark.end) for mark in entities.hashtags(text)]


def mask(text: str, spans: Iterable[Span], gap: str = GAP) -> str:
    """The text with a gap for each character of those spans but line breaks, so that places stay true."""
    written, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            written += [text[at : max(start, at)], _INK.sub(gap, text[max(start, at) : end])]
            at = end
    return "".join([*written, text[at:]])


def prose(markdown: str) -> str:
    """The words alone, each where it stands: what is none of them is blanked."""
    bare = mask(markdown, code(markdown))
    return mask(bare, [*addresses(bare), *names(bare), *hashtags(bare)])
