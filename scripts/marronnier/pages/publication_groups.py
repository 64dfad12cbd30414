"""Groups of publications that a page shows as one: of the same post, at the same minute, in the same state, on several channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
    def reasons(self) -> tuple[str, ...]:
        """Why they stand as they do, each reason once."""
        return tuple(dict.fromkeys(each.line.why for each in self.publications if each.line and each.line.why))

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What comes next, each once: a command names one publication, and doing the first would leave the others."""
        return tuple(dict.fromkeys(each.line.next for each in self.publications if each.line and each.line.next))


def group_publications(publications: Iterable[SitePublication]) -> list[PublicationGroup]:
    """The groups, each at the position of its first publication."""
    groups: dict[tuple[object, ...], list[SitePublication]] = {}
    for publication in publications:
        minute = publication.at.replace(second=0, microsecond=0) if publication.at else None
        proposal = publication.line.proposal if publication.line else ""
        is_delayed = publication.line is not None and publication.line.delayed
        shared = (publication.post_id, publication.occurrence, minute, publication.shown_word, is_delayed, proposal)
        groups.setdefault(shared, []).append(publication)
    return [PublicationGroup(tuple(publications)) for publications in groups.values()]


def one_per_channel(publications: Iterable[SitePublication]) -> list[SitePublication]:
    """The publication to preview for each channel and proposal: of a repeat, the next occurrence that is not out, else the last."""
    chosen: dict[tuple[str, str], SitePublication] = {}
    for publication in publications:
        key = (publication.channel_name, publication.line.proposal if publication.line else "")
        if key not in chosen or chosen[key].public_state == "sent":
            chosen[key] = publication
    return list(chosen.values())
