"""The shape of what people write, derived from the models: what may stand where, and how a text becomes a value of its type.

Reading is done here and not by a library: loading the one we had took longer than reading, judging and telling (decision 0093).
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from marronnier.model.fields import Converter, Field, WrittenModel
from marronnier.model.scalars import WrittenDate

Kind = Literal["text", "list", "mapping", "model", "other"]
Path = tuple[str | int, ...]
ShapeErrorKind = Literal[
    "missing",  # a key that must be written is not; `limit` is its name
    "unknown",  # a key nobody knows
    "name",  # a key of a mapping that cannot be one; `limit` is the sentence, or None
    "said",  # what reading the value says; `limit` is the sentence
    "least",  # a number below `limit`
    "most",  # a number above `limit`
    "fewest",  # fewer than `limit` in a list
    "several",  # more than `limit` in a list
    "pattern",  # a text of another form than `limit`
    "whole number",
    "number",
    "yes or no",
    "list",
    "mapping",
    "text",
    "choice",
    "either",  # none of several things that may stand here
]

_YES = frozenset({"true", "yes", "on", "y", "t", "1"})
_NO = frozenset({"false", "no", "off", "n", "f", "0"})


class ShapeError(NamedTuple):
    """One value that is not what its place asks for."""

    path: Path
    """Where it stands; for a missing key what should hold it."""
    kind: ShapeErrorKind
    detail: Any = None
    """The bound or the sentence that goes with it."""


class Shape:
    """What a value looks like where it is written."""

    def __init__(self, kind: Kind, type_: Any = None, said: Field | None = None) -> None:
        self.kind = kind
        """`text`: one text; `list`: several; `mapping`: any keys; `model`: a closed list of keys; `other`: more than one of these."""
        self.type = type_
        """What it becomes: a class; for a Literal its texts."""
        self.field = said
        """The bounds of its key."""
        self.converters: tuple[Converter, ...] = ()
        """Functions that read it first."""
        self.keys: Mapping[str, Shape] = {}
        """The keys of a model, as people write them."""
        self.attributes: Mapping[str, str] = {}
        """The attribute of each key."""
        self.element: Shape | None = None
        """What stands in a list or under each key of a mapping."""
        self.tuple_elements: tuple[Shape, ...] = ()
        """What stands in a list of a fixed length, in turn."""
        self.key_shape: Shape | None = None
        """The form of a mapping's keys."""
        self.alternatives: tuple[Shape, ...] = ()
        """What it may be, where that is more than one thing."""
        self.optional = False
        """Whether it may be nothing."""
        self.choices: tuple[str, ...] = ()
        """The only texts allowed; empty for any."""

    @property
    def is_date(self) -> bool:
        """Whether the text is a date."""
        return self.type in (WrittenDate, date)

    def child(self, key: str | int) -> Shape | None:
        """The shape of the value under a key or at an index."""
        if self.kind == "model" and isinstance(key, str):
            return self.keys.get(key)
        if self.kind == "mapping" and isinstance(key, str):
            return self.element
        return self.element if self.kind == "list" and isinstance(key, int) else None

    def descendant(self, path: Path) -> Shape | None:
        """The shape at the end of a path of keys and indexes."""
        here: Shape | None = self
        for key in path:
            here = here.child(key) if here else None
        return here

    def parse(self, value: Any, refused: list[ShapeError]) -> Any:
        """The value as its type has it; what is wrong is added to `refused`, all of it, and then the value given is of no use."""
        if value is None and self.optional:
            return None
        for one in self.converters:
            try:
                value = one.function(value)
            except ValueError as error:
                refused.append(ShapeError((), "said", str(error)))
                return None
        return self._parse(value, refused)

    @cached_property
    def _parse(self) -> Callable[[Any, list[ShapeError]], Any]:
        """How the value itself is read. Ten thousand posts are read with it: what can be known of a shape before is looked up once."""
        if self.alternatives:
            return self._parse_alternatives
        if self.kind == "text" and self.type is str and not self.choices and self.field is None:
            return self._parse_plain_text
        return {"model": self._parse_model, "list": self._parse_list, "mapping": self._parse_mapping}.get(self.kind, self._parse_text)

    def _parse_plain_text(self, value: Any, refused: list[ShapeError]) -> Any:
        if not isinstance(value, str):
            refused.append(ShapeError((), "text"))
        return value

    def _parse_model(self, value: Any, refused: list[ShapeError]) -> Any:
        if isinstance(value, self.type):
            return value
        if not isinstance(value, Mapping):
            refused.append(ShapeError((), "mapping"))
            return None
        before = len(refused)
        values = {}
        for key, inside in value.items():
            found = self.attribute_shapes.get(key)
            if found is None:
                refused.append(ShapeError((key,), "unknown"))
                continue
            name, shape = found
            so_far = len(refused)
            values[name] = shape.parse(inside, refused)
            if len(refused) > so_far:
                _prefix_paths(key, refused, so_far)
        if self.required_attributes - values.keys():
            refused += (
                ShapeError((), "missing", key)
                for key, (name, _shape) in self.attribute_shapes.items()
                if name in self.required_attributes - values.keys()
            )
        if len(refused) > before:
            return None
        made = self.type.judged(values)
        try:
            made.holds_together()
        except ValueError as error:
            refused.append(ShapeError((), "said", str(error)))
        return made

    @cached_property
    def attribute_shapes(self) -> Mapping[str, tuple[str, Shape]]:
        """The attribute and the shape of each key of a model."""
        return {key: (self.attributes[key], shape) for key, shape in self.keys.items()}

    @cached_property
    def required_attributes(self) -> frozenset[str]:
        """The attributes of a model that must be written."""
        return frozenset(name for name, said in self.type.keys.items() if said.needed)

    def _parse_list(self, value: Any, refused: list[ShapeError]) -> Any:
        if not isinstance(value, (list, tuple)):
            refused.append(ShapeError((), "list"))
            return None
        fewest, several = self._bounds
        if fewest is not None and len(value) < fewest:
            refused.append(ShapeError((), "fewest", fewest))
        if several is not None and len(value) > several:
            refused.append(ShapeError((), "several", several))
        assert self.element is not None
        if self.element.is_plain and all(map(_is_str, value)):
            return tuple(value)
        read = []
        for number, inside in enumerate(value):
            so_far = len(refused)
            shape = self.tuple_elements[number] if number < len(self.tuple_elements) else self.element
            assert shape is not None
            read.append(shape.parse(inside, refused))
            if len(refused) > so_far:
                _prefix_paths(number, refused, so_far)
        return tuple(read)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is any text."""
        return self.kind == "text" and self.type is str and not (self.choices or self.field or self.converters or self.optional)

    @cached_property
    def _bounds(self) -> tuple[int | None, int | None]:
        if self.tuple_elements:
            return len(self.tuple_elements), len(self.tuple_elements)
        return (None, None) if self.field is None else (self.field.min_items, self.field.max_items)

    def _parse_mapping(self, value: Any, refused: list[ShapeError]) -> Any:
        if not isinstance(value, Mapping):
            refused.append(ShapeError((), "mapping"))
            return None
        assert self.element is not None
        assert self.key_shape is not None
        read = {}
        for key, inside in value.items():
            so_far = len(refused)
            name = self.key_shape.parse(key, refused)
            refused[so_far:] = [ShapeError((), "name", one.detail) for one in refused[so_far:]]
            read[name] = self.element.parse(inside, refused)
            if len(refused) > so_far:
                _prefix_paths(key, refused, so_far)
        return read

    def _parse_alternatives(self, value: Any, refused: list[ShapeError]) -> Any:
        nearest: list[ShapeError] | None = None
        for shape in self.alternatives:
            wrong: list[ShapeError] = []
            read = shape.parse(value, wrong)
            if not wrong:
                return read
            if shape.kind == "model" and isinstance(value, Mapping):
                nearest = wrong
        refused += nearest if nearest is not None else [ShapeError((), "either")]
        return None

    def _parse_text(self, value: Any, refused: list[ShapeError]) -> Any:
        if self.choices:
            if value in self.choices:
                return value
            refused.append(ShapeError((), "choice"))
            return None
        read, wrong = _convert_scalar(self.type, value)
        if wrong is not None:
            refused.append(ShapeError((), wrong))
        elif self.field is not None:
            refused += _bound_errors(self.field, read)
        return read


def _is_str(value: object) -> bool:
    return type(value) is str


def _prefix_paths(key: str | int, refused: list[ShapeError], so_far: int) -> None:
    """Say of the newest refusals that they stand under that key."""
    refused[so_far:] = [ShapeError((key, *one.path), one.kind, one.detail) for one in refused[so_far:]]


def _convert_scalar(type_: Any, value: Any) -> tuple[Any, ShapeErrorKind | None]:
    """One text as a value of a plain type; or what is wrong with it. What has the type already stays."""
    if type_ is bool:
        if isinstance(value, bool):
            return value, None
        folded = value.strip().casefold() if isinstance(value, str) else ""
        return folded in _YES, None if folded in _YES or folded in _NO else "yes or no"
    if type_ is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value, None
        found = isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value)
        return (int(value), None) if found else (None, "whole number")
    if type_ is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value), None
        found = isinstance(value, str) and re.fullmatch(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?\s*", value)
        return (float(value), None) if found else (None, "number")
    return (value, None) if isinstance(value, type_) else (None, "text")


def _bound_errors(said: Field, value: Any) -> Iterator[ShapeError]:
    if said.minimum is not None and value < said.minimum:
        yield ShapeError((), "least", said.minimum)
    if said.maximum is not None and value > said.maximum:
        yield ShapeError((), "most", said.maximum)
    if said.pattern is not None and not re.search(said.pattern, value):
        yield ShapeError((), "pattern", said.pattern)


_SHAPES: dict[type[WrittenModel], Shape] = {}


def shape_of(model: type[WrittenModel]) -> Shape:
    """The shape of a model, from its keys; worked out once."""
    made = _SHAPES.get(model)
    if made is None:
        made = _SHAPES[model] = _model_shape(model)
    return made


def _model_shape(model: type[WrittenModel]) -> Shape:
    made = Shape("model", model)
    types_ = get_type_hints(model, include_extras=True)
    made.attributes = {said.alias or name: name for name, said in model.fields.items()}
    made.keys = {key: _type_shape(types_[name], model.fields[name]) for key, name in made.attributes.items()}
    return made


def _type_shape(kind: Any, said: Field | None = None) -> Shape:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        made = _type_shape(inside[0], said)
        reads = tuple(one for one in inside[1:] if isinstance(one, Converter))
        if reads:
            made = _copy(made)
            made.converters = (*reads, *made.converters)
        return made
    if origin is Literal:
        made = Shape("text", str, said)
        made.choices = tuple(str(choice) for choice in inside)
        return made
    if origin in (Union, types.UnionType):
        return _union_shape([part for part in inside if part is not type(None)], said, optional=type(None) in inside)
    if origin is tuple:
        made = Shape("list", tuple, said)
        made.tuple_elements = () if inside[-1] is Ellipsis else tuple(_type_shape(one) for one in inside)
        made.element = _type_shape(inside[0])
        return made
    if origin is not None and issubclass(origin, Mapping):
        made = Shape("mapping", dict, said)
        made.key_shape, made.element = _type_shape(inside[0]), _type_shape(inside[1])
        return made
    if isinstance(kind, type) and issubclass(kind, WrittenModel):
        return shape_of(kind)
    return Shape("text", kind, said)


def _union_shape(parts: list[Any], said: Field | None, *, optional: bool) -> Shape:
    shapes = [_type_shape(part, said) for part in parts]
    if len(shapes) == 1:
        # The shape of a model is shared: what is said here is said of this place only.
        made = _copy(shapes[0])
    else:
        made = Shape("text" if all(shape.kind == "text" for shape in shapes) else "other", None, said)
        made.alternatives = tuple(shapes)
    made.optional = optional
    return made


def _copy(shape: Shape) -> Shape:
    made = Shape(shape.kind, shape.type, shape.field)
    # What was worked out is bound to the other one.
    made.__dict__.update({name: value for name, value in shape.__dict__.items() if name in made.__dict__})
    return made


def parse_model(model: type[WrittenModel], data: Any) -> tuple[Any, list[ShapeError]]:
    """The model that data of texts, lists and mappings makes, or None; with everything that is wrong in it, in no order."""
    refused: list[ShapeError] = []
    made = shape_of(model).parse(data, refused)
    return (None if refused else made), refused
