"""A run's clock, compared with others': origin's, a server's, or the ledger's last record. More than a minute apart, nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier.messages import _
from marronnier.publish.run import MAX_CLOCK_SKEW, boot_seconds


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The instant that the run read, and the seconds since then, which a step of the machine's clock cannot change."""

    now: datetime
    """Aware: the instant that the run works with."""
    read_at: float
    """`boot_seconds()` when `now` was read."""

    def at(self, seconds: float) -> datetime:
        """What this clock said when `boot_seconds()` was that."""
        return self.now + timedelta(seconds=seconds - self.read_at)

    def skew_reason(self, date: datetime, asked: float, answered: float | None = None) -> str:
        """Why nothing may be sent, as a server's header Date tells; empty when the clocks agree.

        `asked` and `answered` are `boot_seconds()` around the request: the server read its clock in between.
        """
        first, last = self.at(asked), self.at(boot_seconds() if answered is None else answered)
        # A Date has whole seconds.
        early, late = first - date - timedelta(seconds=1), date - last
        if max(early, late) <= MAX_CLOCK_SKEW:
            return ""
        if early > late:
            return _(
                "the clock of this run is {seconds} seconds ahead of the server's, and nothing is sent on a wrong clock: set the clock of this machine",
                seconds=round(early.total_seconds()),
            )
        return _(
            "the clock of this run is {seconds} seconds behind the server's, and nothing is sent on a wrong clock: set the clock of this machine",
            seconds=round(late.total_seconds()),
        )


def behind_ledger_reason(now: datetime, recorded: datetime) -> str:
    """Why nothing may be sent where no server tells the time: the ledger's last record is later than this run. Empty when it is not."""
    if recorded - now <= MAX_CLOCK_SKEW:
        return ""
    return _(
        "the ledger's last record is of {instant}, which is {seconds} seconds after this run: the clock of this machine is slow, or the one that recorded is fast. Nothing is sent before both agree. Where this clock is right, run `marronnier publish --trust-clock` once",
        instant=recorded.isoformat(timespec="seconds"),
        seconds=round((recorded - now).total_seconds()),
    )
