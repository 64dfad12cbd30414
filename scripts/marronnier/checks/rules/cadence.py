"""Too many publications on a channel in a week, or too few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from marronnier import messages
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level
from marronnier.timetable.special_days import monday_of

LEVEL: Level = "warning"
ALLOWABLE = True

_WEEK = timedelta(weeks=1)
_HORIZON = 8
"""How many weeks ahead a gap is reported: later weeks are not planned yet."""

Weeks = Mapping[date, list[TimetableLine]]
"""The publications of a channel by the Monday of their week, in time order."""


def check(view: View) -> Iterator[Finding]:
    """Each channel with a number of posts a week in brand/strategy.yml, this week and later ones; one finding a channel and week."""
    targets = _targets(view)
    if view.desk.only is not None or not targets:
        return
    channels: dict[str, dict[date, list[TimetableLine]]] = {name: defaultdict(list) for name in targets}
    this_week = monday_of(view.day(view.now))
    for line in view.lines.recent_and_upcoming:
        if (
            line.channel_name in targets
            and (line.at >= view.now or view.lines.counts_as_sent(line))
            and (week := monday_of(view.day(line.at))) >= this_week
        ):
            channels[line.channel_name][week].append(line)
    for name, (_key, least, most) in targets.items():
        for week in sorted(channels[name]):
            if (
                len(lines := channels[name][week]) > most
                and lines[-1].at >= view.now
                and not view.is_allowed("cadence", (line.post for line in lines))
            ):
                yield _too_many_finding(view, lines, week, least, most)
        if not _is_paused(view, name):
            yield from _sparse_weeks(view, name, channels[name], this_week, targets[name])


def _targets(view: View) -> dict[str, tuple[str, int, int]]:
    """By channel: its name in the strategy, the channel's or the network's, and the fewest and most posts a week."""
    targets_by_channel = {}
    for name, channel in view.desk.channels.channels.items():
        for key in (name, channel.network, channel.network.rpartition(".")[2]):
            presence = view.desk.strategy.networks.get(key)
            if presence is not None and presence.per_week is not None:
                least, most = sorted(presence.per_week)
                targets_by_channel[name] = (key, least, most)
                break
    return targets_by_channel


def _is_paused(view: View, name: str) -> bool:
    return view.desk.channels.channels[name].paused is not None


def _sparse_weeks(view: View, name: str, weeks: Weeks, this_week: date, targets: tuple[str, int, int]) -> Iterator[Finding]:
    """Weeks with too few posts. A week counts as planned once the week after it has posts."""
    key, least, most = targets
    for week in (this_week + number * _WEEK for number in range(1, _HORIZON + 1)):
        count = len(weeks.get(week, ()))
        if count < least and weeks.get(week + _WEEK):
            message = _count_message(count, name, week)
            expected = _expected_range(least, most)
            next = _("plan more, or change `per_week` here")
            yield Finding("cadence", "notice", view.desk.place("brand/strategy.yml", "networks", key, "per_week"), message, expected, next)


def _too_many_finding(view: View, lines: list[TimetableLine], week: date, least: int, most: int) -> Finding:
    last = lines[-1]
    message = _count_message(len(lines), last.channel_name, week)
    expected = _expected_range(least, most)
    next = _("move one to another week, or write why: `allow: {cadence: the reason}`")
    return Finding("cadence", LEVEL, view.lines.time_place(last), message, expected, next)


def _count_message(count: int, channel: str, week: date) -> str:
    return ngettext(
        "{count} publication on `{channel}` in the week of {monday}",
        "{count} publications on `{channel}` in the week of {monday}",
        count,
        channel=channel,
        monday=messages.format_day(week),
    )


def _expected_range(least: int, most: int) -> str:
    return _("{least} to {most} a week, as brand/strategy.yml says", least=least, most=most)
