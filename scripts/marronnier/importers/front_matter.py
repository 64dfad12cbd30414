"""Front matter written by machine: one key a line, and every text such that any reader of YAML takes it whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SAFE = re.compile(r"[^\W\d_][\w/]*(?:[ .-][\w/]+)*|\d+(?:[.-]\w+)*-[^\W\d_]{2}[\w.-]*")
_GUESSED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")


def lines(keys: Mapping[str, Any]) -> list[str]:
    """The keys with their values, in order; what is None, empty or False is left out.

    A list of mappings and a mapping of mappings stand below their key, a line each; all else stands beside it.
    """
    out = []
    for key, value in keys.items():
        if value is None or value is False or value in ("", [], (), {}):
            continue
        if isinstance(value, (list, tuple)) and isinstance(value[0], Mapping):
            out += [f"{key}:", *(f"  - {inline(one)}" for one in value)]
        elif isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in value.values()):
            out += [f"{key}:", *(f"  {yaml_key(name)}: {inline(one)}" for name, one in value.items())]
        else:
            out.append(f"{key}: {inline(value)}")
    return out


def inline(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{yaml_key(str(key))}: {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    return scalar(str(value))


def yaml_key(key: str) -> str:
    """A key, as everybody writes it."""
    return key if re.fullmatch(r"[a-zA-Z_][\w.-]*|\d+[.-]*[a-zA-Z_][\w.-]*", key) else scalar(key)


def scalar(text: str) -> str:
    """A text: bare where that is safe, else between single quotes. Characters that nobody can see become a space."""
    shown = _UNSEEN.sub(" ", text)
    if (_SAFE.fullmatch(shown) and shown.casefold() not in _GUESSED) or re.fullmatch(r"\d{4}-\d\d-\d\d", shown):
        return shown
    return "'" + shown.replace("'", "''") + "'"
