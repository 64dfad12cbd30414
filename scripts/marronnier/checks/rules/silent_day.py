"""A post that would go out on a day of silence."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every upcoming publication, by date, slot or repeat; one finding a written date or slot."""
    if not any(day.kind == "silence" for day in view.desk.days.days):
        return
    reported: set[Place] = set()
    for line in view.lines.upcoming:
        day = view.day(line.at)
        silence = next((calendar_day for calendar_day in view.calendar.entries_on(day) if calendar_day.kind == "silence"), None)
        if silence is None:
            continue
        place = view.lines.time_place(line)
        if place in reported:
            continue
        reported.add(place)
        yield Finding(
            "silent-day",
            LEVEL,
            place,
            _("{when} is on a day of silence: {name}", when=view.format_time(line.at), name=silence.name),
            _("no publication on that day"),
            _("move it, or write why it must go out that day: `allow: {silent-day: the reason}`"),
        )
