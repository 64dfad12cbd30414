"""The timetable while it is made: the instants given so far, the places they take, and the instants that the ledger fixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marronnier import desk as desks
from marronnier.model.instant import Instant
from marronnier.model.post import Post
from marronnier.model.publication import Publication, publication_key
from marronnier.timetable.occupied_places import OccupiedPlaces

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.history import History, Seal

SealCheck = Callable[[Publication, "Seal"], bool]
"""Whether a seal on a slot or a repeat still has the digests of what is written now."""


@dataclass(slots=True)
class TimetableDraft:
    """The state that the steps of making a timetable share."""

    desk: Desk
    histories: Mapping[str, History]
    now: datetime
    zone: ZoneInfo
    is_current: SealCheck | None
    occupied: OccupiedPlaces = field(default_factory=OccupiedPlaces)
    """The places that publications of this timetable take."""
    sources: dict[str, tuple[Post, str, date | None]] = field(default_factory=dict)
    """Post, channel and occurrence of each publication, by its key."""
    instants: dict[str, Instant] = field(default_factory=dict)
    """The instant of each publication, by its key."""

    def add(self, post: Post, channels: Iterable[str], instant: Instant, occurrence: date | None = None) -> None:
        """Add the publications of a post on these channels, with their instant, to the timetable."""
        for channel in channels:
            key = publication_key(post.id, channel, occurrence)
            self.sources[key] = (post, channel, occurrence)
            self.instants[key] = instant

    def sealed_instant(
        self, post: Post, channel: str, occurrence: date | None, basis: str, is_as_written: Callable[[datetime], bool]
    ) -> datetime | None:
        """The instant that the ledger fixed for a publication, or None.

        It is the seal's instant, or when it was (perhaps) sent without one. While nothing was sent, a seal counts only if it has that
        `basis` and is still what is written: as `is_current` tells, or `is_as_written` for its instant when there is no such check.
        """
        history = self.histories.get(publication_key(post.id, channel, occurrence))
        if history is None or history.is_empty or basis == "idea":
            return None
        seal = history.seal
        if history.maybe_sent:
            if seal is not None:
                return seal.instant
            receipt = history.receipt
            return receipt.at if receipt else next(event.at for event in history.events if event.name in ("sending", "sent", "unknown"))
        if seal is None or seal.basis != basis:
            return None
        if self.is_current is None:
            return seal.instant if is_as_written(seal.instant) else None
        return seal.instant if self.is_current(desks.publication(self.desk, post, channel, occurrence), seal) else None
