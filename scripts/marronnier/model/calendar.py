"""The folder `calendar/`: recurring slots, special days, and the freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from marronnier.model.fields import WrittenModel, field
from marronnier.model.scalars import Clock, Day, Names, Slug, Weekday, Weekdays

Effect = Literal["skip", "shift", "warn", "keep"]


class Slot(WrittenModel):
    """A recurring time in the week at which a post can go out."""

    name: str = ""
    """The slot's name for people: `Tuesday tip`."""
    days: Weekdays = field(min_items=1)
    """The weekday or weekdays of the slot: `tuesday`, `[tuesday, friday]`."""
    at: Clock
    """The hour of the slot, in the brand's time zone: `18:30`."""
    channels: Names = ()
    """Channels or groups the slot is for; all of them when absent."""
    every: int = field(default=1, minimum=1, maximum=52)
    """`2` for every second week, `4` for every fourth, counted from the week of `start`."""
    start: Day | None = None
    """The first day on which the slot exists; required when `every` is more than 1."""
    end: Day | None = None
    """The last day on which the slot exists."""
    pillar: str | None = None
    """The pillar of `brand/strategy.yml` that the slot is reserved for."""
    on_holiday: Effect | None = None
    """What happens to the slot on a public holiday: `skip`, `shift` to the next working day, `warn` or `keep`; as in `days.yml` when absent."""

    def validate(self) -> None:
        """Check that `start` is there where weeks are counted from it, and that `end` is not before it. Raises ValueError."""
        if self.every > 1 and self.start is None:
            raise ValueError("a slot that comes every few weeks needs a `start`, the day its weeks are counted from")
        if self.start and self.end and self.end < self.start:
            raise ValueError("the slot ends before it starts")


class Slots(WrittenModel):
    """`calendar/slots.yml`: the recurring times at which posts can go out."""

    slots: Mapping[Slug, Slot] = {}
    """Each slot under the name that posts use: `mardi-conseil`."""


class CalendarDay(WrittenModel):
    """A special day: a public holiday, a yearly topic (a marronnier), or a day of silence."""

    date: Day
    """The date: `2026-12-25`."""
    name: str
    """The day's name for people: `Christmas`."""
    kind: Literal["holiday", "marronnier", "silence"] = "marronnier"
    """`holiday`: a public holiday; `marronnier`: a topic that comes back every year; `silence`: a day on which the brand publishes nothing."""
    effect: Effect | None = None
    """What happens to slots and repeated posts on this day: `skip`, `shift` to the next working day, `warn` or `keep`."""
    territory: str | None = None
    """The country where the day counts, as an ISO 3166 code; the brand's when absent."""
    estimated: bool = False
    """`true` when the date is not certain yet: it depends on the moon or on a decree."""
    yearly: bool = False
    """`true` when the day comes back on the same date every year."""


class Days(WrittenModel):
    """`calendar/days.yml`: special days and the weekend, and what they do to slots and repeated posts."""

    weekend: tuple[Weekday, ...] | None = None
    """The weekdays of the weekend: `[saturday, sunday]`; those of the brand's country when absent."""
    on_holiday: Effect = "warn"
    """What happens to slots and repeated posts on a public holiday: `skip`, `shift` to the next working day, `warn` or `keep`."""
    on_weekend: Effect = "keep"
    """What happens to repeated posts on a weekend: `skip`, `shift` to the next working day, `warn` or `keep`."""
    days: tuple[CalendarDay, ...] = ()
    """The special days."""


class Freeze(WrittenModel):
    """`calendar/freeze.yml`: while this file exists, nothing is sent."""

    why: str
    """The reason for the freeze, which people are shown."""
    since: Day | None = None
    """The day on which the freeze began: `2026-12-01`."""
    channels: Names = ()
    """The channels that are frozen; all of them when absent."""
