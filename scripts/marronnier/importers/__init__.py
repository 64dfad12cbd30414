"""Importers: posts, accounts, handles and history of another tool, carried into a brand. The folder `tools/` is the registry."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.files import Tree
from marronnier.importers import tools
from marronnier.importers.crossing import Crossing
from marronnier.importers.history import pasts, record
from marronnier.importers.landing import Landing, land, look
from marronnier.importers.pictures import Pictures

__all__ = ["Crossing", "Landing", "Pictures", "land", "look", "names", "pasts", "read", "record"]


@cache
def names() -> tuple[str, ...]:
    """The tools one can come from, sorted."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(tools.__path__)))


def read(tool: str, source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool = False) -> Crossing:
    """All that stands in a folder of that tool, ready to be carried into the brand of that desk; nothing is written.

    `fresh` leaves out what the tool knows of the past. Raises Trouble for a folder that is none of that tool's, KeyError for a tool nobody knows.
    """
    if tool not in names():
        raise KeyError(tool)
    module = importlib.import_module(f"{tools.__name__}.{tool.replace('-', '_')}")
    reading = cast("Callable[..., Crossing]", module.read)
    return reading(source, desk, now, zone, fresh=fresh)
