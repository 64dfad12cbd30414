"""What is no longer free in the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marronnier.timetable.slots import SlotPlace


class OccupiedPlaces:
    """What is no longer free: hours of channels, and days of a slot on channels."""

    def __init__(self) -> None:
        self.hours: set[tuple[str, datetime]] = set()
        self.days: set[tuple[str, str, date]] = set()

    def add(self, channels: Sequence[str], at: datetime, slot: str = "", day: date | None = None) -> None:
        """That hour is taken on these channels; with a slot and its day, that day's place in the slot too (should its hour change)."""
        self.hours.update((channel, at) for channel in channels)
        if slot and day is not None:
            self.days.update((channel, slot, day) for channel in channels)

    def is_occupied(self, channels: Sequence[str], occurrence: SlotPlace) -> bool:
        """Whether one of these channels has that place taken already."""
        return any(
            (channel, occurrence.at) in self.hours or (channel, occurrence.slot, occurrence.day) in self.days for channel in channels
        )
