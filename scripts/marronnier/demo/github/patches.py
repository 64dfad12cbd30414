"""Patches, as comments on lines need them: which lines they show, in which hunk, at which place."""

from __future__ import annotations

import re
from typing import Literal

Side = Literal["LEFT", "RIGHT"]
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


def positions_of(patch: str, side: Side) -> dict[int, int]:
    """The place in the patch of each line of one side, before the change (LEFT) or after it (RIGHT), by its number.

    Places are counted from the first hunk's head, which is 0, as the API's `position` is.
    """
    found, number = {}, 0
    for position, text in enumerate(patch.split("\n")):
        if head := _HUNK.match(text):
            number = int(head[1 if side == "LEFT" else 2])
        elif text == "" or text.startswith((" ", "-" if side == "LEFT" else "+")):
            found[number] = position
            number += 1
    return found


def line_at(patch: str, position: int) -> tuple[int, Side] | None:
    """Number and side of the line at a place in the patch; what was removed is on the left."""
    sides: tuple[Side, ...] = ("RIGHT", "LEFT")
    for side in sides:
        for number, place in positions_of(patch, side).items():
            if place == position:
                return number, side
    return None


def hunk_start(patch: str, position: int) -> int:
    """Where the hunk begins in which a place is."""
    lines = patch.split("\n")
    return max(index for index in range(min(position, len(lines) - 1) + 1) if _HUNK.match(lines[index]))


def hunk_until(patch: str, position: int) -> str:
    """The hunk up to a place, as a comment there shows it."""
    return "\n".join(patch.split("\n")[hunk_start(patch, position) : position + 1])
