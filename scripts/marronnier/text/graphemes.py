"""Length of a text in graphemes (what a reader sees as one character) and in bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

# Characters that never join a neighbour into one grapheme: ASCII, Latin (but © and ®, which emoji sequences may end with),
# and the punctuation and currency signs of Europe.
# All others are left to UAX #29 (https://www.unicode.org/reports/tr29/, seen 2026-11-22).
_ALONE = r"\x00-\xa8\xaa-\xad\xaf-\u02ff\u2010-\u2027\u202f-\u203b\u20a0-\u20bf"
_JOINING = re.compile(rf"[{_ALONE}]?[^{_ALONE}]+")


@cache
def _uax29_patterns() -> tuple[Any, Any]:
    # Imported when needed: a text of Latin letters is counted without it.
    import regex  # type: ignore[import-untyped]

    return regex.compile(r"\X"), regex.compile(r"\p{Grapheme_Cluster_Break=Prepend}")


def count_graphemes(text: str) -> int:
    """The number of characters a reader sees: extended grapheme clusters of UAX #29."""
    if "\r" in text:
        text = text.replace("\r\n", "\0")  # One grapheme; "\n" would join a "\r" before it.
    if text.isascii():
        return len(text)
    runs = _JOINING.findall(text)
    if not runs:
        return len(text)
    cluster, prepend = _uax29_patterns()
    if any(prepend.search(run) for run in runs):
        return len(cluster.findall(text))
    return len(text) - sum(map(len, runs)) + sum(len(cluster.findall(run)) for run in runs)


def split_graphemes(text: str) -> list[str]:
    """The graphemes of a text, in order."""
    graphemes: list[str] = _uax29_patterns()[0].findall(text)
    return graphemes


def byte_length(text: str) -> int:
    """The length of the text in UTF-8, in bytes. A lone surrogate, which UTF-8 cannot encode, counts as 3 bytes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
