"""The shape of what people write, derived from the models: what may stand where, and how a text becomes a value of its type.

Reading is done here and not by a library: loading the one we had took longer than reading, judging and telling (decision 0094).
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from marronnier.model.fields import Key, ReadWith, WrittenModel
from marronnier.model.scalars import WrittenDate

Kind = Literal["text", "list", "mapping", "model", "other"]
Path = tuple[str | int, ...]
Wrong = Literal[
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
    wrong: Wrong
    limit: Any = None
    """The bound or the sentence that goes with it."""


class Shape:
    """What a value looks like where it is written."""

    def __init__(self, kind: Kind, type_: Any = None, said: Key | None = None) -> None:
        self.kind = kind
        """`text`: one text; `list`: several; `mapping`: any keys; `model`: a closed list of keys; `other`: more than one of these."""
        self.type = type_
        """What it becomes: a class; for a Literal its texts."""
        self.said = said
        """The bounds of its key."""
        self.reads: tuple[ReadWith, ...] = ()
        """Functions that read it first."""
        self.keys: Mapping[str, Shape] = {}
        """The keys of a model, as people write them."""
        self.names: Mapping[str, str] = {}
        """The attribute of each key."""
        self.each: Shape | None = None
        """What stands in a list or under each key of a mapping."""
        self.row: tuple[Shape, ...] = ()
        """What stands in a list of a fixed length, in turn."""
        self.name: Shape | None = None
        """The form of a mapping's keys."""
        self.one_of: tuple[Shape, ...] = ()
        """What it may be, where that is more than one thing."""
        self.optional = False
        """Whether it may be nothing."""
        self.choices: tuple[str, ...] = ()
        """The only texts allowed; empty for any."""

    @property
    def dated(self) -> bool:
        """Whether the text is a date."""
        return self.type in (WrittenDate, date)

    def at(self, key: str | int) -> Shape | None:
        """The shape of the value under a key or at an index."""
        if self.kind == "model" and isinstance(key, str):
            return self.keys.get(key)
        if self.kind == "mapping" and isinstance(key, str):
            return self.each
        return self.each if self.kind == "list" and isinstance(key, int) else None

    def below(self, path: Path) -> Shape | None:
        """The shape at the end of a path of keys and indexes."""
        here: Shape | None = self
        for key in path:
            here = here.at(key) if here else None
        return here

    def read(self, value: Any, refused: list[ShapeError]) -> Any:
        """The value as its type has it; what is wrong is added to `refused`, all of it, and then the value given is of no use."""
        if value is None and self.optional:
            return None
        for one in self.reads:
            try:
                value = one.function(value)
            except ValueError as error:
                refused.append(ShapeError((), "said", str(error)))
                return None
        return self._read(value, refused)

    @cached_property
    def _read(self) -> Callable[[Any, list[ShapeError]], Any]:
        """How the value itself is read. Ten thousand posts are read with it: what can be known of a shape before is looked up once."""
        if self.one_of:
            return self._either
        if self.kind == "text" and self.type is str and not self.choices and self.said is None:
            return self._words
        return {"model": self._model, "list": self._list, "mapping": self._mapping}.get(self.kind, self._text)

    def _words(self, value: Any, refused: list[ShapeError]) -> Any:
        if not isinstance(value, str):
            refused.append(ShapeError((), "text"))
        return value

    def _model(self, value: Any, refused: list[ShapeError]) -> Any:
        if isinstance(value, self.type):
            return value
        if not isinstance(value, Mapping):
            refused.append(ShapeError((), "mapping"))
            return None
        before = len(refused)
        values = {}
        for key, inside in value.items():
            found = self.parts.get(key)
            if found is None:
                refused.append(ShapeError((key,), "unknown"))
                continue
            name, shape = found
            so_far = len(refused)
            values[name] = shape.read(inside, refused)
            if len(refused) > so_far:
                _below(key, refused, so_far)
        if self.needed - values.keys():
            refused += (ShapeError((), "missing", key) for key, (name, _shape) in self.parts.items() if name in self.needed - values.keys())
        if len(refused) > before:
            return None
        made = self.type.judged(values)
        try:
            made.holds_together()
        except ValueError as error:
            refused.append(ShapeError((), "said", str(error)))
        return made

    @cached_property
    def parts(self) -> Mapping[str, tuple[str, Shape]]:
        """The attribute and the shape of each key of a model."""
        return {key: (self.names[key], shape) for key, shape in self.keys.items()}

    @cached_property
    def needed(self) -> frozenset[str]:
        """The attributes of a model that must be written."""
        return frozenset(name for name, said in self.type.keys.items() if said.needed)

    def _list(self, value: Any, refused: list[ShapeError]) -> Any:
        if not isinstance(value, (list, tuple)):
            refused.append(ShapeError((), "list"))
            return None
        fewest, several = self._bounds
        if fewest is not None and len(value) < fewest:
            refused.append(ShapeError((), "fewest", fewest))
        if several is not None and len(value) > several:
            refused.append(ShapeError((), "several", several))
        assert self.each is not None
        if self.each.is_plain and all(map(_is_text, value)):
            return tuple(value)
        read = []
        for number, inside in enumerate(value):
            so_far = len(refused)
            shape = self.row[number] if number < len(self.row) else self.each
            assert shape is not None
            read.append(shape.read(inside, refused))
            if len(refused) > so_far:
                _below(number, refused, so_far)
        return tuple(read)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is any text."""
        return self.kind == "text" and self.type is str and not (self.choices or self.said or self.reads or self.optional)

    @cached_property
    def _bounds(self) -> tuple[int | None, int | None]:
        if self.row:
            return len(self.row), len(self.row)
        return (None, None) if self.said is None else (self.said.fewest, self.said.several)

    def _mapping(self, value: Any, refused: list[ShapeError]) -> Any:
        if not isinstance(value, Mapping):
            refused.append(ShapeError((), "mapping"))
            return None
        assert self.each is not None
        assert self.name is not None
        read = {}
        for key, inside in value.items():
            so_far = len(refused)
            name = self.name.read(key, refused)
            refused[so_far:] = [ShapeError((), "name", one.limit) for one in refused[so_far:]]
            read[name] = self.each.read(inside, refused)
            if len(refused) > so_far:
                _below(key, refused, so_far)
        return read

    def _either(self, value: Any, refused: list[ShapeError]) -> Any:
        nearest: list[ShapeError] | None = None
        for shape in self.one_of:
            wrong: list[ShapeError] = []
            read = shape.read(value, wrong)
            if not wrong:
                return read
            if shape.kind == "model" and isinstance(value, Mapping):
                nearest = wrong
        refused += nearest if nearest is not None else [ShapeError((), "either")]
        return None

    def _text(self, value: Any, refused: list[ShapeError]) -> Any:
        if self.choices:
            if value in self.choices:
                return value
            refused.append(ShapeError((), "choice"))
            return None
        read, wrong = _read_as(self.type, value)
        if wrong is not None:
            refused.append(ShapeError((), wrong))
        elif self.said is not None:
            refused += _out_of_bounds(self.said, read)
        return read


def _is_text(value: object) -> bool:
    return type(value) is str


def _below(key: str | int, refused: list[ShapeError], so_far: int) -> None:
    """Say of the newest refusals that they stand under that key."""
    refused[so_far:] = [ShapeError((key, *one.path), one.wrong, one.limit) for one in refused[so_far:]]


def _read_as(type_: Any, value: Any) -> tuple[Any, Wrong | None]:
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


def _out_of_bounds(said: Key, value: Any) -> Iterator[ShapeError]:
    if said.least is not None and value < said.least:
        yield ShapeError((), "least", said.least)
    if said.most is not None and value > said.most:
        yield ShapeError((), "most", said.most)
    if said.pattern is not None and not re.search(said.pattern, value):
        yield ShapeError((), "pattern", said.pattern)


_SHAPES: dict[type[WrittenModel], Shape] = {}


def shape_of(model: type[WrittenModel]) -> Shape:
    """The shape of a model, from its keys; worked out once."""
    made = _SHAPES.get(model)
    if made is None:
        made = _SHAPES[model] = _model(model)
    return made


def _model(model: type[WrittenModel]) -> Shape:
    made = Shape("model", model)
    types_ = get_type_hints(model, include_extras=True)
    made.names = {said.alias or name: name for name, said in model.keys.items()}
    made.keys = {key: _shape(types_[name], model.keys[name]) for key, name in made.names.items()}
    return made


def _shape(kind: Any, said: Key | None = None) -> Shape:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        made = _shape(inside[0], said)
        reads = tuple(one for one in inside[1:] if isinstance(one, ReadWith))
        if reads:
            made = _copied(made)
            made.reads = (*reads, *made.reads)
        return made
    if origin is Literal:
        made = Shape("text", str, said)
        made.choices = tuple(str(choice) for choice in inside)
        return made
    if origin in (Union, types.UnionType):
        return _union([part for part in inside if part is not type(None)], said, optional=type(None) in inside)
    if origin is tuple:
        made = Shape("list", tuple, said)
        made.row = () if inside[-1] is Ellipsis else tuple(_shape(one) for one in inside)
        made.each = _shape(inside[0])
        return made
    if origin is not None and issubclass(origin, Mapping):
        made = Shape("mapping", dict, said)
        made.name, made.each = _shape(inside[0]), _shape(inside[1])
        return made
    if isinstance(kind, type) and issubclass(kind, WrittenModel):
        return shape_of(kind)
    return Shape("text", kind, said)


def _union(parts: list[Any], said: Key | None, *, optional: bool) -> Shape:
    shapes = [_shape(part, said) for part in parts]
    if len(shapes) == 1:
        # The shape of a model is shared: what is said here is said of this place only.
        made = _copied(shapes[0])
    else:
        made = Shape("text" if all(shape.kind == "text" for shape in shapes) else "other", None, said)
        made.one_of = tuple(shapes)
    made.optional = optional
    return made


def _copied(shape: Shape) -> Shape:
    made = Shape(shape.kind, shape.type, shape.said)
    # What was worked out is bound to the other one.
    made.__dict__.update({name: value for name, value in shape.__dict__.items() if name in made.__dict__})
    return made


def read(model: type[WrittenModel], data: Any) -> tuple[Any, list[ShapeError]]:
    """The model that data of texts, lists and mappings makes, or None; with everything that is wrong in it, in no order."""
    refused: list[ShapeError] = []
    made = shape_of(model).read(data, refused)
    return (None if refused else made), refused
