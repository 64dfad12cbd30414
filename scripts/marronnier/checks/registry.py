"""The registry of rules: each Python file in `checks/rules/` is one, with its page beside it. There is no other list."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from marronnier import messages
from marronnier.checks import rules as folder
from marronnier.model.finding import Finding, Level

if TYPE_CHECKING:
    from marronnier.checks.view import View


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of fault. Its name finishes the sentence "allow …"."""

    name: str
    """As people write it: `missing-alt-text`."""
    level: Level
    """The highest level of its findings."""
    allowable: bool
    """Whether a post may break it for a reason; never for safety and for a network's own limit."""
    summary: str
    """The first line of its module's docstring."""
    check: Callable[[View], Iterator[Finding]]
    """Every finding of the rule in a view."""
    last: bool = False
    """Whether it runs after all others and looks at which `allow` they used."""
    ends_with_sending: bool = False
    """Whether its errors are over once the whole post is out: what readers got cannot be changed any more."""

    def page(self, lang: str = "en") -> tuple[str, str]:
        """Its page in Markdown, and the language of that page: `lang`, else English."""
        from importlib import resources

        return messages.translated_page(resources.files(folder), _stem(self.name), lang)


def _stem(name: str) -> str:
    return name.replace("-", "_")


@cache
def names() -> tuple[str, ...]:
    """Every rule's name, sorted."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(folder.__path__)))


@cache
def get(name: str) -> Rule:
    """The rule of that name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    module = importlib.import_module(f"{folder.__name__}.{_stem(name)}")
    return Rule(
        name,
        module.LEVEL,
        module.ALLOWABLE,
        (module.__doc__ or "").strip().splitlines()[0],
        module.check,
        getattr(module, "LAST", False),
        getattr(module, "ENDS_WITH_SENDING", False),
    )


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by name."""
    return tuple(get(name) for name in names())
