"""A key set in a YAML file that people keep: its comments, order and newlines stay."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any


def set_key(text: str, path: Sequence[str], value: str | int | bool | Sequence[str] | Mapping[str, Any]) -> str:
    """The YAML text with the value at this path of keys set: `("ledger", "first")`.

    Comments, order and newlines stay; missing mappings on the way are added.
    Raises ValueError when the text is not YAML, or when the path leads through something that is not a mapping.
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
    yaml.indent(**_detect_indents(text))
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    yaml.explicit_start = plain.startswith("---\n") or None
    try:
        document = yaml.load(plain)
    except YAMLError as error:
        raise ValueError("this cannot be read as YAML") from error
    if document is None:
        document = CommentedMap()
    mapping = document
    for key in path[:-1]:
        if isinstance(mapping, dict) and mapping.get(key) is None:
            mapping[key] = CommentedMap()
        mapping = mapping[key] if isinstance(mapping, dict) else None
    if not isinstance(mapping, dict):
        raise ValueError("the path leads through something that is no mapping")
    # Without quotes, a text would lose the space it begins or ends with.
    mapping[path[-1]] = SingleQuotedScalarString(value) if isinstance(value, str) and value != value.strip() else value
    output = io.StringIO()
    yaml.version = None
    yaml.dump(document, output)
    result = output.getvalue()
    if not document.ca.comment and plain.lstrip().startswith("#") and plain.strip().startswith("#") and not result.lstrip().startswith("#"):
        result = plain.rstrip("\n") + "\n" + result
    return bom + result.replace("\n", newline)


def _detect_indents(text: str) -> dict[str, int]:
    """The indentation of mappings and list dashes that this text uses, as arguments of ruamel's `YAML.indent`."""
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
