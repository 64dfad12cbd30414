"""French typography: the no-break spaces, the apostrophe, the dots and the quotation marks that a keyboard does not give.

As the Imprimerie nationale sets them: U+00A0 before `:` and inside « », U+202F before `;`, `!` and `?`. Either is accepted everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from marronnier.text import masks
from marronnier.text.masks import GAP

Kind = Literal["space", "apostrophe", "dots", "quotes"]

NO_BREAK, NARROW = "\u00a0", "\u202f"
_HARD = NO_BREAK + NARROW
_LETTER = r"[^\W\d_]"
_MARK = r"(?:[!?](?![\w=\[(/])|;(?=[\s»*_\"]|$)|:(?=[\s»*_\"]|$))"
_BROKEN = re.compile(rf"(?<=[\w»)\]%€°*_~\"'’…”.,{GAP}])[ \t]+(?=({_MARK}|»))", re.MULTILINE)
_MISSING = re.compile(rf"(?:(?<=[^\W_])|(?<=[^\W_]\*)|(?<=[^\W_]\*\*)|(?<=[»)%€°]))(?=({_MARK}))", re.MULTILINE)
_OPENING = re.compile(rf"(?<=«)[ \t]*(?=[^\s{_HARD}])")
_CLOSING = re.compile(rf"(?<=[^\s{_HARD}«])(?=»)")
_APOSTROPHE = re.compile(rf"(?<={_LETTER})'(?=[\w*\[«“\"{GAP}])")
_DOTS = re.compile(r"(?<![./\d])\.\.\.(?![./\d])")
_QUOTE = re.compile(r'"')
_OPENS = re.compile(rf"(?:^|(?<=[\s{_HARD}(\[*_’'—–-]))\"(?=[^\s{_HARD}\"])")
_CLOSES = re.compile(rf"(?<=[^\s{_HARD}\"])\"(?=[\s{_HARD}.,;:!?)\]*_»—–…-]|$)")
_MARKER = re.compile(r"[ \t>]*(?:[*+-]|\d{1,9}[.)]|#{1,6}|\|)?")
_DIRECTIVE = re.compile(
    r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|\{[:.#][^{}\n]*\}|^[ \t]*(?:!!!|\?\?\?\+?|===|:::+)[ \t]+[\w\"][^\n]*\"[ \t]*$", re.MULTILINE
)
"""Shortcodes of Hugo, tags of Jekyll, attributes, and the titled boxes and tabs of Material for MkDocs."""
_MARGIN = 40
"""Where a line goes on so far, it is no mark of a list any more."""
_MAYBE = re.compile(
    rf"[!?;:»«'\"](?:(?<=[!?;:])(?<=[^{_HARD}!?\s].)(?!/|[^\W_])|(?<=[!?;:»])(?<=[ \t].)|(?<=»)(?<=[^{_HARD}].)|(?<=«)(?![{_HARD}])|(?<=['\"]))"
)


@dataclass(frozen=True, slots=True)
class TypographyFix:
    """One thing that is set otherwise in French."""

    start: int
    end: int
    after: str
    kind: Kind
    mark: str
    """The mark it is about, as it stands."""


def may_need(text: str) -> bool:
    """Whether there may be something to change: a quick look."""
    return _MAYBE.search(text) is not None or "..." in text


def typography_fixes(markdown: str) -> list[TypographyFix]:
    """All that is set otherwise, in order and apart: never in code, addresses, mentions, hashtags and emoji."""
    prose = masks.prose(markdown)
    # What another tool puts there is written for a machine; it is judged as words all the same, for it would go out as such.
    prose = masks.mask(prose, [found.span() for found in _DIRECTIVE.finditer(prose)])
    kept: list[TypographyFix] = []
    for change in sorted(_all(prose), key=lambda one: (one.start, one.end)):
        if not kept or change.start > kept[-1].end or (change.start == kept[-1].end and change.start != kept[-1].start):
            kept.append(change)
    return kept


def with_french_typography(markdown: str) -> str:
    """The text as French sets it."""
    for change in reversed(typography_fixes(markdown)):
        markdown = markdown[: change.start] + change.after + markdown[change.end :]
    return markdown


def _all(prose: str) -> Iterator[TypographyFix]:
    for found in _BROKEN.finditer(prose):
        begins = prose.rfind("\n", max(0, found.start() - _MARGIN), found.start()) + 1
        if (found.start() > _MARGIN and not begins) or not _MARKER.fullmatch(prose, begins, found.start()):
            yield _spaced(found)
    for found in _MISSING.finditer(prose):
        yield _spaced(found)
    for found in _OPENING.finditer(prose):
        yield TypographyFix(*found.span(), NO_BREAK, "space", "«")
    for found in _CLOSING.finditer(prose):
        yield TypographyFix(*found.span(), NO_BREAK, "space", "»")
    for found in _APOSTROPHE.finditer(prose):
        yield TypographyFix(*found.span(), "’", "apostrophe", "'")
    for found in _DOTS.finditer(prose):
        yield TypographyFix(*found.span(), "…", "dots", "...")
    yield from _quotes(prose)


def _spaced(found: re.Match[str]) -> TypographyFix:
    mark = found[1][0]
    return TypographyFix(*found.span(), NO_BREAK if mark in ":»" else NARROW, "space", mark)


def _quotes(prose: str) -> Iterator[TypographyFix]:
    """Pairs of straight quotation marks, line by line: where one of a line is no part of a pair, none is touched."""
    at = 0
    for line in prose.split("\n"):
        if '"' in line:
            spots = [found.start() for found in _QUOTE.finditer(line)]
            good = all((_CLOSES if number % 2 else _OPENS).match(line, spot) for number, spot in enumerate(spots))
            if good and len(spots) % 2 == 0:
                for number, spot in enumerate(spots):
                    after = f"{NO_BREAK}»" if number % 2 else f"«{NO_BREAK}"
                    yield TypographyFix(at + spot, at + spot + 1, after, "quotes", '"')
        at += len(line) + 1
