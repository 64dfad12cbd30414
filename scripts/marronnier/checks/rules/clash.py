"""Two publications on the same channel, too close to one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "warning"
ALLOWABLE = True

Pair = tuple[TimetableLine, TimetableLine]
"""The publication to move, and the one that stays."""


def check(view: View) -> Iterator[Finding]:
    """Every two successive publications on each channel; one finding for two posts, however many channels they share."""
    shared: dict[tuple[str, str, datetime, datetime], list[Pair]] = defaultdict(list)
    for moves, stays in _close_pairs(view):
        shared[moves.post.path, stays.post.path, moves.at, stays.at].append((moves, stays))
    for (_path, _other, at, other_at), pairs in shared.items():
        moves, stays = pairs[0]
        gap, when = int(abs(at - other_at) / timedelta(minutes=1)), view.format_time(other_at)
        if any(_is_sealed(view, stay) for _move, stay in pairs):
            when = _("{when}, already approved", when=when)
        apart = int(view.desk.brand.gap / timedelta(minutes=1))
        values = {"channels": ", ".join(f"`{move.channel_name}`" for move, _stay in pairs), "other": stays.post.path, "when": when}
        yield Finding(
            "clash",
            LEVEL,
            view.lines.time_place(moves),
            ngettext(
                "{gap} minute from {other}, {when}, on {channels}",
                "{gap} minutes from {other}, {when}, on {channels}",
                gap,
                gap=gap,
                **values,
            )
            if gap
            else _("in the same minute as {other}, {when}, on {channels}", **values),
            ngettext(
                "at least {minutes} minute between two publications on a channel",
                "at least {minutes} minutes between two publications on a channel",
                apart,
                minutes=apart,
            ),
            _("move one of the two, or write why not: `allow: {clash: the reason}`"),
        )


def _close_pairs(view: View) -> Iterator[Pair]:
    """Successive publications closer than the brand's gap, at least one of them still to come."""
    gap = view.desk.brand.gap
    lines_by_channel: dict[str, list[TimetableLine]] = defaultdict(list)
    since = view.now - gap
    for line in view.lines.all:
        at = line.instant.at
        if at is not None and at >= since and not is_idea(line.post):
            lines_by_channel[line.channel_name].append(line)
    for on_channel in lines_by_channel.values():
        on_channel.sort(key=lambda line: (line.at, line.key))
        for before, after in pairwise(on_channel):
            if after.at < view.now or after.at - before.at >= gap or before.post.path == after.post.path:
                continue
            # The finding is at the publication that can still move; of two that can, at the later.
            moves, stays = (
                (before, after)
                if view.lines.is_sealed_or_sent(after.key) and not view.lines.is_sealed_or_sent(before.key)
                else (after, before)
            )
            if not view.is_allowed("clash", (moves.post, stays.post)):
                yield moves, stays


def _is_sealed(view: View, line: TimetableLine) -> bool:
    history = view.situation.histories.get(line.key)
    return history is not None and history.seal is not None
