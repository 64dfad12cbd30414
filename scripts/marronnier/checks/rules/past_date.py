"""A date in the past, of a post that never went out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.publication import Publication

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every publication that is later than its grace and of which the ledger knows nothing; one finding a written date."""
    zone = ZoneInfo(view.desk.brand.zone)
    told: set[tuple[str, tuple[str, ...]]] = set()
    for key, publication in view.timetable.publications.items():
        post = publication.post
        at = view.timetable.instants[key].at
        if at is None or at + _grace(view, publication) >= view.now or view.is_idea(post) or _is_known(view, key):
            continue
        if view.earliest is not None and at < view.earliest:
            continue
        written = view.hour_of(publication)
        if (post.path, written) in told:
            continue
        told.add((post.path, written))
        yield Finding(
            "past-date",
            LEVEL,
            post.place(*written),
            _("{when} is past, and this never went out", when=f"{at.astimezone(zone):%Y-%m-%d %H:%M}"),
            _("a date after {now}", now=f"{view.now.astimezone(zone):%Y-%m-%d %H:%M}"),
            _("write a new date, or move the file to content/ideas/ when it can wait"),
        )


def _grace(view: View, publication: Publication) -> timedelta:
    grace = publication.post.front.grace
    return grace if grace is not None else view.desk.brand.grace


def _is_known(view: View, key: str) -> bool:
    """Whether the ledger has anything of it: then the plan tells what to do, and a new date is not the answer."""
    history = view.histories.get(key)
    return history is not None and bool(history.events)
