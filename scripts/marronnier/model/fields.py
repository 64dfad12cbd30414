"""What every written thing shares: its keys are its attributes, it is frozen, and a key nobody knows is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self, dataclass_transform

_MISSING: Any = object()


class Field:
    """What is said of a key beside its type: what stands for it when it is absent, and its bounds."""

    __slots__ = ("alias", "default", "default_factory", "max_items", "maximum", "min_items", "minimum", "pattern")

    def __init__(
        self,
        default: Any,
        made: Callable[[], Any] | None,
        alias: str | None,
        least: float | None,
        most: float | None,
        fewest: int | None,
        several: int | None,
        pattern: str | None,
    ) -> None:
        self.default = default
        self.default_factory = made
        """Makes the default anew each time."""
        self.alias = alias
        """The key as people write it, where Python needs another name."""
        self.minimum = least
        self.maximum = most
        """Bounds of a number."""
        self.min_items = fewest
        self.max_items = several
        """Bounds of how many stand in a list."""
        self.pattern = pattern
        """The form of a text, a regular expression."""

    @property
    def required(self) -> bool:
        """Whether the key must be written."""
        return self.default is _MISSING and self.default_factory is None


def field(
    *,
    default: Any = _MISSING,
    default_factory: Callable[[], Any] | None = None,
    alias: str | None = None,
    least: float | None = None,
    most: float | None = None,
    fewest: int | None = None,
    several: int | None = None,
    pattern: str | None = None,
) -> Any:
    """A key with bounds, or with another name in Python: `text: int | None = key(default=None, least=1)`. Without a default it must be written."""
    return Field(default, default_factory, alias, least, most, fewest, several, pattern)


class Converter:
    """How a value is read first, in `Annotated[type, Reads(function)]`: the function gives it, or raises ValueError with a sentence."""

    __slots__ = ("function", "json_schema")

    def __init__(self, function: Callable[[Any], Any], **schema: Any) -> None:
        self.function = function
        self.json_schema = schema
        """What a JSON Schema says of the value as it is written; the type's own words when empty."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class WrittenModel:
    """A thing that people write in YAML.

    The docstring under each attribute is its documentation: `marronnier schema` and the handbook print it.
    Values arrive as texts, lists and mappings of texts (YAML is read without guessing types); `model.shape` turns them into types.
    Made in Python, nothing is judged: `Channel(network="feed")`.
    """

    fields: ClassVar[Mapping[str, Field]] = {}
    """By attribute, in the order of the class."""
    _defaults: ClassVar[Mapping[str, Any]]
    _factories: ClassVar[Sequence[tuple[str, Callable[[], Any]]]]

    def __init_subclass__(cls) -> None:
        keys = dict(cls.fields)
        for name in cls.__annotations__:
            said = cls.__dict__.get(name, _MISSING)
            keys[name] = said if isinstance(said, Field) else Field(said, None, None, None, None, None, None, None)
            if said is not _MISSING:
                # An attribute of the class would answer where a value was forgotten.
                delattr(cls, name)
        cls.fields = keys

    def __init__(self, **values: Any) -> None:
        own = self.__dict__
        for name, said in self.fields.items():
            if name in values:
                own[name] = values.pop(name)
            elif said.required:
                raise TypeError(f"{type(self).__name__} needs {name}")
            else:
                own[name] = said.default_factory() if said.default_factory is not None else said.default
        if values:
            raise TypeError(f"{type(self).__name__} has no {', '.join(values)}")

    @classmethod
    def from_valid(cls, values: Mapping[str, Any]) -> Self:
        """One of values that were all judged: as by the constructor, which looks at each again."""
        if "_defaults" not in cls.__dict__:
            cls._defaults = {name: said.default for name, said in cls.fields.items() if said.default_factory is None}
            cls._factories = tuple((name, said.default_factory) for name, said in cls.fields.items() if said.default_factory is not None)
        made = cls.__new__(cls)
        own = made.__dict__
        own.update(cls._defaults)
        own.update(values)
        for name, factory in cls._factories:
            if name not in values:
                own[name] = factory()
        return made

    def validate(self) -> None:
        """Judge the whole, once each part is right. Raises ValueError with a sentence."""

    def replace(self, **changes: Any) -> Self:
        """The same with other values."""
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
