"""The shape of what people write, derived from the models: what may stand where, and how a text becomes a value of its type.

Reading is done here and not by a library: loading the one we had took longer than reading, judging and telling (decision 0093).
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from marronnier.model.values import Moment
from marronnier.model.written import Key, Reads, Written

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


class Refusal(NamedTuple):
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
        self.reads: tuple[Reads, ...] = ()
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
        return self.type in (Moment, date)

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

    def read(self, value: Any, path: Path, refused: list[Refusal]) -> Any:
        """The value as its type has it; what is wrong is added to `refused`, all of it, and then the value given is of no use."""
        if value is None and self.optional:
            return None
        for one in self.reads:
            try:
                value = one.function(value)
            except ValueError as error:
                refused.append(Refusal(path, "said", str(error)))
                return None
        if self.one_of:
            return self._either(value, path, refused)
        match self.kind:
            case "model":
                return self._model(value, path, refused)
            case "list":
                return self._list(value, path, refused)
            case "mapping":
                return self._mapping(value, path, refused)
        return self._text(value, path, refused)

    def _model(self, value: Any, path: Path, refused: list[Refusal]) -> Any:
        if isinstance(value, self.type):
            return value
        if not isinstance(value, Mapping):
            refused.append(Refusal(path, "mapping"))
            return None
        before = len(refused)
        values = {}
        for key, inside in value.items():
            shape = self.keys.get(key)
            if shape is None:
                refused.append(Refusal((*path, key), "unknown"))
            else:
                values[self.names[key]] = shape.read(inside, (*path, key), refused)
        for key, name in self.names.items():
            if name not in values and self.type.keys[name].needed:
                refused.append(Refusal(path, "missing", key))
        if len(refused) > before:
            return None
        made = self.type(**values)
        try:
            made.holds_together()
        except ValueError as error:
            refused.append(Refusal(path, "said", str(error)))
        return made

    def _list(self, value: Any, path: Path, refused: list[Refusal]) -> Any:
        if not isinstance(value, (list, tuple)):
            refused.append(Refusal(path, "list"))
            return None
        said, fewest, several = self.said, None, None
        if self.row:
            fewest = several = len(self.row)
        elif said is not None:
            fewest, several = said.fewest, said.several
        if fewest is not None and len(value) < fewest:
            refused.append(Refusal(path, "fewest", fewest))
        if several is not None and len(value) > several:
            refused.append(Refusal(path, "several", several))
        each = self.each
        assert each is not None
        return tuple(
            (self.row[number] if number < len(self.row) else each).read(inside, (*path, number), refused)
            for number, inside in enumerate(value)
        )

    def _mapping(self, value: Any, path: Path, refused: list[Refusal]) -> Any:
        if not isinstance(value, Mapping):
            refused.append(Refusal(path, "mapping"))
            return None
        assert self.each is not None
        assert self.name is not None
        read = {}
        for key, inside in value.items():
            wrong: list[Refusal] = []
            name = self.name.read(key, (), wrong)
            if wrong:
                refused.append(Refusal((*path, key), "name", wrong[0].limit))
            read[name] = self.each.read(inside, (*path, key), refused)
        return read

    def _either(self, value: Any, path: Path, refused: list[Refusal]) -> Any:
        nearest: list[Refusal] | None = None
        for shape in self.one_of:
            wrong: list[Refusal] = []
            read = shape.read(value, path, wrong)
            if not wrong:
                return read
            if shape.kind == "model" and isinstance(value, Mapping):
                nearest = wrong
        refused += nearest if nearest is not None else [Refusal(path, "either")]
        return None

    def _text(self, value: Any, path: Path, refused: list[Refusal]) -> Any:
        if self.choices:
            if value in self.choices:
                return value
            refused.append(Refusal(path, "choice"))
            return None
        read, wrong = _read_as(self.type, value)
        if wrong is not None:
            refused.append(Refusal(path, wrong))
        elif self.said is not None:
            refused += _out_of_bounds(self.said, read, path)
        return read


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


def _out_of_bounds(said: Key, value: Any, path: Path) -> Iterator[Refusal]:
    if said.least is not None and value < said.least:
        yield Refusal(path, "least", said.least)
    if said.most is not None and value > said.most:
        yield Refusal(path, "most", said.most)
    if said.pattern is not None and not re.search(said.pattern, value):
        yield Refusal(path, "pattern", said.pattern)


_SHAPES: dict[type[Written], Shape] = {}


def shape_of(model: type[Written]) -> Shape:
    """The shape of a model, from its keys; worked out once."""
    made = _SHAPES.get(model)
    if made is None:
        made = _SHAPES[model] = _model(model)
    return made


def _model(model: type[Written]) -> Shape:
    made = Shape("model", model)
    types_ = get_type_hints(model, include_extras=True)
    made.names = {said.alias or name: name for name, said in model.keys.items()}
    made.keys = {key: _shape(types_[name], model.keys[name]) for key, name in made.names.items()}
    return made


def _shape(kind: Any, said: Key | None = None) -> Shape:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        made = _shape(inside[0], said)
        reads = tuple(one for one in inside[1:] if isinstance(one, Reads))
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
    if isinstance(kind, type) and issubclass(kind, Written):
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
    made.__dict__.update(shape.__dict__)
    return made


def read(model: type[Written], data: Any) -> tuple[Any, list[Refusal]]:
    """The model that data of texts, lists and mappings makes, or None; with everything that is wrong in it, in no order."""
    refused: list[Refusal] = []
    made = shape_of(model).read(data, (), refused)
    return (None if refused else made), refused
