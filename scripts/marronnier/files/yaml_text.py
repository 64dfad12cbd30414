"""Values written as YAML: every text quoted where a YAML reader could take it for something else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLAIN = re.compile(r"[^\W\d_][\w/]*(?:[ .-][\w/]+)*|\d+(?:[.-]\w+)*-[^\W\d_]{2}[\w.-]*")
_NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")


def yaml_lines(keys: Mapping[str, Any]) -> list[str]:
    """The keys with their values as lines, in order; a value that is None, empty or False is left out.

    The entries of a list of mappings or a mapping of mappings follow their key, a line each; any other value is on the key's line.
    """
    lines = []
    for key, value in keys.items():
        if value is None or value is False or value in ("", [], (), {}):
            continue
        if isinstance(value, (list, tuple)) and isinstance(value[0], Mapping):
            lines += [f"{key}:", *(f"  - {flow_yaml(entry)}" for entry in value)]
        elif isinstance(value, Mapping) and all(isinstance(entry, Mapping) for entry in value.values()):
            lines += [f"{key}:", *(f"  {yaml_key(name)}: {flow_yaml(entry)}" for name, entry in value.items())]
        else:
            lines.append(f"{key}: {flow_yaml(value)}")
    return lines


def flow_yaml(value: Any) -> str:
    """A value in one line, as YAML's flow style writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{yaml_key(str(key))}: {flow_yaml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow_yaml(entry) for entry in value) + "]"
    return yaml_scalar(str(value))


def yaml_key(key: str) -> str:
    """A key, in quotes only where it needs them."""
    return key if re.fullmatch(r"[a-zA-Z_][\w.-]*|\d+[.-]*[a-zA-Z_][\w.-]*", key) else yaml_scalar(key)


def yaml_scalar(text: str) -> str:
    """A text: plain where that is safe, else in single quotes. Invisible characters become a space."""
    visible = without_invisible(text)
    if _is_plain(visible, _PLAIN) or re.fullmatch(r"\d{4}-\d\d-\d\d", visible):
        return visible
    return "'" + visible.replace("'", "''") + "'"


def double_quoted_unless(plain: re.Pattern[str], text: str) -> str:
    """A text: plain where that pattern allows it, else in double quotes. A JSON string is one in YAML too."""
    return text if _is_plain(text, plain) else json.dumps(text, ensure_ascii=False)


def without_invisible(text: str) -> str:
    """The text with a space in place of control characters and of characters that are in no text."""
    return _INVISIBLE.sub(" ", text)


def _is_plain(text: str, plain: re.Pattern[str]) -> bool:
    return plain.fullmatch(text) is not None and text.casefold() not in _NOT_TEXT
