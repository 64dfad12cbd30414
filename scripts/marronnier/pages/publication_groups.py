"""Groups of publications that a page shows as one: of the same post, at the same minute, in the same state, on several channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marronnier.model.plan import PlanLine, ShownState
from marronnier.pages.site_view import SitePublication


@dataclass(frozen=True, slots=True)
class PublicationGroup:
    """One row of a list, or one entry of a day in the calendar."""

    publications: tuple[SitePublication, ...]
    """At least one."""

    @property
    def first(self) -> SitePublication:
        """The publication whose values stand for the group."""
        return self.publications[0]

    @property
    def post_id(self) -> str:
        """The post's id."""
        return self.first.post_id

    @property
    def title(self) -> str:
        """The post's title."""
        return self.first.title

    @property
    def at(self) -> datetime | None:
        """The instant; None without a date."""
        return self.first.at

    @property
    def public_state(self) -> ShownState:
        """The state as people see it."""
        return self.first.public_state

    @property
    def css_class(self) -> str:
        """The state as a class name."""
        return self.first.css_class

    @property
    def line(self) -> PlanLine | None:
        """The first publication's line of the plan."""
        return self.first.line


def group_publications(publications: Iterable[SitePublication]) -> list[PublicationGroup]:
    """The groups, each at the position of its first publication."""
    groups: dict[tuple[object, ...], list[SitePublication]] = {}
    for publication in publications:
        minute = publication.at.replace(second=0, microsecond=0) if publication.at else None
        proposal = publication.line.proposal if publication.line else ""
        groups.setdefault((publication.post_id, publication.occurrence, minute, publication.public_state, proposal), []).append(publication)
    return [PublicationGroup(tuple(publications)) for publications in groups.values()]
