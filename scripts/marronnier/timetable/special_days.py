"""The brand's calendar of days: holidays, silences and weekends, and their effect on slots and repeats."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping
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
"""The most days that a shift may move by; before a longer row of days off, the post is skipped."""

_STRENGTH: Mapping[Effect, int] = {"keep": 0, "warn": 1, "shift": 2, "skip": 3}


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """The effect of a day on a slot or a repeat that falls on it."""

    effect: Effect
    why: str
    """The day's name, for people; empty when the day has no effect."""


_NOTHING = DayVerdict("keep", "")


class Calendar:
    """The entries of `calendar/days.yml` that apply in the brand's territory, indexed by day."""

    def __init__(self, days: Days, territory: str) -> None:
        self.days = days
        self.territory = territory.upper()
        self.weekend = frozenset(days.weekend) if days.weekend is not None else weekends.weekend_days(territory)
        """The weekend days, Monday being 0."""
        self._dated: dict[date, list[CalendarDay]] = {}
        self._yearly: dict[tuple[int, int], list[CalendarDay]] = {}
        self._notes: dict[date, str] = {}
        self._verdicts: dict[tuple[date, bool, Effect | None], DayVerdict] = {}
        for day in days.days:
            territory = (day.territory or self.territory).upper()
            if self.territory != territory and not self.territory.startswith(f"{territory}-"):
                continue
            if day.yearly:
                self._yearly.setdefault((day.date.month, day.date.day), []).append(day)
            else:
                self._dated.setdefault(day.date, []).append(day)

    def entries_on(self, day: date) -> tuple[CalendarDay, ...]:
        """The entries for that day, those of one year before yearly ones; a yearly entry gets the date of that year."""
        entries = list(self._dated.get(day, ()))
        yearly = [entry for entry in self._yearly.get((day.month, day.day), ()) if entry.date.year <= day.year]
        entries += [entry if entry.date == day else entry.replace(date=day) for entry in yearly]
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            leap_days = [entry for entry in self._yearly.get((2, 29), ()) if entry.date.year <= day.year]
            entries += [entry.replace(date=day, name=_("{name} (29 February, kept on the 28th)", name=entry.name)) for entry in leap_days]
        return tuple(entries)

    def is_working_day(self, day: date) -> bool:
        """Whether that day is neither on the weekend nor a holiday nor a silence."""
        return day.weekday() not in self.weekend and not any(entry.kind != "marronnier" for entry in self.entries_on(day))

    def verdict(self, day: date, *, weekend: bool, on_holiday: Effect | None = None) -> DayVerdict:
        """The strongest effect of that day's entries on a slot or a repeat.

        A silence always skips. A holiday has the effect `on_holiday` (of the slot), else its own `effect`, else that of all holidays in
        `days.yml`. `weekend`: whether the weekend has its effect too; it has for repeats, and not for slots, which choose their weekdays.
        """
        key = (day, weekend, on_holiday)
        if (verdict := self._verdicts.get(key)) is None:
            verdict = self._verdicts[key] = self._strongest_verdict(day, weekend, on_holiday)
        return verdict

    def _strongest_verdict(self, day: date, weekend: bool, on_holiday: Effect | None) -> DayVerdict:
        verdicts = [DayVerdict(self._effect_of(entry, on_holiday), entry.name) for entry in self.entries_on(day)]
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
        """The next working day after that day, or the last one before it when `step` is -1; None when there is none within 31 days."""
        return next(self._working_days(day, step), None)

    def _working_days(self, day: date, step: int = 1) -> Iterator[date]:
        """The working days within 31 days after that day, or before it when `step` is -1, the nearest first."""
        return filter(self.is_working_day, (day + step * distance * ONE_DAY for distance in range(1, LONGEST_SHIFT + 1)))

    def shift_target(self, day: date, *, weekend: bool, on_holiday: Effect | None = None) -> date | None:
        """The day to which that day is shifted: the next working day without skip or shift; None when there is none within 31 days."""
        for candidate in self._working_days(day):
            if self.verdict(candidate, weekend=weekend, on_holiday=on_holiday).effect in ("keep", "warn"):
                return candidate
        return None

    def notable_entries(self, day: date) -> tuple[CalendarDay, ...]:
        """The entries to mention beside a post dated that day by hand, which no day moves: silences, and entries with an effect."""
        return tuple(entry for entry in self.entries_on(day) if entry.kind == "silence" or self._effect_of(entry, None) != "keep")

    def day_note(self, day: date) -> str:
        """The notable entries of a day as a note for people; empty for most days."""
        if (note := self._notes.get(day)) is None:
            note = self._notes[day] = " · ".join(describe_day(entry) for entry in self.notable_entries(day))
        return note


def describe_day(day: CalendarDay) -> str:
    """An entry's name and kind, for people."""
    if day.kind == "silence":
        return _("{name}, a day of silence", name=day.name)
    if day.kind == "holiday":
        holiday = _("{name}, a holiday", name=day.name)
        return _("{said} (estimated)", said=holiday) if day.estimated else holiday
    return day.name


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - day.weekday() * ONE_DAY


_recent: list[Calendar] = []


def calendar_of(desk: Desk) -> Calendar:
    """The desk's calendar. The last four are kept, so that a question for each day stays cheap."""
    for recent in _recent:
        if recent.days is desk.days and recent.territory == desk.brand.territory.upper():
            return recent
    new = Calendar(desk.days, desk.brand.territory)
    _recent[:] = [new, *_recent[:3]]
    return new
