"""How many posts an account may send within an hour, a day or a month, and where what is planned goes beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from marronnier.messages import N_, _
from marronnier.model.post import Post
from marronnier.networks.kit.fact_tables import fact_amount
from marronnier.networks.kit.facts import Fact, Facts, Period

_WINDOWS: Mapping[Period, tuple[timedelta, str]] = {
    "hour": (timedelta(hours=1), N_("an hour")),
    "day": (timedelta(days=1), N_("a day")),
    "month": (timedelta(days=30), N_("a month")),
}
"""The time of each quota. It begins at any moment: a network that counts by calendar days takes no more than that either."""


class PlannedSend(NamedTuple):
    """A publication of an account that is out or planned."""

    at: datetime
    post: Post
    count_parts: Callable[[], int]
    """How many parts it has; not cheap."""


class Excess(NamedTuple):
    """A time within which more is planned than a quota allows."""

    quota: Fact
    number: int
    """The index of the first that is beyond it and still to come."""
    start: datetime
    planned: int
    """How much is planned within the quota's time from `start`."""

    def sentence(self, channel_name: str, start: str) -> str:
        """What is planned; `start` is written for people."""
        return _(
            "`{channel}`: {count} {unit} within {span} from {start}",
            channel=channel_name,
            count=self.planned,
            unit=_(self.quota.unit),
            span=_(_WINDOWS[self.quota.per][1]),
            start=start,
        )

    def limit(self, network_name: str) -> str:
        """What the network takes instead."""
        return _("at most {most}, as {network} takes from one account", most=fact_amount(self.quota), network=_(network_name))


def dated_quotas(facts: Facts) -> tuple[Fact, ...]:
    """The quotas of an hour, a day or a month. How fast requests may follow one another is a matter of sending, not of planning."""
    return tuple(quota for quota in facts.quotas if quota.per in _WINDOWS)


def find_excesses(facts: Facts, sends: Sequence[PlannedSend], now: datetime) -> Iterator[Excess]:
    """Where the publications of one account, in time order, go beyond a quota of its network: each crowd once.

    Parts are counted only where the most that there can be would be too many.
    """
    for quota in dated_quotas(facts):
        most = [(send.at, _taken(quota, facts, _most_parts(facts, send.post), send.post)) for send in sends]
        if next(_crowds(most, quota, now), None) is not None:
            yield from _crowds([(send.at, _taken(quota, facts, send.count_parts(), send.post)) for send in sends], quota, now)


def _taken(quota: Fact, facts: Facts, parts: int, post: Post) -> int:
    """How much of a quota a publication of so many parts takes. Of requests it is the least: each part needs one."""
    match quota.unit:
        case "posts":
            # Where replies have a quota of their own, a thread is one post.
            return 1 if any(other.unit == "replies" for other in facts.quotas) else parts
        case "replies":
            return parts - 1
        case "reels":
            return int(post.front.format == "reel")
        case "requests":
            return parts
    return 0


def _most_parts(facts: Facts, post: Post) -> int:
    """The most parts that a post can have: a part has ten characters at least where the tool breaks a text."""
    if not facts.has_threads:
        return 1
    return 1 + post.text.count("---") + (len(post.text) // 10 if "auto" in post.text else 0)


def _crowds(sends: Sequence[tuple[datetime, int]], quota: Fact, now: datetime) -> Iterator[Excess]:
    """Where sends, each with how much it takes, go beyond a quota."""
    window, _name = _WINDOWS[quota.per]
    first = total = 0
    exceeds = False
    for number, (at, weight) in enumerate(sends):
        total += weight
        while sends[first][0] <= at - window:
            total -= sends[first][1]
            first += 1
        if total <= quota.value:
            exceeds = False
        elif not exceeds and weight and at >= now:
            exceeds = True
            start = sends[first][0]
            yield Excess(quota, number, start, sum(taken for when, taken in sends[first:] if when < start + window))
