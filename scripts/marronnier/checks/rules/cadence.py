"""Too many posts on a channel in a week, or too few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from marronnier import messages
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level
from marronnier.timetable.day_calendar import monday_of

LEVEL: Level = "warning"
ALLOWABLE = True

_WEEK = timedelta(weeks=1)
_HORIZON = 8
"""Weeks ahead in which a gap is told: later ones will be filled."""

Weeks = Mapping[date, list[TimetableLine]]
"""What goes out on a channel, by the Monday of its week, in time order."""


def check(view: View) -> Iterator[Finding]:
    """Each channel that brand/strategy.yml gives a number of posts a week, this week and those to come; once for a channel and a week."""
    wanted = _wanted(view)
    if view.desk.only is not None or not wanted:
        return
    channels: dict[str, dict[date, list[TimetableLine]]] = {name: defaultdict(list) for name in wanted}
    this = monday_of(view.day(view.now))
    for line in view.lately:
        if line.channel_name in wanted and (line.at >= view.now or view.is_out(line)) and (week := monday_of(view.day(line.at))) >= this:
            channels[line.channel_name][week].append(line)
    for name, (_key, least, most) in wanted.items():
        for week in sorted(channels[name]):
            if (
                len(lines := channels[name][week]) > most
                and lines[-1].at >= view.now
                and not view.excused("cadence", (line.post for line in lines))
            ):
                yield _too_many(view, lines, week, least, most)
        if not _is_paused(view, name):
            yield from _gaps(view, name, channels[name], this, wanted[name])


def _wanted(view: View) -> dict[str, tuple[str, int, int]]:
    """By channel: the name it is written under in the strategy, its own or its network's, and the fewest and most posts a week."""
    found = {}
    for name, channel in view.desk.channels.channels.items():
        for key in (name, channel.network, channel.network.rpartition(".")[2]):
            presence = view.desk.strategy.networks.get(key)
            if presence is not None and presence.per_week is not None:
                least, most = sorted(presence.per_week)
                found[name] = (key, least, most)
                break
    return found


def _is_paused(view: View, name: str) -> bool:
    return view.desk.channels.channels[name].paused is not None


def _gaps(view: View, name: str, weeks: Weeks, this: date, wanted: tuple[str, int, int]) -> Iterator[Finding]:
    """Weeks with too little in them. One is planned to its end once the week after it has something."""
    key, least, most = wanted
    for week in (this + number * _WEEK for number in range(1, _HORIZON + 1)):
        count = len(weeks.get(week, ()))
        if count < least and weeks.get(week + _WEEK):
            yield Finding(
                "cadence",
                "notice",
                view.desk.place("brand/strategy.yml", "networks", key, "per_week"),
                _counted(count, name, week),
                _expected(least, most),
                _("plan more, or change `per_week` here"),
            )


def _too_many(view: View, lines: list[TimetableLine], week: date, least: int, most: int) -> Finding:
    last = lines[-1]
    return Finding(
        "cadence",
        LEVEL,
        view.place_of(last),
        _counted(len(lines), last.channel_name, week),
        _expected(least, most),
        _("move one to another week, or write why: `allow: {cadence: the reason}`"),
    )


def _counted(count: int, channel: str, week: date) -> str:
    return ngettext(
        "{count} post on `{channel}` in the week of {monday}",
        "{count} posts on `{channel}` in the week of {monday}",
        count,
        channel=channel,
        monday=messages.day(week),
    )


def _expected(least: int, most: int) -> str:
    return _("{least} to {most} a week, as brand/strategy.yml says", least=least, most=most)
