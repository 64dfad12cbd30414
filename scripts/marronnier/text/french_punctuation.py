"""French punctuation: no-break spaces, apostrophes, ellipses and quotation marks that keyboards do not type.

The rules are those of the Imprimerie nationale: U+00A0 before `:` and inside « », U+202F before `;`, `!` and `?`. Either space is accepted everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from marronnier.text import masks
from marronnier.text.masks import FILLER

FixKind = Literal["space", "apostrophe", "dots", "quotes"]

NO_BREAK, NARROW = "\u00a0", "\u202f"
_NO_BREAK_SPACES = NO_BREAK + NARROW
_LETTER = r"[^\W\d_]"
_HIGH_MARK = r"(?:[!?](?![\w=\[(/])|;(?=[\s»*_\"]|$)|:(?=[\s»*_\"]|$))"
_BREAKABLE_SPACE = re.compile(rf"(?<=[\w»)\]%€°*_~\"'’…”.,{FILLER}])[ \t]+(?=({_HIGH_MARK}|»))", re.MULTILINE)
_MISSING_SPACE = re.compile(rf"(?:(?<=[^\W_])|(?<=[^\W_]\*)|(?<=[^\W_]\*\*)|(?<=[»)%€°]))(?=({_HIGH_MARK}))", re.MULTILINE)
_OPENING = re.compile(rf"(?<=«)[ \t]*(?=[^\s{_NO_BREAK_SPACES}])")
_CLOSING = re.compile(rf"(?<=[^\s{_NO_BREAK_SPACES}«])(?=»)")
_APOSTROPHE = re.compile(rf"(?<={_LETTER})'(?=[\w*\[«“\"{FILLER}])")
_DOTS = re.compile(r"(?<![./\d])\.\.\.(?![./\d])")
_QUOTE = re.compile(r'"')
_OPENS = re.compile(rf"(?:^|(?<=[\s{_NO_BREAK_SPACES}(\[*_’'—–-]))\"(?=[^\s{_NO_BREAK_SPACES}\"])")
_CLOSES = re.compile(rf"(?<=[^\s{_NO_BREAK_SPACES}\"])\"(?=[\s{_NO_BREAK_SPACES}.,;:!?)\]*_»—–…-]|$)")
_BLOCK_MARKER = re.compile(r"[ \t>]*(?:[*+-]|\d{1,9}[.)]|#{1,6}|\|)?")
_DIRECTIVE = re.compile(
    r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|\{[:.#][^{}\n]*\}|^[ \t]*(?:!!!|\?\?\?\+?|===|:::+)[ \t]+[\w\"][^\n]*\"[ \t]*$", re.MULTILINE
)
"""Shortcodes of Hugo, tags of Jekyll, attributes, and the titled boxes and tabs of Material for MkDocs."""
_MAX_MARKER = 40
"""The most characters of a list marker, quote mark or heading mark at the beginning of a line."""
_MAYBE = re.compile(
    rf"[!?;:»«'\"](?:(?<=[!?;:])(?<=[^{_NO_BREAK_SPACES}!?\s].)(?!/|[^\W_])|(?<=[!?;:»])(?<=[ \t].)|(?<=»)(?<=[^{_NO_BREAK_SPACES}].)|(?<=«)(?![{_NO_BREAK_SPACES}])|(?<=['\"]))"
)


@dataclass(frozen=True, slots=True)
class TypographyFix:
    """A replacement of the characters from `start` to `end` by French punctuation."""

    start: int
    end: int
    after: str
    kind: FixKind
    mark: str
    """The punctuation mark concerned, as typed."""


def may_need_fixes(text: str) -> bool:
    """Whether the text may need fixes: a fast test that is never wrongly False."""
    return _MAYBE.search(text) is not None or "..." in text


def typography_fixes(markdown: str) -> list[TypographyFix]:
    """All fixes of a Markdown text, in order and without overlap; none in code, addresses, mentions, hashtags and emoji."""
    prose = masks.mask_non_prose(markdown)
    # Directives of another tool would be sent as text, so other rules check them as prose; their punctuation is syntax.
    prose = masks.mask(prose, [match.span() for match in _DIRECTIVE.finditer(prose)])
    fixes: list[TypographyFix] = []
    for fix in sorted(_all_fixes(prose), key=lambda fix: (fix.start, fix.end)):
        if not fixes or fix.start > fixes[-1].end or (fix.start == fixes[-1].end and fix.start != fixes[-1].start):
            fixes.append(fix)
    return fixes


def _all_fixes(prose: str) -> Iterator[TypographyFix]:
    for match in _BREAKABLE_SPACE.finditer(prose):
        line_start = prose.rfind("\n", max(0, match.start() - _MAX_MARKER), match.start()) + 1
        if (match.start() > _MAX_MARKER and not line_start) or not _BLOCK_MARKER.fullmatch(prose, line_start, match.start()):
            yield _space_fix(match)
    for match in _MISSING_SPACE.finditer(prose):
        yield _space_fix(match)
    for match in _OPENING.finditer(prose):
        yield TypographyFix(*match.span(), NO_BREAK, "space", "«")
    for match in _CLOSING.finditer(prose):
        yield TypographyFix(*match.span(), NO_BREAK, "space", "»")
    for match in _APOSTROPHE.finditer(prose):
        yield TypographyFix(*match.span(), "’", "apostrophe", "'")
    for match in _DOTS.finditer(prose):
        yield TypographyFix(*match.span(), "…", "dots", "...")
    yield from _quote_fixes(prose)


def _space_fix(match: re.Match[str]) -> TypographyFix:
    mark = match[1][0]
    return TypographyFix(*match.span(), NO_BREAK if mark in ":»" else NARROW, "space", mark)


def _quote_fixes(prose: str) -> Iterator[TypographyFix]:
    """Fixes of straight quotation marks, line by line; none on a line where one of them has no pair."""
    offset = 0
    for line in prose.split("\n"):
        if '"' in line:
            positions = [match.start() for match in _QUOTE.finditer(line)]
            all_paired = all((_CLOSES if number % 2 else _OPENS).match(line, position) for number, position in enumerate(positions))
            if all_paired and len(positions) % 2 == 0:
                for number, position in enumerate(positions):
                    after = f"{NO_BREAK}»" if number % 2 else f"«{NO_BREAK}"
                    yield TypographyFix(offset + position, offset + position + 1, after, "quotes", '"')
        offset += len(line) + 1
