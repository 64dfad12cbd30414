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
    missed = [line for line in view.lines.all if _is_missed(view, line)]
    # Under another id its words are out: a new date would not help, and `identity-changed` says what does.
    renamed = {line.key for line in view.renamed.values()} if missed else set()
    missed = [line for line in missed if line.key not in renamed]
    for place, line in view.lines.first_by_place(missed).items():
        message = _("{when} is past, and the post never went out", when=view.format_time(line.at))
        expected = _("a date after {now}", now=view.format_time(view.now))
        next = _("write a new date, or move the file to content/ideas/ if it can wait")
        yield Finding("past-date", LEVEL, place, message, expected, next)


def _is_missed(view: View, line: TimetableLine) -> bool:
    """Whether a publication is late beyond its grace, and the record does not know it.

    What was due before the record begins may have gone out before it, unless the post is newer than the record.
    """
    post, at, began = line.post, line.instant.at, view.lines.record_start
    # What most posts of a calendar are comes first: sent.
    if at is None or at >= view.now or view.lines.is_sent(line.key) or is_idea(post):
        return False
    grace = post.front.grace if post.front.grace is not None else view.desk.brand.grace
    if at + grace >= view.now or _has_events(view, line.key):
        return False
    # What is asked last may have git read the history.
    return began is None or at >= began or not view.situation.existed(post)


def _has_events(view: View, key: str) -> bool:
    """Whether the ledger has events of a publication: then the plan says what to do, and a new date does not help."""
    history = view.situation.histories.get(key)
    return history is not None and not history.is_empty
