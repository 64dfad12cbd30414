"""A post that expires before it goes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from marronnier import timetable
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every upcoming post with `expires`; of a repeat only the first occurrence, for `expires` may be its intended end."""
    expiring = {post.path for post in view.posts if post.front.expires is not None and not is_idea(post)}
    if not expiring:
        return
    seen: set[tuple[str, str]] = set()
    reported: set[Place] = set()
    for line in view.lines.all:
        if line.post.path not in expiring or line.instant.problem or (line.post.path, line.channel_name) in seen:
            continue
        seen.add((line.post.path, line.channel_name))
        end = timetable.expiry_instant(view.desk, view.lines.publication(line))
        place = line.post.place("expires")
        if end is None or place in reported or view.lines.is_sent(line.key):
            continue
        finding = _expiry_finding(view, line, end, place)
        if finding is not None:
            reported.add(place)
            yield finding


def _expiry_finding(view: View, line: TimetableLine, end: datetime, place: Place) -> Finding | None:
    at = line.instant.at
    if at is not None and at >= max(end, view.now):
        message = _("it expires {end}, and would go out {when}", end=view.format_time(end), when=view.format_time(at))
        expected = _("an `expires` after the date of the post")
        next = _("write a later `expires`, or an earlier date")
        return Finding("expired", LEVEL, place, message, expected, next)
    if at is None and line.instant.basis == "when-approved" and end <= view.now:
        # Only a warning: a post that was correct when it was written must not fail a later check of other people's work.
        message = _("it expired {end}, and never went out", end=view.format_time(end))
        expected = _("an `expires` that is not past")
        next = _("write a later `expires`, or move the file to content/ideas/ if it can wait")
        return Finding("expired", "warning", place, message, expected, next)
    return None
