"""A post that would go out on a day of silence."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every publication still to come, whatever gave it its day; one finding a written hour."""
    if not any(day.kind == "silence" for day in view.desk.days.days):
        return
    told: set[Place] = set()
    for line in view.ahead:
        day = view.day(line.at)
        silence = next((one for one in view.calendar.entries_on(day) if one.kind == "silence"), None)
        if silence is None:
            continue
        place = view.place_of(line)
        if place in told:
            continue
        told.add(place)
        yield Finding(
            "silent-day",
            LEVEL,
            place,
            _("{when} is on a day of silence: {name}", when=view.shown(line.at), name=silence.name),
            _("nothing at all on that day"),
            _("move it, or write why it must be said then: `allow: {silent-day: the reason}`"),
        )
