"""JSON Schemas of the files people write, for editors and forms. Descriptions are the docstrings under the attributes of the models."""

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
from marronnier.model.fields import Field, WrittenModel
from marronnier.model.foreign_keys import FOREIGN_KEYS
from marronnier.model.post import FrontMatter
from marronnier.model.shape import Shape, shape_of
from marronnier.model.strategy import Campaign, Strategy, Voice
from marronnier.model.trial import Trials

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema (https://json-schema.org/specification, seen 2026-11-22)."""

SCHEMA_MODELS: Mapping[str, type[WrittenModel]] = {
    "post": FrontMatter,
    "brand": Brand,
    "channels": Channels,
    "campaign": Campaign,
    "slots": Slots,
    "days": Days,
    "strategy": Strategy,
    "voice": Voice,
    "handles": Handles,
    "tried": Trials,
    "approvals": Policy,
    "freeze": Freeze,
}
"""The models of the files people write, by the name that `marronnier schema` takes."""

_SHORT_FORMS: Mapping[str, Mapping[str, Any]] = {
    "Medium": {"type": "string", "description": "The file alone"},
    "SendUntil": {"type": "string", "pattern": "^send-until "},
}
"""The schema of the short form of models that may also be written as one text."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one file people write. Raises KeyError when the name is not in `SCHEMA_MODELS`."""
    model = SCHEMA_MODELS[name]
    definitions: dict[str, dict[str, Any]] = {}
    object_schema = _object_schema(shape_of(model), definitions)
    if name == "post":
        # Keys of another tool are not errors; they come after ours in an editor's list.
        for key, use in FOREIGN_KEYS.items():
            object_schema["properties"].setdefault(key, {"description": f"Known from another tool: {use}.", "deprecated": True})
    return {"$schema": DIALECT, **object_schema, **({"$defs": dict(sorted(definitions.items()))} if definitions else {})}


@cache
def attribute_docs(model: type[WrittenModel]) -> Mapping[str, str]:
    """The docstring under each attribute of a model, by the attribute's name, parsed from the source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(tree, ast.ClassDef)
    docs = {}
    for line, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            docs[line.target.id] = inspect.cleandoc(after.value.value)
    return docs


def _object_schema(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of a model: an object without other keys. The models within it are added to `definitions`."""
    model = shape.type
    docs = attribute_docs(model)
    properties = {
        key: {**_value_schema(child, definitions), **_default_keyword(model.fields[name]), "description": docs[name]}
        for key, child in shape.keys.items()
        for name in (shape.attributes[key],)
    }
    required = [key for key, name in shape.attributes.items() if model.fields[name].required]
    return {
        "title": model.__name__,
        "description": inspect.cleandoc(model.__doc__ or ""),
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _value_schema(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of a value. An optional key may be written without a value, so its schema allows null."""
    converter_schema = next((converter.json_schema for converter in shape.converters if converter.json_schema), None)
    value_schema = dict(converter_schema) if converter_schema else _schema_by_kind(shape, definitions)
    if not shape.optional:
        return value_schema
    return {"anyOf": [*(value_schema.get("anyOf") or [value_schema]), {"type": "null"}]}


def _schema_by_kind(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if shape.alternatives:
        return {"anyOf": [_value_schema(alternative, definitions) for alternative in shape.alternatives]}
    if shape.kind == "model":
        return _model_reference(shape, definitions)
    if shape.kind == "list":
        if shape.tuple_elements:
            return {
                "type": "array",
                "prefixItems": [_value_schema(element, definitions) for element in shape.tuple_elements],
                "minItems": len(shape.tuple_elements),
                "items": False,
            }
        assert shape.element is not None
        bounds = _bounds(shape, minItems="min_items", maxItems="max_items")
        return {"type": "array", "items": _value_schema(shape.element, definitions), **bounds}
    if shape.kind == "mapping":
        assert shape.element is not None
        assert shape.key_shape is not None
        key_schema = _value_schema(shape.key_shape, definitions)
        return {"type": "object", "additionalProperties": _value_schema(shape.element, definitions), "propertyNames": key_schema}
    if shape.choices:
        return {"type": "string", "enum": list(shape.choices)}
    type_name = {bool: "boolean", int: "integer", float: "number"}.get(shape.type, "string")
    return {"type": type_name, **_bounds(shape, minimum="minimum", maximum="maximum", pattern="pattern")}


def _model_reference(shape: Shape, definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    name = shape.type.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _object_schema(shape_of(shape.type), definitions)
    reference = {"$ref": f"#/$defs/{name}"}
    return {"anyOf": [reference, dict(_SHORT_FORMS[name])]} if name in _SHORT_FORMS else reference


def _bounds(shape: Shape, **attributes: str) -> dict[str, Any]:
    """The keywords of JSON Schema for the bounds that the shape's field has; `attributes` maps a keyword to an attribute of `Field`."""
    return {keyword: bound for keyword, name in attributes.items() if (bound := getattr(shape.field, name, None)) is not None}


def _default_keyword(field: Field) -> dict[str, Any]:
    """The keyword `default`, for a default that can be written in YAML."""
    default = field.default
    if isinstance(default, time):
        default = f"{default:%H:%M}"
    elif isinstance(default, timedelta):
        minutes = int(default.total_seconds() // 60)
        default = f"{minutes} min" if minutes % 60 else f"{minutes // 60}h"
    elif isinstance(default, tuple):
        default = list(default)
    return {"default": default} if default is not None and not field.required and field.default_factory is None else {}
