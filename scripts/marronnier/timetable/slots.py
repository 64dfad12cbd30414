"""Slots, the recurring places of the week, and their places on the calendar: a day and an hour each."""

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
from marronnier.timetable.special_days import LONGEST_SHIFT, ONE_DAY, Calendar, calendar_of, monday_of

if TYPE_CHECKING:
    from marronnier.desk import Desk

SEARCH_WINDOW = timedelta(days=370)
"""How far ahead a free place is searched for."""


@dataclass(frozen=True, slots=True, order=True)
class SlotPlace:
    """One occurrence of a slot: a day and an hour that a post may take."""

    at: datetime
    """UTC."""
    slot: str
    """The slot's name in `calendar/slots.yml`."""
    day: date
    """Its day in the brand's zone, after any shift."""
    note: str = field(default="", compare=False)
    """Why it was moved, or what day it is, for people."""


class SlotPlaces:
    """The places of all slots, computed a month at a time when asked for."""

    def __init__(self, desk: Desk, zone: ZoneInfo) -> None:
        self.slots = desk.slots.slots
        self.zone = zone
        self._calendar: Calendar = calendar_of(desk)
        self._for = {name: frozenset(desk.expand(slot.channels)) if slot.channels else None for name, slot in self.slots.items()}
        self._months: dict[tuple[tuple[str, ...], int], list[SlotPlace]] = {}

    def serves(self, name: str, channel: str) -> bool:
        """Whether that slot serves that channel."""
        channels = self._for[name]
        return channels is None or channel in channels

    def slots_serving(self, channels: Sequence[str], pillar: str | None) -> tuple[str, ...]:
        """The names of the slots that serve all of these channels and are not kept for another pillar, sorted."""
        return tuple(
            name
            for name, slot in sorted(self.slots.items())
            if slot.pillar in (None, pillar) and all(self.serves(name, channel) for channel in channels)
        )

    def places_in_month(self, names: tuple[str, ...], number: int) -> list[SlotPlace]:
        """The places of these slots in a month, given as `month_number`, in order."""
        if (places := self._months.get((names, number))) is None:
            if len(names) == 1:
                places = sorted(self._compute_month(names[0], number))
            else:
                places = sorted(place for name in names for place in self.places_in_month((name,), number))
            self._months[names, number] = places
        return places

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
        """The slot's days from `begin` to before `end`, each once, with a note; shifted ones on their new day."""
        first = max(begin - LONGEST_SHIFT * ONE_DAY, slot.start or date.min)
        last = min(end - ONE_DAY, slot.end or date.max)
        shifted: dict[date, str] = {}
        unshifted: dict[date, str] = {}
        day = first
        while day <= last:
            if is_slot_day(slot, day):
                verdict = self._calendar.verdict(day, weekend=False, on_holiday=slot.on_holiday)
                if verdict.effect in ("keep", "warn"):
                    unshifted[day] = verdict.why
                elif verdict.effect == "shift" and (new_day := self._calendar.shift_target(day, weekend=False, on_holiday=slot.on_holiday)):
                    shifted.setdefault(new_day, _("moved from {day}: {why}", day=messages.format_day(day), why=verdict.why))
            day += ONE_DAY
        for day, note in {**shifted, **unshifted}.items():
            if begin <= day < end:
                yield day, note


def is_slot_day(slot: Slot, day: date) -> bool:
    """Whether that is a day of the slot by its weekdays, weeks, first and last day; shifts and days off are not counted."""
    if day.weekday() not in slot.days or (slot.start and day < slot.start) or (slot.end and day > slot.end):
        return False
    if slot.every == 1 or slot.start is None:
        return True
    return (monday_of(day) - monday_of(slot.start)).days // 7 % slot.every == 0


def month_number(at: datetime, zone: ZoneInfo) -> int:
    """The number of an instant's month in that zone: year × 12 + month − 1."""
    local = at.astimezone(zone)
    return local.year * 12 + local.month - 1
