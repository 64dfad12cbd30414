"""JSON Schemas of everything people write, for editors and forms. The words are the docstrings under the attributes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any

from marronnier.model.brand import Brand, Channels, Handles
from marronnier.model.calendar import Days, Freeze, Slots
from marronnier.model.foreign import FOREIGN
from marronnier.model.policy import Policy
from marronnier.model.post import FrontMatter
from marronnier.model.strategy import Campaign, Strategy, Voice
from marronnier.model.written import Written

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema (https://json-schema.org/specification, seen 2026-11-22)."""

WRITTEN: Mapping[str, type[Written]] = {
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
    made = model.model_json_schema(by_alias=True, mode="validation")
    definitions = made.get("$defs", {})
    _describe(made, model)
    for inner in _models(model):
        if inner.__name__ in definitions:
            _describe(definitions[inner.__name__], inner)
    made = _with_short_forms(made)
    if name == "post":
        # Another tool's keys are no mistake; ours come first in an editor's list.
        for key, use in FOREIGN.items():
            made["properties"].setdefault(key, {"description": f"Known from another tool: {use}.", "deprecated": True})
    return {"$schema": DIALECT, **made}


def schemas() -> dict[str, Any]:
    """All of them, by name."""
    return {name: schema(name) for name in WRITTEN}


@cache
def documentation(model: type[Written]) -> Mapping[str, str]:
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


def _describe(made: dict[str, Any], model: type[Written]) -> None:
    said = documentation(model)
    for name, field in model.model_fields.items():
        made["properties"][field.alias or name]["description"] = said[name]


def _models(model: type[Written]) -> set[type[Written]]:
    """Every model that a model is made of, found through its fields."""
    found: set[type[Written]] = set()
    waiting: list[Any] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        kind = waiting.pop()
        waiting += getattr(kind, "__args__", ())
        if isinstance(kind, type) and issubclass(kind, Written) and kind not in found:
            found.add(kind)
            waiting += [field.annotation for field in kind.model_fields.values()]
    return found


def _with_short_forms(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_short_forms(inside) for inside in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("$ref", "")).rpartition("/")[2]
    if name in _SHORT_FORMS:
        return {"anyOf": [value, dict(_SHORT_FORMS[name])]}
    return {key: _with_short_forms(inside) for key, inside in value.items()}
