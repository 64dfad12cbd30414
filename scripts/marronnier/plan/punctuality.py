"""How punctual the publisher is, from what the ledger says of each publication; and whether it still runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier.messages import _, format_length
from marronnier.model.history import History
from marronnier.model.plan import Plan
from marronnier.proofs.situation import Situation

WINDOW = timedelta(days=90)
"""What went out earlier is not counted any more."""
TOLERANCE = timedelta(minutes=45)
"""How much later than expected a run may come before everybody is told."""


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How late the publications of some months went out."""

    since: datetime
    lateness: tuple[tuple[int, str], ...]
    """Seconds and key of each publication, the most punctual first."""

    @property
    def count(self) -> int:
        """How many publications were counted."""
        return len(self.lateness)

    def percentile(self, share: float) -> timedelta:
        """The lateness that this share of all publications does not exceed."""
        return timedelta(seconds=self.lateness[max(0, -int(-share * self.count // 1) - 1)][0])

    @property
    def worst(self) -> tuple[timedelta, str]:
        """The greatest lateness, and the key of that publication."""
        seconds, key = self.lateness[-1]
        return timedelta(seconds=seconds), key

    @property
    def within_a_minute(self) -> float:
        """The share of publications that went out within a minute of their instant."""
        return sum(seconds <= 60 for seconds, _key in self.lateness) / self.count

    def as_json(self) -> Mapping[str, object]:
        """For `--format json`: seconds."""
        return {
            "since": self.since.isoformat(),
            "count": self.count,
            "median": self.percentile(0.5).total_seconds(),
            "p90": self.percentile(0.9).total_seconds(),
            "p99": self.percentile(0.99).total_seconds(),
            "worst": {"seconds": self.worst[0].total_seconds(), "key": self.worst[1]},
            "within_a_minute": round(self.within_a_minute, 4),
        }


def punctuality(histories: Mapping[str, History], now: datetime) -> Punctuality | None:
    """The punctuality of the last three months; None where nothing with an hour of its own went out."""
    since = now - WINDOW
    # What went out long ago is told by its receipt: its events are not parsed.
    recent = (history for history in histories.values() if history.receipt is not None and history.receipt.at >= since)
    lateness = sorted((late, history.key) for history in recent if (late := seconds_late(history)) is not None)
    return Punctuality(since, tuple(lateness)) if lateness else None


def seconds_late(history: History) -> int | None:
    """How many seconds after its instant a publication began to go out; None where it had none, or a person decided when it goes.

    A post whose answer was lost counts only if the network's answer was recorded by the run that sent it.
    """
    seal = history.seal
    if history.carried is not None or seal is None or seal.basis == "when-approved" or history.last_event("released") is not None:
        return None
    first = history.sent_parts.get(0)
    late = first.data.get("late") if first is not None else None
    return late if isinstance(late, int) and not isinstance(late, bool) else None


def liveness_notices(plan: Plan, situation: Situation) -> Iterator[str]:
    """Sentences where the publisher did not run when it should have: at a publication's instant, or as often as brand/brand.yml says.

    The working directory of somebody who only looks knows no more than what was fetched; under a fixed clock no run is expected.
    """
    if situation.began is None or situation.desk.brand.clock is not None:
        return
    waiting = [line.instant.at for line in plan.lines if line.state == "due" and not line.proposal and line.instant.at is not None]
    overdue = min(waiting, default=situation.now) + TOLERANCE < situation.now
    every = situation.desk.brand.heartbeat
    if not overdue and every is None:
        return
    last = situation.last_run()
    if overdue and (last is None or last < min(waiting)):
        yield _(
            "A publication was due {length} ago, and the publisher has not run since: start it, or run `marronnier publish`.",
            length=format_length(situation.now - min(waiting)),
        )
    elif every is not None and (last or situation.began) + every + TOLERANCE < situation.now:
        yield _(
            "The publisher ran last {length} ago, and brand/brand.yml expects it every {every} (`heartbeat`): see whether it still runs.",
            length=format_length(situation.now - (last or situation.began)),
            every=format_length(every),
        )
