"""The shape of a written model: which keys and values its YAML may hold, derived from its class, and how texts become values of their types.

Our own code parses and validates: importing the library used before took longer than reading, checking and reporting (decision 0094).
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from marronnier.model.fields import Converter, Field, WrittenModel
from marronnier.model.finding import KeyPath
from marronnier.model.scalars import WrittenDate

ShapeKind = Literal["text", "list", "mapping", "model", "other"]
ShapeErrorKind = Literal[
    "missing",  # a required key is not written; `detail` is its name
    "unknown",  # a model has no such key
    "key",  # a mapping cannot have such a key; `detail` is the converter's sentence, or None
    "converter",  # a converter raised ValueError; `detail` is its sentence
    "minimum",  # a number below `detail`
    "maximum",  # a number above `detail`
    "min_items",  # a list of fewer than `detail`
    "max_items",  # a list of more than `detail`
    "pattern",  # a text that does not match `detail`
    "whole number",
    "number",
    "yes or no",
    "list",
    "mapping",
    "text",
    "choice",  # a text that is none of the choices
    "alternatives",  # none of several things that may stand here
]

_YES = frozenset({"true", "yes", "on", "y", "t", "1"})
_NO = frozenset({"false", "no", "off", "n", "f", "0"})


class ShapeError(NamedTuple):
    """One value that its place does not allow."""

    path: KeyPath
    """The path of the value; for a missing key the path of the model that should hold it."""
    kind: ShapeErrorKind
    detail: Any = None
    """The bound, name or sentence that goes with the kind."""


class Shape:
    """What may be written at one place."""

    def __init__(self, kind: ShapeKind, type_: Any = None, field: Field | None = None) -> None:
        self.kind = kind
        """`text`: one text; `list`: several values; `mapping`: any keys; `model`: a closed set of keys; `other`: more than one of these."""
        self.type = type_
        """The class of the parsed value; `str` for a Literal."""
        self.field = field
        """The key's field, which holds the bounds."""
        self.converters: tuple[Converter, ...] = ()
        """Applied to the written value, in order, before it is parsed."""
        self.keys: Mapping[str, Shape] = {}
        """The keys of a model, as people write them."""
        self.attributes: Mapping[str, str] = {}
        """The attribute of each key of a model."""
        self.element: Shape | None = None
        """The shape of each value of a list or mapping."""
        self.tuple_elements: tuple[Shape, ...] = ()
        """The shapes of the values of a list of fixed length, in order."""
        self.key_shape: Shape | None = None
        """The shape of the keys of a mapping."""
        self.alternatives: tuple[Shape, ...] = ()
        """The shapes that are allowed here, where there are several."""
        self.optional = False
        """Whether None is allowed."""
        self.choices: tuple[str, ...] = ()
        """The only texts allowed; empty for any."""

    @property
    def is_date(self) -> bool:
        """Whether the text is a date."""
        return self.type in (WrittenDate, date)

    def child(self, key: str | int) -> Shape | None:
        """The shape of the value under a key or at an index; None when nothing may stand there."""
        if self.kind == "model" and isinstance(key, str):
            return self.keys.get(key)
        if self.kind == "mapping" and isinstance(key, str):
            return self.element
        return self.element if self.kind == "list" and isinstance(key, int) else None

    def descendant(self, path: KeyPath) -> Shape | None:
        """The shape at the end of a path of keys and indexes; None when nothing may stand there."""
        shape: Shape | None = self
        for key in path:
            shape = shape.child(key) if shape else None
        return shape

    def parse(self, value: Any, errors: list[ShapeError]) -> Any:
        """The value in its type. Every error is appended to `errors`; the result is meaningless when there is one."""
        if value is None and self.optional:
            return None
        for converter in self.converters:
            try:
                value = converter.function(value)
            except ValueError as error:
                errors.append(ShapeError((), "converter", str(error)))
                return None
        return self._parse(value, errors)

    @cached_property
    def _parse(self) -> Callable[[Any, list[ShapeError]], Any]:
        """The method that parses this kind: chosen once for a shape, for ten thousand posts are parsed with it."""
        if self.alternatives:
            return self._parse_alternatives
        if self.kind == "text" and self.type is str and not self.choices and self.field is None:
            return self._parse_any_text
        return {"model": self._parse_model, "list": self._parse_list, "mapping": self._parse_mapping}.get(self.kind, self._parse_text)

    def _parse_any_text(self, value: Any, errors: list[ShapeError]) -> Any:
        if not isinstance(value, str):
            errors.append(ShapeError((), "text"))
        return value

    def _parse_model(self, value: Any, errors: list[ShapeError]) -> Any:
        if isinstance(value, self.type):
            return value
        if not isinstance(value, Mapping):
            errors.append(ShapeError((), "mapping"))
            return None
        before_model = before_key = len(errors)
        values = {}
        parsers = self._parsers
        for key, key_value in value.items():
            if key not in parsers:
                errors.append(ShapeError((key,), "unknown"))
                before_key += 1
                continue
            attribute, parse = parsers[key]
            values[attribute] = parse(key_value, errors)
            if len(errors) > before_key:
                _prefix_paths(key, errors, before_key)
                before_key = len(errors)
        if missing := self.required_attributes - values.keys():
            errors += (ShapeError((), "missing", key) for key, attribute in self.attributes.items() if attribute in missing)
        if len(errors) > before_model:
            return None
        model = self.type.from_valid(values)
        try:
            model.validate()
        except ValueError as error:
            errors.append(ShapeError((), "converter", str(error)))
        return model

    @cached_property
    def _parsers(self) -> Mapping[str, tuple[str, Callable[[Any, list[ShapeError]], Any]]]:
        """The attribute and the parser of each key of a model."""
        return {
            key: (self.attributes[key], shape.parse if shape.optional or shape.converters else shape._parse)
            for key, shape in self.keys.items()
        }

    @cached_property
    def required_attributes(self) -> frozenset[str]:
        """The attributes of a model that must be written."""
        return frozenset(name for name, field in self.type.fields.items() if field.required)

    def _parse_list(self, value: Any, errors: list[ShapeError]) -> Any:
        if not isinstance(value, (list, tuple)):
            errors.append(ShapeError((), "list"))
            return None
        min_items, max_items = self._length_bounds
        if min_items is not None and len(value) < min_items:
            errors.append(ShapeError((), "min_items", min_items))
        if max_items is not None and len(value) > max_items:
            errors.append(ShapeError((), "max_items", max_items))
        assert self.element is not None
        if self.element.is_any_text and all(map(_is_str, value)):
            return tuple(value)
        elements = []
        for index, element in enumerate(value):
            before = len(errors)
            shape = self.tuple_elements[index] if index < len(self.tuple_elements) else self.element
            elements.append(shape.parse(element, errors))
            if len(errors) > before:
                _prefix_paths(index, errors, before)
        return tuple(elements)

    @cached_property
    def is_any_text(self) -> bool:
        """Whether every text is allowed and stays as written."""
        return self.kind == "text" and self.type is str and not (self.choices or self.field or self.converters or self.optional)

    @cached_property
    def _length_bounds(self) -> tuple[int | None, int | None]:
        if self.tuple_elements:
            return len(self.tuple_elements), len(self.tuple_elements)
        return (None, None) if self.field is None else (self.field.min_items, self.field.max_items)

    def _parse_mapping(self, value: Any, errors: list[ShapeError]) -> Any:
        if not isinstance(value, Mapping):
            errors.append(ShapeError((), "mapping"))
            return None
        assert self.element is not None
        assert self.key_shape is not None
        parsed = {}
        for key, key_value in value.items():
            before = len(errors)
            parsed_key = self.key_shape.parse(key, errors)
            errors[before:] = [ShapeError((), "key", error.detail) for error in errors[before:]]
            parsed[parsed_key] = self.element.parse(key_value, errors)
            if len(errors) > before:
                _prefix_paths(key, errors, before)
        return parsed

    def _parse_alternatives(self, value: Any, errors: list[ShapeError]) -> Any:
        model_errors: list[ShapeError] | None = None
        for shape in self.alternatives:
            shape_errors: list[ShapeError] = []
            parsed = shape.parse(value, shape_errors)
            if not shape_errors:
                return parsed
            if shape.kind == "model" and isinstance(value, Mapping):
                model_errors = shape_errors
        errors += model_errors if model_errors is not None else [ShapeError((), "alternatives")]
        return None

    def _parse_text(self, value: Any, errors: list[ShapeError]) -> Any:
        if self.choices:
            if value in self.choices:
                return value
            errors.append(ShapeError((), "choice"))
            return None
        parsed, error_kind = _convert_scalar(self.type, value)
        if error_kind is not None:
            errors.append(ShapeError((), error_kind))
        elif self.field is not None:
            errors += _bound_errors(self.field, parsed)
        return parsed


