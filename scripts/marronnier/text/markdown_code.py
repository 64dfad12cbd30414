"""Code spans and code blocks of Markdown: people's words in a report, so that nothing in them is a link, a mention or a command."""

from __future__ import annotations

import re

from marronnier.text.columns import display_width
from marronnier.text.escapes import escape_controls
from marronnier.text.graphemes import split_graphemes

# What a forge makes something of in plain text: mentions, references, links, commits, emoji, HTML and all that Markdown marks.
_PLAIN = re.compile(r"[^\W_](?:[^\W_]|[ \u00a0\u202f'’ʼ“”«»,.;:!?()…–—%·→-])*")
_ACTIVE = re.compile(r"\bwww\.|:(?=[^\W\d])|\bgh-\d|\b(?=[a-f]*\d)[0-9a-f]{7,}\b|\.(?=\w)|--|\d\)|^\d+[.)]|^-", re.IGNORECASE)

_NAMED = re.compile(
    r"(?<![^\s(«“,;:])(?:(?:content|brand|calendar)/[A-Za-z0-9_./-]*[A-Za-z0-9_/]|[A-Za-z0-9_-]+(?:~[A-Za-z0-9_-]+)?@[A-Za-z0-9_-]+"
    r"|U\+[0-9A-F]{4,5}|[0-9a-f]{7,40}|#[0-9]+)(?![^\s,;:.)»”])"
)
"""What our own sentences name without backticks: files of the team, publications, characters, commits and pull requests."""

_CONTINUED = ("↳", "⤷", "↪", "»")
"""Marks of which the first that the text lacks begins a line that continues the one above."""


def code_span(text: str) -> str:
    """A Markdown code span that the text cannot end: nothing in it is a link, a mention or a command."""
    escaped = escape_controls(text)
    if not escaped.strip():
        return ""
    fence = _fence(escaped, 1)
    space = " " if escaped[0] in "` " or escaped[-1] in "` " else ""
    return f"{fence}{space}{escaped}{space}{fence}"


def code_block(text: str, kind: str = "text") -> str:
    """A Markdown code block that the text cannot end. `kind` is what stands behind its fence."""
    fence = _fence(text, 3)
    return f"{fence}{kind}\n{text}\n{fence}"


def plain_or_code(text: str) -> str:
    """A sentence as it is where no forge makes anything of it, what stands between backticks and what it names as code; else all of it as a code span."""
    named = "`".join(piece if number % 2 else _NAMED.sub(r"`\g<0>`", piece) for number, piece in enumerate(text.split("`")))
    for pieces in (text.split("`"), named.split("`")):
        is_paired = len(pieces) % 2 == 1 and all(pieces[2:-1:2]) and all(code.strip() for code in pieces[1::2])
        if is_paired and _PLAIN.fullmatch("x".join(pieces[::2])) and not any(map(_ACTIVE.search, pieces[::2])):
            return "".join(code_span(piece) if number % 2 else piece for number, piece in enumerate(pieces))
    return code_span(text)


def shortened(text: str, most: int) -> str:
    """A text in at most that many characters as people see them, with `…` at its end where it is longer."""
    if len(text) <= most:
        return text
    graphemes = split_graphemes(text)
    return text if len(graphemes) <= most else "".join(graphemes[: most - 1]) + "…"


def narrow_code_block(text: str, width: int) -> str:
    """A code block that fits a narrow screen: longer lines are continued below, after a mark that the text has nowhere else.

    No line is cut within a character that people see as one.
    """
    mark = continuation_mark(text)
    lines = [piece for line in text.split("\n") for piece in _folded(escape_controls(line.rstrip("\r")), width, mark)]
    return code_block("\n".join(lines))


def continuation_mark(text: str) -> str:
    """The mark that begins a continued line: one that the text lacks."""
    return next((mark for mark in _CONTINUED if mark not in text), _CONTINUED[-1] * 2)


def _folded(line: str, width: int, mark: str) -> list[str]:
    """A line in pieces of at most so many cells, broken at spaces where there are any; each but the first begins with the mark."""
    if display_width(line) <= width:
        return [line]
    pieces, current, used = [], [""], 0
    for word in re.findall(r"\s*\S+|\s+$", line):
        cells = display_width(word)
        if used and used + cells > width:
            pieces.append("".join(current))
            # The space before the word ends the line above, so that the words stay whole where they are put together again.
            kept = word.lstrip()
            pieces[-1] += word[: len(word) - len(kept)]
            current, used = [f"{mark} "], len(mark) + 1
            word, cells = kept, display_width(kept)  # noqa: PLW2901
        if used + cells <= width:
            current.append(word)
            used += cells
            continue
        for grapheme in split_graphemes(word):
            cells = display_width(grapheme)
            if used + cells > width:
                pieces.append("".join(current))
                current, used = [f"{mark} "], len(mark) + 1
            current.append(grapheme)
            used += cells
    return [*pieces, "".join(current)]


def _fence(text: str, least: int) -> str:
    """A run of backticks, at least that many, longer than any in the text."""
    return "`" * max(least, 1 + max(map(len, re.findall(r"`+", text)), default=0))
