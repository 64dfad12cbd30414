"""Fixes of one line each, applied to a text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from posixpath import commonprefix

from marronnier.model.finding import Fix


def apply(text: str, fixes: Iterable[Fix]) -> str:
    """The text with these lines mended. A line that is no longer as it was read is left alone; newlines and a byte order mark stay."""
    lines = text.splitlines(keepends=True) if not _odd_breaks(text) else _lines(text)
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    mended: set[int] = set()
    for fix in merge_fixes(fixes):
        number = fix.line - 1
        if not 0 <= number < len(lines) or number in mended:
            continue
        line = lines[number]
        start = bom if number == 0 else ""
        words = line.removeprefix(start).rstrip("\r\n")
        end = line.removeprefix(start)[len(words) :]
        if words != fix.before:
            continue
        mended.add(number)
        lines[number] = start + fix.after.replace("\n", end or "\n") + end
    return "".join(lines)


def merge_fixes(fixes: Iterable[Fix]) -> list[Fix]:
    """One fix for each line: those that change different parts of it become one. Of two that change the same part, the first counts."""
    found: dict[tuple[int, str], list[Fix]] = {}
    for fix in fixes:
        found.setdefault((fix.line, fix.before), []).append(fix)
    return [_one(line, before, same) for (line, before), same in found.items()]


def _one(line: int, before: str, fixes: Sequence[Fix]) -> Fix:
    taken: list[tuple[int, int, str]] = []
    for fix in fixes:
        parts = fix.parts or (_changed(before, fix.after),)
        if not any(_meet(part, other) for part in parts for other in taken):
            taken += parts
    after = before
    for start, end, words in sorted(taken, reverse=True):
        after = after[:start] + words + after[end:]
    return Fix(line, before, after)


def _meet(part: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two parts have a place in common, be it the edge of one at which the other puts something in."""
    if part[0] == part[1] or other[0] == other[1]:
        return part[0] <= other[1] and other[0] <= part[1]
    return max(part[0], other[0]) < min(part[1], other[1])


def _changed(before: str, after: str) -> tuple[int, int, str]:
    """The part of a line that is different, from where to where, and what stands there after."""
    start = len(commonprefix((before, after)))
    rest, other = before[start:], after[start:]
    same = len(commonprefix((rest[::-1], other[::-1])))
    return start, len(before) - same, other[: len(other) - same]


def _odd_breaks(text: str) -> bool:
    return any(char in text for char in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def _lines(text: str) -> list[str]:
    """Lines as an editor counts them: only `\\n` and `\\r` end one."""
    return io.StringIO(text, newline="").readlines()
