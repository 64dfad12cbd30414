"""Hours that the clocks of a zone never show, or show twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from marronnier.timetable import local_time
from marronnier.timetable.local_time import Unresolvable

if TYPE_CHECKING:
    from marronnier.checks.view import View
    from marronnier.model.finding import Place
    from marronnier.model.instant import InstantProblem
    from marronnier.model.post import Post
    from marronnier.model.scalars import WrittenDate


def unresolvable_dates(view: View, problem: InstantProblem) -> Iterator[tuple[Place, Unresolvable, str]]:
    """Written dates that mean no instant or two, once for each place: where they stand, what they may mean, and the hour as written there.

    That hour is another than the one that cannot be resolved where a repeat counts from it.
    """
    told: set[Place] = set()
    for line in view.lines:
        if line.instant.problem != problem:
            continue
        keys = view.hour_of(line.post, line.channel_name)
        place, moment = line.post.place(*keys), _moment(line.post, keys)
        if place in told or moment is None or moment.day is None:
            continue
        told.add(place)
        clock = moment.clock or view.desk.channels.channels[line.channel_name].default_time or view.desk.brand.default_time
        try:
            local_time.instant(datetime.combine(line.occurrence or moment.day, clock), view.zone)
        except Unresolvable as trouble:
            yield place, trouble, f"{moment.day} {clock:%H:%M}"


def _moment(post: Post, keys: tuple[str, ...]) -> WrittenDate | None:
    """The date written under those keys; None where they name a slot."""
    if keys[-1] != "date":
        return None
    return post.front.date if len(keys) == 1 else post.front.for_[keys[1]].date
