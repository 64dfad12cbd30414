"""Outings that people see as one: the same post, at the same minute, in the same state, on several channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marronnier.model.plan import PlanLine, ShownState
from marronnier.pages.site_view import SitePublication


@dataclass(frozen=True, slots=True)
class Chip:
    """One chip of the calendar."""

    outings: tuple[SitePublication, ...]
    """At least one."""

    @property
    def first(self) -> SitePublication:
        """The one the others follow."""
        return self.outings[0]

    @property
    def post_id(self) -> str:
        """The post."""
        return self.first.post_id

    @property
    def title(self) -> str:
        """Its title."""
        return self.first.title

    @property
    def at(self) -> datetime | None:
        """Their minute."""
        return self.first.at

    @property
    def shown(self) -> ShownState:
        """Their state."""
        return self.first.shown

    @property
    def css(self) -> str:
        """Their state as a class name."""
        return self.first.css

    @property
    def line(self) -> PlanLine | None:
        """What the plan says of the first."""
        return self.first.line


def group_chips(outings: Iterable[SitePublication]) -> list[Chip]:
    """In the order they came."""
    found: dict[tuple[object, ...], list[SitePublication]] = {}
    for outing in outings:
        minute = outing.at.replace(second=0, microsecond=0) if outing.at else None
        proposal = outing.line.proposal if outing.line else ""
        found.setdefault((outing.post_id, outing.occurrence, minute, outing.shown, proposal), []).append(outing)
    return [Chip(tuple(outings)) for outings in found.values()]
