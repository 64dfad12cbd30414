"""The team's time: slots, days, freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from marronnier.model.fields import WrittenModel, field
from marronnier.model.scalars import Clock, Day, Names, Slug, Weekday, Weekdays

Effect = Literal["skip", "shift", "warn", "keep"]


class Slot(WrittenModel):
    """A recurring place in the week."""

    name: str = ""
    """What people call it."""
    days: Weekdays = field(fewest=1)
    """Its weekdays."""
    at: Clock
    """Its hour, in the brand's zone."""
    channels: Names = ()
    """Channels or groups it is for; all, when empty."""
    every: int = field(default=1, least=1, most=52)
    """Every how many weeks, counted from the week of `start`."""
    start: Day | None = None
    """Its first day; needed when `every` is more than 1."""
    end: Day | None = None
    """Its last day."""
    pillar: str | None = None
    """The subject it is kept for."""
    on_holiday: Effect | None = None
    """What happens to it on a holiday; `days.yml` decides when absent."""

    def holds_together(self) -> None:
        """A slot that comes every few weeks counts from a day, and ends after it starts. Raises ValueError."""
        if self.every > 1 and self.start is None:
            raise ValueError("a slot that comes every few weeks needs a `start`, the day its weeks are counted from")
        if self.start and self.end and self.end < self.start:
            raise ValueError("the slot ends before it starts")


class Slots(WrittenModel):
    """`calendar/slots.yml`."""

    slots: Mapping[Slug, Slot] = {}
    """Each under the name posts use."""


class CalendarDay(WrittenModel):
    """A marronnier, a holiday, or a day of silence."""

    date: Day
    """The day."""
    name: str
    """What people call it."""
    kind: Literal["holiday", "marronnier", "silence"] = "marronnier"
    """A public holiday; a story that comes back every year; or a day on which the brand is silent."""
    effect: Effect | None = None
    """What it does to slots and repeats: skip them, shift them to the next working day, warn, or nothing."""
    territory: str | None = None
    """Where it counts (ISO 3166); the brand's territory when absent."""
    estimated: bool = False
    """True when the day depends on the moon or on a decree not yet known."""
    yearly: bool = False
    """True when it comes back on the same date every year."""


class Days(WrittenModel):
    """`calendar/days.yml`."""

    weekend: tuple[Weekday, ...] | None = None
    """The days of rest; the territory's own when absent."""
    on_holiday: Effect = "warn"
    """What a holiday does to slots and repeats."""
    on_weekend: Effect = "keep"
    """What the weekend does to repeats."""
    days: tuple[CalendarDay, ...] = ()
    """The days worth knowing."""


class Freeze(WrittenModel):
    """`calendar/freeze.yml`: while it exists, nothing goes out."""

    why: str
    """What happened."""
    since: Day | None = None
    """Since when."""
    channels: Names = ()
    """Only these channels; all, when empty."""
