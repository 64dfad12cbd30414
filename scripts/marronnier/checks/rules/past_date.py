"""A date in the past, of a post that never went out."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every publication later than its grace without any event in the ledger; one finding a written date."""
    missed = (line for line in view.lines.all if _is_missed(view, line))
    for place, line in view.lines.first_by_place(missed).items():
        message = _("{when} is past, and the post never went out", when=view.format_time(line.at))
        expected = _("a date after {now}", now=view.format_time(view.now))
        next = _("write a new date, or move the file to content/ideas/ if it can wait")
        yield Finding("past-date", LEVEL, place, message, expected, next)


def _is_missed(view: View, line: TimetableLine) -> bool:
    """Whether a publication is late beyond its grace, and the record that covers its time does not know it."""
    post, at, began = line.post, line.instant.at, view.lines.record_start
    if at is None or at >= view.now or (began is not None and at < began):
        return False
    grace = post.front.grace if post.front.grace is not None else view.desk.brand.grace
    return at + grace < view.now and not is_idea(post) and not view.lines.is_sent(line.key) and not _has_events(view, line.key)


def _has_events(view: View, key: str) -> bool:
    """Whether the ledger has events of a publication: then the plan says what to do, and a new date does not help."""
    history = view.situation.histories.get(key)
    return history is not None and not history.is_empty
