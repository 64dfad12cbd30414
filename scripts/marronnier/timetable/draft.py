"""The timetable while it is made: the instants given so far, the places they take, and the instants that the ledger fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marronnier import desk as desks
from marronnier.model.instant import Instant
from marronnier.model.post import Post
from marronnier.model.publication import Publication, publication_key
from marronnier.timetable.occupied import OccupiedPlaces

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.model.history import History, Seal

SealCheck = Callable[[Publication, "Seal"], bool]
"""Whether a seal on a slot or a repeat still has the digests of what is written now."""


class TimetableDraft:
    """The state that the steps of making a timetable share."""

    def __init__(
        self,
        desk: Desk,
        histories: Mapping[str, History],
        now: datetime,
        zone: ZoneInfo,
        add: Callable[[Post, str, date | None, Instant], None],
        is_current: SealCheck | None,
    ) -> None:
        self.desk = desk
        self.histories = histories
        self.now = now
        self.zone = zone
        self.add = add
        """Adds a publication (post, channel, occurrence) and its instant to the timetable."""
        self.is_current = is_current
        self.occupied = OccupiedPlaces()
        """The places that publications of this timetable take."""

    def sealed_instant(
        self, post: Post, channel: str, occurrence: date | None, basis: str, is_as_written: Callable[[datetime], bool]
    ) -> datetime | None:
        """The instant that the ledger fixed for a publication, or None.

        It is the seal's instant, or when it was (perhaps) sent without one. While nothing was sent, a seal counts only if it has that
        `basis` and is still what is written: as `is_current` tells, or `is_as_written` for its instant when there is no such check.
        """
        history = self.histories.get(publication_key(post.id, channel, occurrence))
        if history is None or not history.events or basis == "idea":
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
