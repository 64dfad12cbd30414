"""Fixes of one line each, applied to a text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from posixpath import commonprefix

from marronnier.model.finding import Fix


def apply_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text with these fixes applied. A line that changed since it was read is left alone; newlines and a byte order mark stay."""
    # Lines as an editor counts them: only `\n` and `\r` end a line, which `splitlines` sees differently.
    lines = io.StringIO(text, newline="").readlines()
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    fixed: set[int] = set()
    for fix in merge_fixes(fixes):
        number = fix.line - 1
        if not 0 <= number < len(lines) or number in fixed:
            continue
        line = lines[number]
        start = bom if number == 0 else ""
        content = line.removeprefix(start).rstrip("\r\n")
        end = line.removeprefix(start)[len(content) :]
        if content != fix.before:
            continue
        fixed.add(number)
        lines[number] = start + fix.after.replace("\n", end or "\n") + end
    return "".join(lines)


def merge_fixes(fixes: Iterable[Fix]) -> list[Fix]:
    """At most one fix for each line: fixes of different parts of a line are merged. Of two fixes of the same part the first one counts."""
    fixes_by_line: dict[tuple[int, str], list[Fix]] = {}
    for fix in fixes:
        fixes_by_line.setdefault((fix.line, fix.before), []).append(fix)
    return [_merge(line, before, same_line) for (line, before), same_line in fixes_by_line.items()]


def _merge(line: int, before: str, fixes: Sequence[Fix]) -> Fix:
    replacements: list[tuple[int, int, str]] = []
    for fix in fixes:
        parts = fix.replacements or (_changed_part(before, fix.after),)
        if not any(_overlap(part, other) for part in parts for other in replacements):
            replacements += parts
    after = before
    for start, end, new_text in sorted(replacements, reverse=True):
        after = after[:start] + new_text + after[end:]
    return Fix(line, before, after)


def _overlap(first: tuple[int, int, str], second: tuple[int, int, str]) -> bool:
    """Whether two replacements overlap; an insertion at the edge of a replacement overlaps it too."""
    if first[0] == first[1] or second[0] == second[1]:
        return first[0] <= second[1] and second[0] <= first[1]
    return max(first[0], second[0]) < min(first[1], second[1])


def _changed_part(before: str, after: str) -> tuple[int, int, str]:
    """Start, end and new text of the part in which two lines differ."""
    start = len(commonprefix((before, after)))
    rest_before, rest_after = before[start:], after[start:]
    common_end = len(commonprefix((rest_before[::-1], rest_after[::-1])))
    return start, len(before) - common_end, rest_after[: len(rest_after) - common_end]
