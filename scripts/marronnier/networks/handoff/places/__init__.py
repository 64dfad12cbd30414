"""Networks to which this version cannot send: their limits, formats and composers, for whoever posts there by hand."""

from __future__ import annotations

import importlib
import pkgutil

from marronnier.networks.handoff.place import PostingPlace


def names() -> tuple[str, ...]:
    """The places, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> PostingPlace | None:
    """The place of that name; None where there is none."""
    if name not in names():
        return None
    place = importlib.import_module(f"{__name__}.{name}").PLACE
    assert isinstance(place, PostingPlace)
    return place
