"""The shape of what people write, derived from the models: which keys hold one text, which a list, which a mapping."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from marronnier.model.values import Moment
from marronnier.model.written import Written

Kind = Literal["text", "list", "mapping", "model", "other"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like where it is written."""

    kind: Kind
    """`text`: one text; `list`: several; `mapping`: any keys; `model`: a closed list of keys; `other`: more than one of these."""
    keys: Mapping[str, Shape] = field(default_factory=dict)
    """The keys of a model, as people write them."""
    each: Shape | None = None
    """What stands in a list or under each key of a mapping."""
    dated: bool = False
    """Whether the text is a date."""
    choices: tuple[str, ...] = ()
    """The only texts allowed; empty for any."""

    def at(self, key: str | int) -> Shape | None:
        """The shape of the value under a key or at an index."""
        if self.kind == "model" and isinstance(key, str):
            return self.keys.get(key)
        if self.kind == "mapping" and isinstance(key, str):
            return self.each
        return self.each if self.kind == "list" and isinstance(key, int) else None

    def below(self, path: tuple[str | int, ...]) -> Shape | None:
        """The shape at the end of a path of keys and indexes."""
        here: Shape | None = self
        for key in path:
            here = here.at(key) if here else None
        return here


@cache
def shape_of(model: type[Written]) -> Shape:
    """The shape of a model, from its fields."""
    return Shape("model", keys={entry.alias or name: _shape(entry.annotation) for name, entry in model.model_fields.items()})


def _shape(kind: Any) -> Shape:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _shape(inside[0])
    if origin is Literal:
        return Shape("text", choices=tuple(str(choice) for choice in inside))
    if origin in (Union, types.UnionType):
        shapes = [_shape(part) for part in inside if part is not type(None)]
        if len(shapes) == 1:
            return shapes[0]
        return Shape("text") if all(shape.kind == "text" for shape in shapes) else Shape("other")
    if origin is tuple:
        return Shape("list", each=_shape(inside[0]))
    if origin is not None and issubclass(origin, Mapping):
        return Shape("mapping", each=_shape(inside[1]))
    if isinstance(kind, type) and issubclass(kind, Written):
        return shape_of(kind)
    return Shape("text", dated=kind in (Moment, date))
