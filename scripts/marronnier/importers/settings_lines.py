"""Adding lines to a settings file that a team keeps: below the key they belong to, with every other line as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marronnier.files import document, yaml_edit
from marronnier.importers import front_matter


def add_names(text: str, path: str, key: str, new: Mapping[str, Any], *, comment: str = "") -> str:
    """The text of a settings file with these names added below a key of its own, a line each; `comment` stands above them.

    Raises ValueError where the file cannot be read.
    """
    if not new:
        return text
    tried = _inserted(text, key, new, comment)
    if tried is not None and _holds(tried, path, key, new):
        return tried
    for name, value in new.items():
        text = yaml_edit.set_key(text, (key, name), value)
    return text


def _inserted(text: str, key: str, new: Mapping[str, Any], comment: str) -> str | None:
    """The lines put behind the last one of that key; None where its names do not stand on lines of their own."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n") if text.strip() else []
    at = next((number for number, line in enumerate(lines) if re.match(rf"{key}[ \t]*:", line)), None)
    if at is None:
        lines.append(f"{key}:")
        at = len(lines) - 1
    value = re.sub(r"(^|\s)#.*", "", lines[at].partition(":")[2]).strip()
    if value not in ("", "{}"):
        return None
    if value:
        lines[at] = lines[at].replace("{}", "", 1).rstrip()
    last, indent = at, ""
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if line.strip() and not line[0].isspace() and not line.startswith("#"):
            break
        if line.strip() and line[0] == " ":
            last = number
            if not line.lstrip().startswith("#"):
                indent = indent or line[: len(line) - len(line.lstrip())]
    indent = indent or "  "
    written = [f"{indent}# {comment}"] if comment else []
    written += [f"{indent}{front_matter.yaml_key(name)}: {front_matter.inline(value)}" for name, value in new.items()]
    return newline.join([*lines[: last + 1], *written, *lines[last + 1 :], ""])


def _holds(text: str, path: str, key: str, new: Mapping[str, Any]) -> bool:
    """Whether the file can be read, and the names stand where they should."""
    read = document.parse_yaml(path, text.encode())
    there = read.data.get(key)
    return read.is_complete and not read.findings and isinstance(there, Mapping) and new.keys() <= there.keys()
