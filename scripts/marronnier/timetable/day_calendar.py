"""The team's calendar of days: what a day is, whether people work on it, and what it does to slots and repeats."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from marronnier.messages import _
from marronnier.model.calendar import CalendarDay, Days, Effect
from marronnier.timetable import weekends

if TYPE_CHECKING:
    from marronnier.desk import Desk

ONE_DAY = timedelta(days=1)
LONGEST_SHIFT = 31
"""The most days a shift may reach; a longer row of days off skips."""

_STRENGTH: Mapping[Effect, int] = {"keep": 0, "warn": 1, "shift": 2, "skip": 3}


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """What a day does to a slot or a repeat that falls on it."""

    effect: Effect
    why: str
    """The day's name, for people; empty when nothing is to be said."""


_NOTHING = DayVerdict("keep", "")


class Calendar:
    """A brand's days, ready for many questions: `calendar/days.yml` as it counts in the brand's territory."""

    def __init__(self, days: Days, territory: str) -> None:
        self.days = days
        self.territory = territory.upper()
        self.weekend = frozenset(days.weekend) if days.weekend is not None else weekends.weekend_days(territory)
        """The days of rest, Monday being 0."""
        self._dated: dict[date, list[CalendarDay]] = {}
        self._yearly: dict[tuple[int, int], list[CalendarDay]] = {}
        self._notes: dict[date, str] = {}
        self._verdicts: dict[tuple[date, bool, Effect | None], DayVerdict] = {}
        for day in days.days:
            if not self._applies_here(day):
                continue
            if day.yearly:
                self._yearly.setdefault((day.date.month, day.date.day), []).append(day)
            else:
                self._dated.setdefault(day.date, []).append(day)

    def _applies_here(self, day: CalendarDay) -> bool:
        where = (day.territory or self.territory).upper()
        return self.territory == where or self.territory.startswith(f"{where}-")

    def entries_on(self, day: date) -> tuple[CalendarDay, ...]:
        """What `days.yml` says of that day here, those of the year first; a yearly one carries that year's date."""
        found = list(self._dated.get(day, ()))
        found += [_dated_in_year(one, day) for one in self._yearly.get((day.month, day.day), ()) if one.date.year <= day.year]
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            found += [_on_28_february(one, day) for one in self._yearly.get((2, 29), ()) if one.date.year <= day.year]
        return tuple(found)

    def is_working_day(self, day: date) -> bool:
        """Whether people work that day: no weekend, no holiday, no silence."""
        return day.weekday() not in self.weekend and not any(one.kind != "marronnier" for one in self.entries_on(day))

    def verdict(self, day: date, *, weekend: bool, on_holiday: Effect | None = None) -> DayVerdict:
        """What that day does to a slot or a repeat: the strongest effect of all that it is.

        A day of silence always skips. A holiday does what `on_holiday` says (a slot's own word), else its own `effect`, else what
        `days.yml` says of holidays. `weekend`: whether the weekend counts too (for repeats; a slot's weekday is chosen already).
        """
        asked = (day, weekend, on_holiday)
        if (known := self._verdicts.get(asked)) is None:
            known = self._verdicts[asked] = self._strongest_verdict(day, weekend, on_holiday)
        return known

    def _strongest_verdict(self, day: date, weekend: bool, on_holiday: Effect | None) -> DayVerdict:
        verdicts = [DayVerdict(self._effect_of(one, on_holiday), one.name) for one in self.entries_on(day)]
        if weekend and day.weekday() in self.weekend:
            verdicts.append(DayVerdict(self.days.on_weekend, _("the weekend")))
        strongest = max(verdicts, key=lambda verdict: _STRENGTH[verdict.effect], default=_NOTHING)
        return strongest if strongest.effect != "keep" else _NOTHING

    def _effect_of(self, day: CalendarDay, on_holiday: Effect | None) -> Effect:
        if day.kind == "silence":
            return "skip"
        if day.kind == "holiday":
            return on_holiday or day.effect or self.days.on_holiday
        return day.effect or "keep"

    def next_working_day(self, day: date, step: int = 1) -> date | None:
        """The working day after that one (before it, when `step` is -1); None when the next ones are all off, for 31 days."""
        for distance in range(1, LONGEST_SHIFT + 1):
            if self.is_working_day(other := day + step * distance * ONE_DAY):
                return other
        return None

    def shift_target(self, day: date, *, weekend: bool, on_holiday: Effect | None = None) -> date | None:
        """Where a shift from that day lands: the next working day that is not itself skipped or shifted; None when there is none near."""
        for distance in range(1, LONGEST_SHIFT + 1):
            other = day + distance * ONE_DAY
            if self.is_working_day(other) and self.verdict(other, weekend=weekend, on_holiday=on_holiday).effect in ("keep", "warn"):
                return other
        return None

    def notable_entries(self, day: date) -> tuple[CalendarDay, ...]:
        """What matters to a post dated that day by hand, which no day moves: silences, and all that `days.yml` does not say to keep."""
        return tuple(one for one in self.entries_on(day) if one.kind == "silence" or self._effect_of(one, None) != "keep")

    def day_note(self, day: date) -> str:
        """What is notable of a day, as a note for people; empty for most."""
        if (known := self._notes.get(day)) is None:
            known = self._notes[day] = " · ".join(describe_day(one) for one in self.notable_entries(day))
        return known


def describe_day(day: CalendarDay) -> str:
    """What a day is, for people: its name and its kind."""
    if day.kind == "silence":
        return _("{name}, a day of silence", name=day.name)
    if day.kind == "holiday":
        said = _("{name}, a holiday", name=day.name)
        return _("{said} (estimated)", said=said) if day.estimated else said
    return day.name


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - day.weekday() * ONE_DAY


def _dated_in_year(day: CalendarDay, that: date) -> CalendarDay:
    return day if day.date == that else day.but(date=that)


def _on_28_february(day: CalendarDay, that: date) -> CalendarDay:
    """29 February in a common year: the 28th, and it says so."""
    return day.but(date=that, name=_("{name} (29 February, kept on the 28th)", name=day.name))


_recent: list[Calendar] = []


def calendar_of(desk: Desk) -> Calendar:
    """The desk's calendar. The last few are remembered, so that asking day by day stays cheap."""
    for known in _recent:
        if known.days is desk.days and known.territory == desk.brand.territory.upper():
            return known
    made = Calendar(desk.days, desk.brand.territory)
    _recent[:] = [made, *_recent[:3]]
    return made


def days_on(desk: Desk, day: date) -> tuple[CalendarDay, ...]:
    """What `calendar/days.yml` says of that day in the brand's territory; yearly ones carry that year's date."""
    return calendar_of(desk).entries_on(day)
