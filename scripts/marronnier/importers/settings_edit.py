"""Adds keys to a YAML settings file that a team keeps; every other line stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marronnier.files import document, yaml_block, yaml_edit, yaml_text


def add_keys(text: str, path: str, parent: str, new: Mapping[str, Any], *, comment: str = "") -> str:
    """The text of the settings file `path` with new keys below the key `parent`, a line each, under a comment.

    Raises ValueError where the file cannot be read.
    """
    if not new:
        return text
    added = [f"# {comment}"] if comment else []
    added += [f"{yaml_text.yaml_key(name)}: {yaml_text.flow_yaml(value)}" for name, value in new.items()]
    edited = yaml_block.append_entries(text, parent, added)
    if edited is not None and _has_keys(edited, path, parent, new):
        return edited
    for name, value in new.items():
        text = yaml_edit.set_key(text, (parent, name), value)
    return text


def _has_keys(text: str, path: str, parent: str, new: Mapping[str, Any]) -> bool:
    """Whether the text can be read and holds the new keys below `parent`."""
    settings = document.parse_yaml(path, text.encode())
    value = settings.data.get(parent)
    return settings.is_complete and not settings.findings and isinstance(value, Mapping) and new.keys() <= value.keys()
