"""Importers: posts, accounts, handles and history of another tool, carried into a brand. The folder `tools/` is the registry."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from marronnier.importers import tools

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from marronnier.desk import Desk
    from marronnier.files import Tree
    from marronnier.importers.bundle import Bundle


@runtime_checkable
class Importer(Protocol):
    """A module or package of `tools/`, named like its tool. `marronnier import --help` shows the first line of its docstring."""

    TOOL: str
    """The tool's name, as the command line writes it: `galaxy-social`."""

    def read(self, source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
        """Everything of that tool's folder or file, converted for the brand of that desk; nothing is written.

        `now` is aware, `zone` the brand's. `fresh` leaves out what the tool knows of the past. Raises Trouble for those of another tool.
        """


@runtime_checkable
class ReadsWeb(Protocol):
    """An importer that also reads an address of the web."""

    ACCEPT: str
    """The value of the header `Accept` for it."""


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What a person says about a table that does not say it itself."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """The column of each meaning."""
    channels: tuple[str, ...] = ()
    """The channels of posts that name none."""
    dates: Literal["day-first", "month-first"] | None = None
    """Which of two numbers is the day in a date."""


@runtime_checkable
class ReadsTables(Protocol):
    """An importer of tables, which a person may have to explain."""

    def read_table(self, source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool, options: TableOptions) -> Bundle:
        """As `read`, with these options."""


@cache
def names() -> tuple[str, ...]:
    """The tools that can be imported from, sorted, as the command line writes them."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(tools.__path__)))


def summaries() -> Mapping[str, str]:
    """One line about each tool, in English, by its name. No importer is loaded for it."""
    summaries = {}
    for name in names():
        path = Path(tools.__path__[0], name.replace("-", "_"))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        summaries[name] = (ast.get_docstring(ast.parse(file.read_bytes())) or "").partition("\n")[0]
    return summaries


def get(tool: str) -> Importer:
    """The importer of a tool. Raises KeyError when there is none, TypeError when its module is no importer."""
    if tool not in names():
        raise KeyError(tool)
    module = importlib.import_module(f"{tools.__name__}.{tool.replace('-', '_')}")
    if not isinstance(module, Importer):
        raise TypeError(f"{module.__name__} lacks TOOL or read")
    return module