def _is_str(value: object) -> bool:
    return type(value) is str


def _prefix_paths(key: str | int, errors: list[ShapeError], start: int) -> None:
    """Put a key or index in front of the paths of all errors from index `start` on."""
    errors[start:] = [ShapeError((key, *error.path), error.kind, error.detail) for error in errors[start:]]


def _convert_scalar(type_: Any, value: Any) -> tuple[Any, ShapeErrorKind | None]:
    """A text as a value of a plain type, or the kind of error. A value that has the type already stays as it is."""
    if type_ is bool:
        if isinstance(value, bool):
            return value, None
        folded = value.strip().casefold() if isinstance(value, str) else ""
        return folded in _YES, None if folded in _YES or folded in _NO else "yes or no"
    if type_ is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value, None
        is_number = isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value)
        return (int(value), None) if is_number else (None, "whole number")
    if type_ is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value), None
        is_number = isinstance(value, str) and re.fullmatch(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?\s*", value)
        return (float(value), None) if is_number else (None, "number")
    return (value, None) if isinstance(value, type_) else (None, "text")


def _bound_errors(field: Field, value: Any) -> Iterator[ShapeError]:
    if field.minimum is not None and value < field.minimum:
        yield ShapeError((), "minimum", field.minimum)
    if field.maximum is not None and value > field.maximum:
        yield ShapeError((), "maximum", field.maximum)
    if field.pattern is not None and not re.search(field.pattern, value):
        yield ShapeError((), "pattern", field.pattern)


_SHAPES: dict[type[WrittenModel], Shape] = {}


def shape_of(model: type[WrittenModel]) -> Shape:
    """The shape of a model, derived from its fields once and then cached."""
    shape = _SHAPES.get(model)
    if shape is None:
        shape = _SHAPES[model] = _model_shape(model)
    return shape


def _model_shape(model: type[WrittenModel]) -> Shape:
    shape = Shape("model", model)
    hints = get_type_hints(model, include_extras=True)
    shape.attributes = {field.alias or name: name for name, field in model.fields.items()}
    shape.keys = {key: _type_shape(hints[name], model.fields[name]) for key, name in shape.attributes.items()}
    return shape


def _type_shape(hint: Any, field: Field | None = None) -> Shape:
    """The shape of a type hint: a class, Annotated, Literal, union, tuple or mapping."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        shape = _type_shape(arguments[0], field)
        converters = tuple(argument for argument in arguments[1:] if isinstance(argument, Converter))
        if converters:
            shape = _copy(shape)
            shape.converters = (*converters, *shape.converters)
        return shape
    if origin is Literal:
        shape = Shape("text", str, field)
        shape.choices = tuple(map(str, arguments))
        return shape
    if origin in (Union, types.UnionType):
        return _union_shape([argument for argument in arguments if argument is not type(None)], field, optional=type(None) in arguments)
    if origin is tuple:
        shape = Shape("list", tuple, field)
        shape.tuple_elements = () if arguments[-1] is Ellipsis else tuple(map(_type_shape, arguments))
        shape.element = _type_shape(arguments[0])
        return shape
    if origin is not None and issubclass(origin, Mapping):
        shape = Shape("mapping", dict, field)
        shape.key_shape, shape.element = _type_shape(arguments[0]), _type_shape(arguments[1])
        return shape
    if isinstance(hint, type) and issubclass(hint, WrittenModel):
        return shape_of(hint)
    return Shape("text", hint, field)


def _union_shape(hints: list[Any], field: Field | None, *, optional: bool) -> Shape:
    shapes = [_type_shape(hint, field) for hint in hints]
    if len(shapes) == 1:
        # A model's shape is cached and shared by all places: only this place is optional.
        shape = _copy(shapes[0])
    else:
        shape = Shape("text" if all(shape.kind == "text" for shape in shapes) else "other", None, field)
        shape.alternatives = tuple(shapes)
    shape.optional = optional
    return shape


def _copy(shape: Shape) -> Shape:
    copied = Shape(shape.kind, shape.type, shape.field)
    # Cached properties are left out: `_parse` is bound to the original.
    copied.__dict__.update({name: value for name, value in shape.__dict__.items() if name in copied.__dict__})
    return copied


def parse_model(model: type[WrittenModel], data: Any) -> tuple[Any, list[ShapeError]]:
    """The model that data of texts, lists and mappings describes, or None when there are errors; and every error, in no order."""
    errors: list[ShapeError] = []
    parsed = shape_of(model).parse(data, errors)
    return (None if errors else parsed), errors
