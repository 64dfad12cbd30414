"""Blocks: the pieces of a report, each with shorter forms, fitted into the length that a comment may have."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from marronnier.messages import NN_

COMMENT_LIMIT = 65_536
"""The most characters of a comment on GitHub: its API refuses a longer one with `body is too long (maximum is 65536 characters)`, seen 2026-11-28."""
_RESERVE = 2_000
"""Kept free for the sentences about what is left out, and for the hidden marker."""

Kind = Literal["", "elsewhere", "notice", "warning", "publication", "calendar", "error", "file"]
"""What a block tells of, for counting what is left out."""
MOST_TOLD = 5
"""Errors, lines of the calendar and approvals that are told however long the report is."""
LONGEST = 200
"""Characters of a title, or of a sentence that quotes words: they may be as long as a file."""
LEFT_OUT: dict[Kind, tuple[str, str]] = {
    "publication": NN_("{count} publication is not shown in full", "{count} publications are not shown in full"),
    "calendar": NN_("{count} line of the calendar", "{count} lines of the calendar"),
    "error": NN_("{count} error", "{count} errors"),
    "warning": NN_("{count} warning", "{count} warnings"),
    "notice": NN_("{count} notice", "{count} notices"),
    "elsewhere": NN_("{count} list of what stays as it is", "{count} lists of what stays as it is"),
}
"""How many blocks of a kind there are, in words."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a report: Markdown that stands by itself between blank lines."""

    text: str
    rank: int = 0
    """When it is shortened: the highest first, of equal ones the last first. 0 is always told in full."""
    short: str = ""
    """What stands in its place then; empty for nothing."""
    short_rank: int = 0
    """When that is left out as well; 0 for never."""
    kind: Kind = ""
    tight: bool = False
    """Whether it follows the block before it without a blank line: an item of the same list."""


@dataclass(frozen=True, slots=True)
class FittedBlocks:
    """The blocks as far as they fit."""

    text: str
    left_out: Mapping[Kind, int]
    """How many blocks of each kind were shortened or left out."""


def fit(blocks: Sequence[Block], limit: int = COMMENT_LIMIT) -> FittedBlocks:
    """The blocks, shortened by their ranks until they fit. No block is ever cut: it stands as a whole, in its short form, or not at all."""
    shown = [block.text for block in blocks]
    size = sum(length(text) + 2 for text in shown)
    steps: list[tuple[int, int, str]] = []
    for position, block in enumerate(blocks):
        if block.rank:
            steps.append((-block.rank, -position, block.short))
        if block.short and block.short_rank:
            steps.append((-min(block.short_rank, block.rank - 1), -position, ""))
    heapq.heapify(steps)
    shortened: set[int] = set()
    while size > limit - _RESERVE and steps:
        _rank, place, text = heapq.heappop(steps)
        size += length(text) - length(shown[-place])
        shown[-place] = text
        shortened.add(-place)
    left_out = Counter(blocks[position].kind for position in shortened)
    return FittedBlocks(join(Block(text, tight=block.tight) for text, block in zip(shown, blocks, strict=True)), left_out)


def join(blocks: Iterable[Block]) -> str:
    """The blocks as one text, a blank line between them; empty ones are left out."""
    pieces: list[str] = []
    for block in blocks:
        if block.text:
            pieces += ["\n" if block.tight and pieces else "\n\n" if pieces else "", block.text]
    return "".join(pieces)


def length(text: str) -> int:
    """The length of a text in UTF-16, the strictest way in which a forge may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
