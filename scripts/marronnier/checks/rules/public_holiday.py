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
    """Every written date still to come; slots and repeats do what calendar/days.yml says of holidays. One finding a written date."""
    told: set[Place] = set()
    for line in view.ahead:
        # The timetable noted whatever is notable of that day; for most there is nothing.
        if not line.instant.note or line.instant.basis != "written":
            continue
        holidays = [day for day in view.calendar.notable_entries(view.day(line.at)) if day.kind == "holiday"]
        place = view.place_of(line)
        if holidays and place not in told:
            told.add(place)
            yield _finding(view, line, place, holidays[0])


def _finding(view: View, line: TimetableLine, place: Place, holiday: CalendarDay) -> Finding:
    when = view.shown(line.at)
    working = view.calendar.next_working_day(view.day(line.at))
    return Finding(
        "public-holiday",
        LEVEL,
        place,
        _("{when} is a public holiday if the estimate holds: {name}", when=when, name=holiday.name)
        if holiday.estimated
        else _("{when} is a public holiday: {name}", when=when, name=holiday.name),
        _("a day on which people work, or a post that is meant for the holiday"),
        _("move it to {day}, or write why: `allow: {{public-holiday: the reason}}`", day=messages.day(working))
        if working
        else _("move it, or write why: `allow: {public-holiday: the reason}`"),
    )
