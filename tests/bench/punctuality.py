"""How late posts go out, and how many minutes a month that costs, by a replayed trace of GitHub's cron: with the real holder, on a clock of its own.

    python tests/bench --only punctuality        the table: three years, five posts a week

What is modelled, and seeded: which ticks of the cron start a job and when, how long a job takes to begin, how long git and the network take.
What is real: `publish.holder.Holder`, its gate, its heartbeats, its relay. Nothing of them is copied here.

The model (`Cron`) follows what people reported of GitHub's schedule in 2026: 30 % of the ticks start nothing; once a day nothing starts for one
to four hours; a tick that starts a job does so within 5 minutes (70 %), after a log-normal delay with the median 11 minutes (25 %), or half an
hour to six hours late (5 %). A dispatched run begins within a minute, 98 times of 100. One job of five hundred is lost with its machine.
"""

from __future__ import annotations

import heapq
import math
import random
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from marronnier.ledger.heartbeats import Heartbeat
from marronnier.publish.gate import Gate
from marronnier.publish.holder import Holder, OriginLook
from marronnier.publish.report import RunReport
from marronnier.publish.upcoming_instant import Upcoming

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 86400.0
MONTH = 365.25 / 12 * DAY

SETUP = (25.0, 55.0)
"""Seconds from the beginning of a job until `marronnier` runs: checkout, Python, the lock with its hashes."""
LOOK = 0.5
"""Seconds of `git ls-remote`."""
READS = 3.0
"""Seconds to fetch, read and plan."""
CLAIM = 0.9
"""Seconds of the push that records `sending`."""
SENDS = 0.5
"""Seconds to read the freeze again and to have the network's answer."""


