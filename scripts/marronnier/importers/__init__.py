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
from marronnier.importers.bundle import Bundle
from marronnier.importers.past_sends import past_sends, record
from marronnier.importers.picture_download import PictureFiles
from marronnier.importers.writer import ImportDiff, compare, write_bundle

__all__ = ["Bundle", "ImportDiff", "PictureFiles", "compare", "names", "past_sends", "read", "record", "write_bundle"]


@cache
def names() -> tuple[str, ...]:
    """The tools one can come from, sorted."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(tools.__path__)))


def read(tool: str, source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool = False) -> Bundle:
    """All that stands in a folder of that tool, ready to be carried into the brand of that desk; nothing is written.

    `fresh` leaves out what the tool knows of the past. Raises Trouble for a folder that is none of that tool's, KeyError for a tool nobody knows.
    """
    if tool not in names():
        raise KeyError(tool)
    module = importlib.import_module(f"{tools.__name__}.{tool.replace('-', '_')}")
    reading = cast("Callable[..., Bundle]", module.read)
    return reading(source, desk, now, zone, fresh=fresh)
