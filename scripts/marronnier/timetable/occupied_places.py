"""Occupied places: instants and slot days that channels have a post for already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marronnier.timetable.slots import SlotPlace


class OccupiedPlaces:
    """The instants, and the days of each slot, at which a channel has a post already."""

    def __init__(self) -> None:
        self.hours: set[tuple[str, datetime]] = set()
        """Channel and instant."""
        self.days: set[tuple[str, str, date]] = set()
        """Channel, slot and day."""

    def add(self, channels: Sequence[str], at: datetime, slot: str = "", day: date | None = None) -> None:
        """Mark an instant as occupied on these channels; with a slot and its day, that day of the slot too, should the slot's hour change."""
        self.hours.update((channel, at) for channel in channels)
        if slot and day is not None:
            self.days.update((channel, slot, day) for channel in channels)

    def is_occupied(self, channels: Sequence[str], occurrence: SlotPlace) -> bool:
        """Whether one of these channels has a post at that place already."""
        return any(
            (channel, occurrence.at) in self.hours or (channel, occurrence.slot, occurrence.day) in self.days for channel in channels
        )
