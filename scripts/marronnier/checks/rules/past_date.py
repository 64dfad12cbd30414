"""A date in the past, of a post that never went out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Post
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every publication later than its grace without any event in the ledger; one finding a written date."""
    reported: set[tuple[str, tuple[str, ...]]] = set()
    for line in view.lines.all:
        post, at = line.post, line.instant.at
        if at is None or at >= view.now or at + _grace(view, post) >= view.now or is_idea(post) or _has_events(view, line.key):
            continue
        if view.lines.record_start is not None and at < view.lines.record_start:
            continue
        keys = view.lines.time_keys(post, line.channel_name)
        if (post.path, keys) in reported:
            continue
        reported.add((post.path, keys))
        yield Finding(
            "past-date",
            LEVEL,
            post.place(*keys),
            _("{when} is past, and the post never went out", when=view.format_time(at)),
            _("a date after {now}", now=view.format_time(view.now)),
            _("write a new date, or move the file to content/ideas/ if it can wait"),
        )


def _grace(view: View, post: Post) -> timedelta:
    return post.front.grace if post.front.grace is not None else view.desk.brand.grace


def _has_events(view: View, key: str) -> bool:
    """Whether the ledger has events of a publication: then the plan says what to do, and a new date does not help."""
    history = view.situation.histories.get(key)
    return history is not None and bool(history.events)
