"""Adds keys to a YAML settings file that a team keeps; every other line stays as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marronnier.files import document, edits
from marronnier.importers import front_matter


def add_keys(text: str, path: str, parent: str, new: Mapping[str, Any], *, comment: str = "") -> str:
    """The text of the settings file `path` with new keys below the key `parent`, a line each, under a comment.

    Raises ValueError where the file cannot be read.
    """
    if not new:
        return text
    edited = _insert_lines(text, parent, new, comment)
    if edited is not None and _has_keys(edited, path, parent, new):
        return edited
    for name, value in new.items():
        text = edits.set_key(text, (parent, name), value)
    return text


def _insert_lines(text: str, parent: str, new: Mapping[str, Any], comment: str) -> str | None:
    """The text with the new lines after the last one below `parent`; None where its keys do not have a line each."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n") if text.strip() else []
    at = next((number for number, line in enumerate(lines) if re.match(rf"{parent}[ \t]*:", line)), None)
    if at is None:
        lines.append(f"{parent}:")
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
    added = [f"{indent}# {comment}"] if comment else []
    added += [f"{indent}{front_matter.yaml_key(name)}: {front_matter.flow_yaml(value)}" for name, value in new.items()]
    return newline.join([*lines[: last + 1], *added, *lines[last + 1 :], ""])


def _has_keys(text: str, path: str, parent: str, new: Mapping[str, Any]) -> bool:
    """Whether the text can be read and holds the new keys below `parent`."""
    settings = document.load(path, text.encode())
    value = settings.data.get(parent)
    return settings.whole and not settings.findings and isinstance(value, Mapping) and new.keys() <= value.keys()
