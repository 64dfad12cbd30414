"""A post that would go out on a day of silence."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.calendar import CalendarDay
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every upcoming publication, by date, slot or repeat; one finding a written date or slot."""
    if not any(day.kind == "silence" for day in view.desk.days.days):
        return
    silenced = (line for line in view.lines.upcoming if _silences(view, line))
    for place, line in view.lines.first_by_place(silenced).items():
        message = _("{when} is on a day of silence: {name}", when=view.format_time(line.at), name=_silences(view, line)[0].name)
        expected = _("no publication on that day")
        next = _("move it, or write why it must go out that day: `allow: {silent-day: the reason}`")
        yield Finding("silent-day", LEVEL, place, message, expected, next)


def _silences(view: View, line: TimetableLine) -> list[CalendarDay]:
    return [day for day in view.calendar.entries_on(view.day(line.at)) if day.kind == "silence"]
