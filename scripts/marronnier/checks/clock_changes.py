"""Local times that a change of the clocks skips or repeats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from marronnier.messages import _
from marronnier.timetable import local_time
from marronnier.timetable.local_time import Unresolvable

if TYPE_CHECKING:
    from marronnier.checks.view import View
    from marronnier.model.finding import Place
    from marronnier.model.instant import InstantProblem
    from marronnier.model.post import Post
    from marronnier.model.scalars import WrittenDate


def unresolvable_dates(view: View, problem: InstantProblem) -> Iterator[tuple[Place, str, str, str]]:
    """Written dates that mean no instant or two, each place once: the place, the local time, its zone, and what to write instead.

    Where a repeat starts from the written date, the local time is that of a later occurrence.
    """
    unresolvable_lines = (line for line in view.lines.all if line.instant.problem == problem)
    for place, line in view.lines.first_by_place(unresolvable_lines).items():
        written = _written_date(line.post, view.lines.time_keys(line.post, line.channel_name))
        if written is None or written.day is None:
            continue
        clock = written.clock or view.desk.channels.channels[line.channel_name].default_time or view.desk.brand.default_time
        try:
            local_time.instant(datetime.combine(line.occurrence or written.day, clock), view.zone)
        except Unresolvable as unresolvable:
            earlier, later = unresolvable.describe_reading("earlier"), unresolvable.describe_reading("later")
            hour = f"{written.day} {clock:%H:%M}"
            next = _("write `{hour} earlier` for {earlier}, or `{hour} later` for {later}", hour=hour, earlier=earlier, later=later)
            yield place, unresolvable.written, unresolvable.zone.key, next


def _written_date(post: Post, keys: tuple[str, ...]) -> WrittenDate | None:
    """The date written under those keys; None where they lead to a slot."""
    if keys[-1] != "date":
        return None
    return post.front.date if len(keys) == 1 else post.front.for_[keys[1]].date
