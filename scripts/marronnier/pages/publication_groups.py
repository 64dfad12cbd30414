"""Outings that people see as one: the same post, at the same minute, in the same state, on several channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marronnier.model.plan import PlanLine, Shown
from marronnier.pages.site_view import SitePublication


@dataclass(frozen=True, slots=True)
class PublicationGroup:
    """One chip of the calendar."""

    publications: tuple[SitePublication, ...]
    """At least one."""

    @property
    def first(self) -> SitePublication:
        """The one the others follow."""
        return self.publications[0]

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
    def public_state(self) -> Shown:
        """Their state."""
        return self.first.public_state

    @property
    def css_class(self) -> str:
        """Their state as a class name."""
        return self.first.css_class

    @property
    def line(self) -> PlanLine | None:
        """What the plan says of the first."""
        return self.first.line


def group_publications(publications: Iterable[SitePublication]) -> list[PublicationGroup]:
    """In the order they came."""
    found: dict[tuple[object, ...], list[SitePublication]] = {}
    for publication in publications:
        minute = publication.at.replace(second=0, microsecond=0) if publication.at else None
        proposal = publication.line.proposal if publication.line else ""
        found.setdefault((publication.post_id, publication.occurrence, minute, publication.public_state, proposal), []).append(publication)
    return [PublicationGroup(tuple(publications)) for publications in found.values()]
