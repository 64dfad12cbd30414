"""Slots: the recurring places of the week, the occurrences they have, and the queue of those that are still free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marronnier import messages
from marronnier.messages import _
from marronnier.model.calendar import Slot
from marronnier.timetable import local_time
from marronnier.timetable.day_calendar import LONGEST_SHIFT, ONE_DAY, Calendar, calendar_of, monday_of

if TYPE_CHECKING:
    from marronnier.desk import Desk

SEARCH_WINDOW = timedelta(days=370)
"""How far ahead a free place is looked for."""


@dataclass(frozen=True, slots=True, order=True)
class SlotPlace:
    """One place of a slot: a day and an hour that a post may take."""

    at: datetime
    """UTC."""
    slot: str
    """The slot's name in `calendar/slots.yml`."""
    day: date
    """The day it falls on, in the brand's zone: the shifted one, where a day shifts it."""
    note: str = field(default="", compare=False)
    """What moved it, or what day it is, in words for people."""


class SlotPlaces:
    """All the places of all slots, worked out a month at a time and only where somebody looks."""

    def __init__(self, desk: Desk, zone: ZoneInfo) -> None:
        self.slots = desk.slots.slots
        self.zone = zone
        self._calendar: Calendar = calendar_of(desk)
        self._for = {name: frozenset(desk.expand(slot.channels)) if slot.channels else None for name, slot in self.slots.items()}
        self._months: dict[tuple[tuple[str, ...], int], list[SlotPlace]] = {}

    def serves(self, name: str, channel: str) -> bool:
        """Whether that slot is for that channel."""
        channels = self._for[name]
        return channels is None or channel in channels

    def slots_serving(self, channels: Sequence[str], pillar: str | None) -> tuple[str, ...]:
        """The slots that serve all of these channels and are not kept for another subject, sorted."""
        return tuple(
            name
            for name, slot in sorted(self.slots.items())
            if slot.pillar in (None, pillar) and all(self.serves(name, channel) for channel in channels)
        )

    def places_in_month(self, names: tuple[str, ...], number: int) -> list[SlotPlace]:
        """The places of these slots that fall in a month (its year × 12 + its number − 1), in order."""
        asked = (names, number)
        if (known := self._months.get(asked)) is None:
            if len(names) == 1:
                known = sorted(self._compute_month(names[0], number))
            else:
                known = sorted(occurrence for name in names for occurrence in self.places_in_month((name,), number))
            self._months[asked] = known
        return known

    def _compute_month(self, name: str, number: int) -> Iterator[SlotPlace]:
        slot = self.slots[name]
        begin, end = date(number // 12, number % 12 + 1, 1), date((number + 1) // 12, (number + 1) % 12 + 1, 1)
        for day, note in self._slot_days(slot, begin, end):
            try:
                at = local_time.instant(datetime.combine(day, slot.at), self.zone)
            except local_time.Ambiguous as twice:
                at = twice.earlier
            except local_time.Nonexistent:
                continue
            yield SlotPlace(at, name, day, note)

    def _slot_days(self, slot: Slot, begin: date, end: date) -> Iterator[tuple[date, str]]:
        """The days from `begin` to before `end` on which the slot takes place, shifted ones in their new place, none twice."""
        first = max(begin - LONGEST_SHIFT * ONE_DAY, slot.start or date.min)
        last = min(end - ONE_DAY, slot.end or date.max)
        moved: dict[date, str] = {}
        landed: dict[date, str] = {}
        day = first
        while day <= last:
            if is_slot_day(slot, day):
                verdict = self._calendar.verdict(day, weekend=False, on_holiday=slot.on_holiday)
                if verdict.effect in ("keep", "warn"):
                    landed[day] = verdict.why
                elif verdict.effect == "shift" and (other := self._calendar.shift_target(day, weekend=False, on_holiday=slot.on_holiday)):
                    moved.setdefault(other, _("moved from {day}: {why}", day=messages.day(day), why=verdict.why))
            day += ONE_DAY
        for day, note in {**moved, **landed}.items():
            if begin <= day < end:
                yield day, note


def is_slot_day(slot: Slot, day: date) -> bool:
    """Whether the slot, left to itself, takes place that day: its weekdays, its weeks, its first and last day."""
    if day.weekday() not in slot.days or (slot.start and day < slot.start) or (slot.end and day > slot.end):
        return False
    if slot.every == 1 or slot.start is None:
        return True
    return (monday_of(day) - monday_of(slot.start)).days // 7 % slot.every == 0


def month_number(at: datetime, zone: ZoneInfo) -> int:
    """The number of the month that instant falls in there: its year × 12 + its number − 1."""
    there = at.astimezone(zone)
    return there.year * 12 + there.month - 1