@dataclass(frozen=True)
class Cron:
    """GitHub's schedule, as modelled."""

    dropped: float = 0.30
    outage_hours: tuple[float, float] = (1.0, 4.0)
    dispatched: float = 0.98
    lost: float = 0.002

    def starts(self, ticks: Sequence[float], days: int, dice: random.Random) -> Iterator[float]:
        """When jobs start, for ticks at these seconds of a week."""
        outages = []
        for day in range(days):
            begin = (day + dice.random()) * DAY
            outages.append((begin, begin + 3600 * dice.uniform(*self.outage_hours)))
        for week in range(math.ceil(days / 7)):
            for tick in ticks:
                at = week * 7 * DAY + tick
                if (
                    at >= days * DAY
                    or dice.random() < self.dropped
                    or any(a <= at < b for a, b in outages[max(int(at // DAY) - 1, 0) : int(at // DAY) + 1])
                ):
                    continue
                at += self.delay(dice)
                # What would start within an outage starts after it.
                yield max((b for a, b in outages[max(int(at // DAY) - 1, 0) : int(at // DAY) + 1] if a <= at < b), default=at)

    @staticmethod
    def delay(dice: random.Random) -> float:
        """Seconds by which a tick is late."""
        kind = dice.random()
        if kind < 0.70:
            return dice.uniform(0, 300)
        if kind < 0.95:
            return min(660 * math.exp(dice.gauss(0, 0.7)), 1800.0)
        return dice.uniform(1800, 6 * 3600)


class Clock:
    """The time of one job: seconds since the trace began."""

    def __init__(self, elapsed: float) -> None:
        self.seconds = elapsed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def elapsed(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += max(seconds, 0.0)

    def is_told_to_end(self) -> bool:
        return False

    def set_back(self, by: timedelta) -> None:
        """Nobody sets it."""


@dataclass
class World:
    """What all jobs share: the posts, the ledger, the heartbeats, and the jobs that are yet to start."""

    dues: Sequence[float]
    """When posts are due, in seconds since the trace began, sorted."""
    dice: random.Random
    cron: Cron
    sent: dict[int, float] = field(default_factory=dict)
    beats: dict[str, Heartbeat] = field(default_factory=dict)
    dispatched: list[float] = field(default_factory=list)
    head: int = 0


class Publisher:
    """What a holder works with, in the model."""

    def __init__(self, world: World, clock: Clock, name: str) -> None:
        self.world, self.clock, self.name = world, clock, name

    def look(self, now: datetime) -> OriginLook:
        self.clock.sleep(LOOK)
        return OriginLook(("main", "", str(self.world.head)), tuple(self.world.beats.values()))

    def publish(self, gate: Gate | None) -> RunReport:
        world = self.world
        self.clock.sleep(READS)
        heads = ("main", "", str(world.head))
        if gate is not None and not gate.opens(heads):
            return RunReport((), superseded=True)
        now = self.clock.seconds if gate is None else max(self.clock.seconds, (gate.at - START).total_seconds())
        due = [number for number in range(bisect_right(world.dues, now)) if number not in world.sent]
        if due:
            self.clock.sleep(CLAIM + SENDS)
            world.head += 1
            for number in due:
                world.sent[number] = self.clock.seconds
        first = bisect_right(world.dues, now)
        coming = tuple(Upcoming(START + timedelta(seconds=at), str(at)) for at in world.dues[first : first + 20])
        return RunReport((), upcoming=coming, heads=("main", "", str(world.head)))

    def beat(self, heartbeat: Heartbeat) -> str:
        self.clock.sleep(LOOK)
        self.world.beats = {name: each for name, each in self.world.beats.items() if each.until > heartbeat.at - timedelta(days=1)}
        self.world.beats[self.name] = heartbeat
        return ""

    def start_successor(self) -> str:
        if self.world.dice.random() < self.world.cron.dispatched:
            self.world.dispatched.append(self.clock.seconds + self.world.dice.uniform(5, 60))
        return ""


@dataclass(frozen=True)
class Scheme:
    """One way to run the publisher on GitHub."""

    name: str
    ticks: tuple[float, ...]
    """Seconds of the week at which the cron ticks."""
    hold: timedelta | None
    relay: bool = False


@dataclass(frozen=True)
class Lateness:
    """What came of a scheme."""

    seconds: tuple[float, ...]
    minutes_a_month: float
    jobs_a_month: float

    def percentile(self, share: float) -> float:
        return self.seconds[min(int(share * len(self.seconds)), len(self.seconds) - 1)]

    @property
    def over_a_minute(self) -> float:
        return sum(late > 60 for late in self.seconds) / len(self.seconds)


def every(minutes: int, at: int = 0, hours: range = range(24)) -> tuple[float, ...]:
    """The seconds of a week at which `at-59/minutes` ticks, within these hours."""
    return tuple(day * DAY + hour * 3600 + minute * 60 for day in range(7) for hour in hours for minute in range(at, 60, minutes))


def posts(days: int, a_week: int, dice: random.Random) -> list[float]:
    """When posts are due: between 7 and 21 o'clock, on any minute."""
    return sorted(
        (week * 7 + dice.randrange(7)) * DAY + dice.randrange(7 * 60, 21 * 60) * 60.0 for week in range(days // 7) for _ in range(a_week)
    )


def live(scheme: Scheme, days: int, *, a_week: int = 5, seed: int = 10, cron: Cron = Cron()) -> Lateness:
    """Live through the trace with one scheme."""
    dice = random.Random(seed)
    world = World(posts(days, a_week, random.Random(seed + 1)), random.Random(seed + 2), cron)
    order = count()
    waiting: list[tuple[float, int, Job]] = []
    for at in cron.starts(scheme.ticks, days, dice):
        heapq.heappush(waiting, (at, next(order), Job(scheme, world, at, f"run-{next(order)}")))
    billed: list[int] = []
    while waiting:
        at, number, job = heapq.heappop(waiting)
        again = job.wake()
        if again is not None:
            heapq.heappush(waiting, (again, number, job))
        else:
            billed.append(math.ceil((job.clock.seconds - job.began) / 60))
        for start in world.dispatched:
            heapq.heappush(waiting, (start, next(order), Job(scheme, world, start, f"run-{next(order)}")))
        world.dispatched.clear()
    late = sorted(world.sent.get(number, days * DAY) - due for number, due in enumerate(world.dues[: -2 * a_week]))
    months = days * DAY / MONTH
    return Lateness(tuple(late), sum(billed) / months, len(billed) / months)


class Job:
    """One job on GitHub."""

    def __init__(self, scheme: Scheme, world: World, at: float, name: str) -> None:
        self.scheme, self.world = scheme, world
        self.clock, self.began = Clock(at), at
        self.name = name
        self.is_set_up = False
        self.holder: Holder | None = None
        dice = world.dice
        self.dies_at = at + dice.uniform(0, 6 * 3600) if dice.random() < world.cron.lost else math.inf

    def wake(self) -> float | None:
        """Do what is to be done now; when to wake next, None at its end."""
        if not self.is_set_up:
            self.is_set_up = True
            self.clock.sleep(self.world.dice.uniform(*SETUP))
            return self.clock.seconds
        publisher = Publisher(self.world, self.clock, self.name)
        if self.scheme.hold is None:
            publisher.publish(None)
            return None
        if self.holder is None:
            self.holder = Holder(publisher, self.clock, lambda _notice: None, lambda _report: None, self.scheme.hold, self.scheme.relay)
        if self.clock.seconds >= self.dies_at:
            return None
        pause = self.holder.wake()
        if pause is None:
            return None
        self.clock.sleep(pause)
        return self.clock.seconds


QUARTERS, HOLD = every(15, 7), timedelta(hours=5, minutes=30)
PUBLIC_PLAIN = Scheme("`*/5 * * * *` | `publish`", every(5), None)
PUBLIC_SHORT = Scheme("`7,22,37,52 * * * *` | `--hold 60m`", QUARTERS, timedelta(hours=1))
PUBLIC_HOLD = Scheme("`7,22,37,52 * * * *` | `--hold 5h30m`", QUARTERS, HOLD)
PUBLIC_RELAY = Scheme("`7,22,37,52 * * * *` | `--hold 5h30m --relay`", QUARTERS, HOLD, relay=True)
DAYTIME = range(6, 21)
THRIFTY_DEFAULT = Scheme("`7,37 6-20 * * *` | `--hold 65m`", every(30, 7, DAYTIME), timedelta(minutes=65))
SCHEMES = (
    PUBLIC_PLAIN,
    Scheme("`7,22,37,52 * * * *` | `publish`", QUARTERS, None),
    PUBLIC_SHORT,
    PUBLIC_HOLD,
    PUBLIC_RELAY,
    Scheme("`7 6-20 * * *` | `--hold 75m`", every(60, 7, DAYTIME), timedelta(minutes=75)),
    Scheme("`7 6-20 * * *` | `--hold 105m`", every(60, 7, DAYTIME), timedelta(minutes=105)),
    Scheme("`7,37 6-20 * * *` | `--hold 40m`", every(30, 7, DAYTIME), timedelta(minutes=40)),
    THRIFTY_DEFAULT,
    Scheme("`7,27,47 6-20 * * *` | `--hold 45m`", every(20, 7, DAYTIME), timedelta(minutes=45)),
)


def span(seconds: float) -> str:
    """Seconds as people read them."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def print_table(days: int = 3 * 364) -> None:
    """Print what comes of each scheme."""
    print("| cron | run | half within | 90 % | 99 % | the latest | over a minute | minutes a month | jobs a month |")
    print("|---|---|---|---|---|---|---|---|---|")
    for scheme in SCHEMES:
        found = live(scheme, days)
        spans = " | ".join(span(found.percentile(share)) for share in (0.5, 0.9, 0.99, 1.0))
        print(
            f"| {scheme.name} | {spans} | {found.over_a_minute:.1%} | {found.minutes_a_month:,.0f} | {found.jobs_a_month:,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    print_table()
