"""A post dated on a public holiday."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import messages
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.calendar import CalendarDay
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every upcoming written date, one finding each. Slots and repeats follow what calendar/days.yml says of holidays."""
    # Without a note of the timetable the day is no holiday: most publications end here.
    written = (line for line in view.lines.upcoming if line.instant.note and line.instant.basis == "written")
    on_holiday = (line for line in written if _holidays(view, line))
    for place, line in view.lines.first_by_place(on_holiday).items():
        yield _finding(view, line, place, _holidays(view, line)[0])


def _holidays(view: View, line: TimetableLine) -> list[CalendarDay]:
    return [day for day in view.calendar.notable_entries(view.day(line.at)) if day.kind == "holiday"]


def _finding(view: View, line: TimetableLine, place: Place, holiday: CalendarDay) -> Finding:
    when = view.format_time(line.at)
    working = view.calendar.next_working_day(view.day(line.at))
    return Finding(
        "public-holiday",
        LEVEL,
        place,
        _("{when} is probably a public holiday (an estimate): {name}", when=when, name=holiday.name)
        if holiday.estimated
        else _("{when} is a public holiday: {name}", when=when, name=holiday.name),
        _("a working day, or a post that is meant for the holiday"),
        _("move it to {day}, or write why: `allow: {{public-holiday: the reason}}`", day=messages.format_day(working))
        if working
        else _("move it, or write why: `allow: {public-holiday: the reason}`"),
    )
