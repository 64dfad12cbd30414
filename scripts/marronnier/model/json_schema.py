"""JSON Schemas of everything people write, for editors and forms. The words are the docstrings under the attributes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from datetime import time, timedelta
from functools import cache
from typing import Any

from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.fields import Key, WrittenModel
from marronnier.model.foreign_keys import FOREIGN
from marronnier.model.post import FrontMatter
from marronnier.model.shape import Shape, shape_of
from marronnier.model.strategy import Campaign, Strategy, Voice

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema (https://json-schema.org/specification, seen 2026-11-22)."""

WRITTEN: Mapping[str, type[WrittenModel]] = {
    "post": FrontMatter,
    "brand": Brand,
    "channels": Channels,
    "campaign": Campaign,
    "slots": Slots,
    "days": Days,
    "strategy": Strategy,
    "voice": Voice,
    "handles": Handles,
    "approvals": Policy,
    "freeze": Freeze,
}
"""What people write, under the name `marronnier schema` knows it by."""

_SHORT_FORMS: Mapping[str, Mapping[str, Any]] = {
    "Medium": {"type": "string", "description": "The file alone"},
    "SendUntil": {"type": "string", "pattern": "^send-until "},
}
"""Models that may also be written as one text."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one thing people write. Raises KeyError for a name that is not in `WRITTEN`."""
    model = WRITTEN[name]
    definitions: dict[str, dict[str, Any]] = {}
    made = _object(shape_of(model), definitions)
    if name == "post":
        # Another tool's keys are no mistake; ours come first in an editor's list.
        for key, use in FOREIGN.items():
            made["properties"].setdefault(key, {"description": f"Known from another tool: {use}.", "deprecated": True})
    return {"$schema": DIALECT, **made, **({"$defs": dict(sorted(definitions.items()))} if definitions else {})}


def schemas() -> dict[str, Any]:
    """All of them, by name."""
    return {name: schema(name) for name in WRITTEN}


@cache
def documentation(model: type[WrittenModel]) -> Mapping[str, str]:
    """The docstring under each attribute of a model, by the attribute's name; read from the source only when asked for."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for line, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[line.target.id] = inspect.cleandoc(after.value.value)
    return found


def _object(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A model as an object with a closed list of keys; the models in it go into `definitions`."""
    model = shape.type
    said = documentation(model)
    properties = {
        key: {**_value(inside, definitions), **_default(model.keys[shape.names[key]]), "description": said[shape.names[key]]}
        for key, inside in shape.keys.items()
    }
    needed = [key for key, name in shape.names.items() if model.keys[name].needed]
    made = {"title": model.__name__, "description": inspect.cleandoc(model.__doc__ or ""), "type": "object", "properties": properties}
    return {**made, **({"required": needed} if needed else {}), "additionalProperties": False}


def _value(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What may be written for a value. A key that is only begun counts as not written, so nothing is allowed where a key may be absent."""
    written = next((one.schema for one in shape.reads if one.schema), None)
    made = dict(written) if written else _plain(shape, definitions)
    if not shape.optional:
        return made
    return {"anyOf": [*(made.get("anyOf") or [made]), {"type": "null"}]}


def _plain(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if shape.one_of:
        return {"anyOf": [_value(one, definitions) for one in shape.one_of]}
    if shape.kind == "model":
        return _reference(shape, definitions)
    if shape.kind == "list":
        bounds = {
            name: bound for name, bound in (("minItems", _of(shape, "fewest")), ("maxItems", _of(shape, "several"))) if bound is not None
        }
        if shape.row:
            return {
                "type": "array",
                "prefixItems": [_value(one, definitions) for one in shape.row],
                "minItems": len(shape.row),
                "items": False,
            }
        assert shape.each is not None
        return {"type": "array", "items": _value(shape.each, definitions), **bounds}
    if shape.kind == "mapping":
        assert shape.each is not None
        assert shape.name is not None
        names = _value(shape.name, definitions)
        return {"type": "object", "additionalProperties": _value(shape.each, definitions), "propertyNames": names}
    return _text(shape)


def _text(shape: Shape) -> dict[str, Any]:
    if shape.choices:
        return {"type": "string", "enum": list(shape.choices)}
    named = {bool: "boolean", int: "integer", float: "number"}.get(shape.type, "string")
    bounds = {"minimum": _of(shape, "least"), "maximum": _of(shape, "most"), "pattern": _of(shape, "pattern")}
    return {"type": named, **{name: bound for name, bound in bounds.items() if bound is not None}}


def _reference(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    name = shape.type.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _object(shape_of(shape.type), definitions)
    reference = {"$ref": f"#/$defs/{name}"}
    return {"anyOf": [reference, dict(_SHORT_FORMS[name])]} if name in _SHORT_FORMS else reference


def _of(shape: Shape, bound: str) -> Any:
    return getattr(shape.said, bound, None)


def _default(said: Key) -> dict[str, Any]:
    """The default, where it is one that can be written."""
    default = said.default
    if isinstance(default, time):
        default = f"{default:%H:%M}"
    elif isinstance(default, timedelta):
        minutes = int(default.total_seconds() // 60)
        default = f"{minutes} min" if minutes % 60 else f"{minutes // 60}h"
    elif isinstance(default, tuple):
        default = list(default)
    return {"default": default} if default is not None and not said.needed and said.made is None else {}
