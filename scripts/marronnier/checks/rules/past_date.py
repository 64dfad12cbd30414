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
    """Every publication that is later than its grace and of which the ledger knows nothing; one finding a written date."""
    told: set[tuple[str, tuple[str, ...]]] = set()
    for line in view.lines.all:
        post, at = line.post, line.instant.at
        if at is None or at >= view.now or at + _grace(view, post) >= view.now or is_idea(post) or _is_known(view, line.key):
            continue
        if view.lines.record_start is not None and at < view.lines.record_start:
            continue
        written = view.lines.time_keys(post, line.channel_name)
        if (post.path, written) in told:
            continue
        told.add((post.path, written))
        yield Finding(
            "past-date",
            LEVEL,
            post.place(*written),
            _("{when} is past, and this never went out", when=view.format_time(at)),
            _("a date after {now}", now=view.format_time(view.now)),
            _("write a new date, or move the file to content/ideas/ when it can wait"),
        )


def _grace(view: View, post: Post) -> timedelta:
    return post.front.grace if post.front.grace is not None else view.desk.brand.grace


def _is_known(view: View, key: str) -> bool:
    """Whether the ledger has anything of it: then the plan tells what to do, and a new date is not the answer."""
    history = view.record.histories.get(key)
    return history is not None and bool(history.events)
