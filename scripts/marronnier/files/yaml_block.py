"""Appends entries to a block of a YAML file that a team keeps; every other line, comment and order stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOP_LEVEL = re.compile(r"[^\s#-]")


def append_entries(text: str, key: str, entries: Sequence[str]) -> str | None:
    """The text with the entries, a line each, after the last one below the top-level key, which is added where it is missing.

    An entry is written without its indent: `- one` or `name: value`. None where the key's entries do not have a line each.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    head = next((number for number, line in enumerate(lines) if re.match(rf"\ufeff?[\"']?{key}[\"']?\s*:", line)), None)
    if head is None:
        if lines and lines[-1].strip() in ("...", "---"):
            return None
        return newline.join([*lines, f"{key}:", *(f"  {entry}" for entry in entries)]) + newline
    value = lines[head].partition(":")[2].partition(" #")[0].strip()
    if value in ("[]", "{}", "null", "~"):
        lines[head] = lines[head].replace(value, "", 1).rstrip()
    elif value and not value.startswith("#"):
        return None
    end, indent = _end_of_block(lines, head)
    return newline.join([*lines[: end + 1], *(f"{indent}{entry}" for entry in entries), *lines[end + 1 :]]) + newline


def _end_of_block(lines: Sequence[str], head: int) -> tuple[int, str]:
    """The number of the last line of the block below the line `head`, and its indent. Comments and blank lines after it belong to what follows."""
    end = head
    indent: str | None = None
    for number, line in enumerate(lines[head + 1 :], head + 1):
        if _TOP_LEVEL.match(line) or line.startswith(("---", "...")):
            break
        if not line.strip() or line.startswith("#"):
            continue
        if indent is None and not line.lstrip().startswith("#"):
            indent = line[: len(line) - len(line.lstrip())]
        end = number
    return end, "  " if indent is None else indent
