"""A post that has expired before it goes out."""

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
    """Every post with `expires` that is still to come; of a repeat the first time counts, for the end may be meant."""
    mortal = {post.path for post in view.posts if post.front.expires is not None and not is_idea(post)}
    if not mortal:
        return
    seen: set[tuple[str, str]] = set()
    told: set[Place] = set()
    for line in view.lines:
        if line.post.path not in mortal or line.instant.problem or (line.post.path, line.channel_name) in seen:
            continue
        seen.add((line.post.path, line.channel_name))
        end = timetable.expiry_instant(view.desk, view.publication(line))
        place = line.post.place("expires")
        if end is None or place in told or view.is_sent(line.key):
            continue
        finding = _judged(view, line, end, place)
        if finding is not None:
            told.add(place)
            yield finding


def _judged(view: View, line: TimetableLine, end: datetime, place: Place) -> Finding | None:
    at = line.instant.at
    if at is not None and at >= max(end, view.now):
        return Finding(
            "expired",
            LEVEL,
            place,
            _("it expires {end}, and would go out {when}", end=view.shown(end), when=view.shown(at)),
            _("an end that comes after the post"),
            _("write a later `expires`, or an earlier date"),
        )
    if at is None and line.instant.basis == "when-approved" and end <= view.now:
        # What was right when it was written fails no check of other people later.
        return Finding(
            "expired",
            "warning",
            place,
            _("it expired {end}, and never went out", end=view.shown(end)),
            _("an end that is still to come"),
            _("write a later `expires`, or move the file to content/ideas/ when it can wait"),
        )
    return None
