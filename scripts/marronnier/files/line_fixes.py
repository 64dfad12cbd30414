"""Mending a text: fixes of one line, and keys set in a file that people keep, with its comments and order."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from posixpath import commonprefix
from typing import Any

from marronnier.model.finding import Fix


def apply_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text with these lines mended. A line that is no longer as it was read is left alone; newlines and a byte order mark stay."""
    lines = text.splitlines(keepends=True) if not _has_odd_line_breaks(text) else _split_lines(text)
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
    """One fix for each line: those that change different parts of it become one. Of two that change the same part, the first counts."""
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
    """Whether two parts have a place in common, be it the edge of one at which the other puts something in."""
    if first[0] == first[1] or second[0] == second[1]:
        return first[0] <= second[1] and second[0] <= first[1]
    return max(first[0], second[0]) < min(first[1], second[1])


def _changed_part(before: str, after: str) -> tuple[int, int, str]:
    """The part of a line that is different, from where to where, and what stands there after."""
    start = len(commonprefix((before, after)))
    rest_before, rest_after = before[start:], after[start:]
    common_end = len(commonprefix((rest_before[::-1], rest_after[::-1])))
    return start, len(before) - common_end, rest_after[: len(rest_after) - common_end]


def set_key(text: str, path: Sequence[str], value: str | int | bool | Sequence[str] | Mapping[str, Any]) -> str:
    """A YAML text with that key set, deep in it when the path has several: `("ledger", "first")`.

    Comments, order and newlines stay; a missing mapping on the way is made. Raises ValueError when the text is no mapping
    or the path leads through something that is none.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.scalarstring import SingleQuotedScalarString

    newline = "\r\n" if "\r\n" in text else "\n"
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    yaml = YAML()
    yaml.version = (1, 2)
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    yaml.indent(**_indents(text))
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    yaml.explicit_start = plain.startswith("---\n") or None
    try:
        read = yaml.load(plain)
    except YAMLError as error:
        raise ValueError("this cannot be read as YAML") from error
    if read is None:
        read = CommentedMap()
    here = read
    for key in path[:-1]:
        if isinstance(here, dict) and here.get(key) is None:
            here[key] = CommentedMap()
        here = here[key] if isinstance(here, dict) else None
    if not isinstance(here, dict):
        raise ValueError("the path leads through something that is no mapping")
    # A text that begins or ends with any kind of space would lose it without quotes.
    here[path[-1]] = SingleQuotedScalarString(value) if isinstance(value, str) and value != value.strip() else value
    written = io.StringIO()
    yaml.version = None
    yaml.dump(read, written)
    out = written.getvalue()
    if not read.ca.comment and plain.lstrip().startswith("#") and plain.strip().startswith("#") and not out.lstrip().startswith("#"):
        out = plain.rstrip("\n") + "\n" + out
    return bom + out.replace("\n", newline)


def _indents(text: str) -> dict[str, int]:
    """How this text indents: mappings below their key, and dashes."""
    mapping, offset = 0, None
    for before, line in pairwise([line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]):
        further = (len(line) - len(line.lstrip())) - (len(before) - len(before.lstrip()))
        if not before.partition(" #")[0].rstrip().endswith(":"):
            continue
        if line.lstrip().startswith("- "):
            offset = further if offset is None else offset
        elif further > 0:
            mapping = mapping or further
    offset = max(offset or 0, 0)
    return {"mapping": mapping or 2, "sequence": offset + 2, "offset": offset}


def _has_odd_line_breaks(text: str) -> bool:
    return any(char in text for char in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def _split_lines(text: str) -> list[str]:
    """Lines as an editor counts them: only `\\n` and `\\r` end one."""
    return io.StringIO(text, newline="").readlines()
