"""The base of every model that people write in YAML: each attribute is a key, values are frozen, unknown keys are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, dataclass_transform

_MISSING: Any = object()


@dataclass(slots=True)
class Field:
    """What one key of a model may hold beside its type: its default and its bounds, which are included."""

    default: Any = _MISSING
    default_factory: Callable[[], Any] | None = None
    """Makes a new default for each model."""
    alias: str | None = None
    """The key as people write it, where Python cannot have an attribute of that name."""
    minimum: float | None = None
    maximum: float | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    """The regular expression that a text must match."""

    @property
    def required(self) -> bool:
        """Whether the key must be written."""
        return self.default is _MISSING and self.default_factory is None


def field(**attributes: Any) -> Any:
    """A `Field` as type checkers accept it in a class: `text: int | None = field(default=None, minimum=1)`. Without a default the key is required."""
    return Field(**attributes)


class Converter:
    """In `Annotated[type, Converter(function)]`: `function` turns the written value into the type, or raises ValueError with a sentence for people."""

    __slots__ = ("function", "json_schema")

    def __init__(self, function: Callable[[Any], Any], **json_schema: Any) -> None:
        self.function = function
        self.json_schema = json_schema
        """The JSON Schema of the value as it is written; the schema of the type when empty."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class WrittenModel:
    """Something that people write in YAML.

    The docstring under each attribute is its documentation: `marronnier schema` and the handbook print it.
    Values arrive as texts, lists and mappings of texts (YAML is read without guessing types); `model.shape` turns them into types.
    The constructor does not validate: `Channel(network="feed")`.
    """

    fields: ClassVar[Mapping[str, Field]] = {}
    """By attribute, in the order of the class."""
    _defaults: ClassVar[Mapping[str, Any]]
    _factories: ClassVar[Sequence[tuple[str, Callable[[], Any]]]]

    def __init_subclass__(cls) -> None:
        fields = dict(cls.fields)
        for name in cls.__annotations__:
            default = cls.__dict__.get(name, _MISSING)
            fields[name] = default if isinstance(default, Field) else Field(default)
            if default is not _MISSING:
                # A class attribute would stand in silently for a value that the constructor forgot.
                delattr(cls, name)
        cls.fields = fields
        cls._defaults = {name: field.default for name, field in fields.items() if field.default_factory is None}
        cls._factories = [(name, field.default_factory) for name, field in fields.items() if field.default_factory is not None]

    def __init__(self, **values: Any) -> None:
        attributes = self.__dict__
        for name, field in self.fields.items():
            if name in values:
                attributes[name] = values.pop(name)
            elif field.required:
                raise TypeError(f"{type(self).__name__} needs {name}")
            else:
                attributes[name] = field.default_factory() if field.default_factory is not None else field.default
        if values:
            raise TypeError(f"{type(self).__name__} has no {', '.join(values)}")

    @classmethod
    def from_valid(cls, values: Mapping[str, Any]) -> Self:
        """The model of values that `model.shape` validated: faster than the constructor, which looks at each field again."""
        model = cls.__new__(cls)
        attributes = model.__dict__
        attributes.update(cls._defaults)
        attributes.update(values)
        for name, factory in cls._factories:
            if name not in values:
                attributes[name] = factory()
        return model

    def validate(self) -> None:
        """Check the values against each other, once each of them is valid. Raises ValueError with a sentence for people."""

    def replace(self, **changes: Any) -> Self:
        """A copy with these values changed."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: its {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: its {name} cannot be taken out")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
