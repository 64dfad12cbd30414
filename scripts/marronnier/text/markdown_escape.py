"""Plain text written as Markdown, so that people read it as it was: what another tool's plain text means to Markdown is escaped."""

from __future__ import annotations

import re

from marronnier.text.inline_pictures import find_inline_pictures
from marronnier.text.plain_text import to_plain_text
from marronnier.text.threads import split_parts
from marronnier.text.variants import near_variant_names, variant_names

_URL = re.compile(r"https?://[^\s<>\[\]`\\]+", re.IGNORECASE)
_MARKS = re.compile(r"[\\`*_\[\]<&~|]")
_LINE_START = re.compile(r"^(?:[#>+=:-]|(\d{1,9})([.)]))")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def escape_markdown(text: str) -> str:
    """Markdown that reads as this plain text, line by line; as typed wherever Markdown means nothing else by it.

    Blanks around lines and more than one blank line in a row mean nothing in a post, and go.
    """
    plain = normalize_plain_text(text)
    if _reads_as(plain, plain):
        return plain
    for escape in (_escape_marks, _escape_punctuation):
        lines = [line if _reads_as(line, line) else escape(line) for line in plain.split("\n")]
        if _reads_as("\n".join(lines), plain):
            return "\n".join(lines)
    for escape in (_escape_marks, _escape_punctuation):
        escaped = "\n".join(map(escape, plain.split("\n")))
        if _reads_as(escaped, plain):
            break
    return escaped


def normalize_plain_text(text: str) -> str:
    """The text without blanks around its lines and with at most one blank line in a row."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _reads_as(markdown: str, plain: str) -> bool:
    """Whether the Markdown reads as that plain text, in one part, for all channels."""
    return (
        to_plain_text(markdown) == plain
        and split_parts(markdown) == (plain if markdown == plain else markdown.strip("\n"),)
        and not any(variant_names(line) or near_variant_names(line) for line in markdown.split("\n"))
        and not find_inline_pictures(markdown)
    )


def _escape_marks(line: str) -> str:
    """The line with the marks of Markdown escaped, outside addresses."""
    line = _outside_addresses(_MARKS, line)
    return _LINE_START.sub(lambda start: f"{start[1]}\\{start[2]}" if start[1] else f"\\{start[0]}", line)


def _escape_punctuation(line: str) -> str:
    return _outside_addresses(_PUNCTUATION, line)


def _outside_addresses(pattern: re.Pattern[str], line: str) -> str:
    pieces, end = [], 0
    for address in _URL.finditer(line):
        pieces += [pattern.sub(r"\\\g<0>", line[end : address.start()]), address[0]]
        end = address.end()
    return "".join((*pieces, pattern.sub(r"\\\g<0>", line[end:])))
