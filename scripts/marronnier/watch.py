"""The daemon for teams without a forge that runs things: it looks at origin every minute, and publishes to the second, on `schedule`.

`schedule` has two habits that a daemon must not have: it compares naive local time, which is set forward and back twice a year and
whenever somebody sets the clock, and a job that raises is not scheduled again. Both are guarded here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import schedule

from marronnier.publish.holder import SLOWEST, Holder
from marronnier.publish.timepiece import Timepiece

_START = datetime(1970, 1, 1)  # noqa: DTZ001 - not an instant: what `schedule` compares are seconds since the machine was started


class _Job(schedule.Job):
    """A job whose pause is counted in seconds that no step of the clock changes."""

    scheduler: _Scheduler
    pause: float = 0.0
    """Seconds from the end of one run to the next."""

    @property
    def should_run(self) -> bool:
        """Whether its pause is over."""
        return self.next_run is not None and self.scheduler.seconds_until(self.next_run) <= 0

    def _schedule_next_run(self) -> None:
        self.next_run = self.scheduler.moment() + timedelta(seconds=self.pause)


class _Scheduler(schedule.Scheduler):
    """A scheduler that goes by a timepiece."""

    def __init__(self, timepiece: Timepiece) -> None:
        super().__init__()
        self._timepiece = timepiece

    def moment(self) -> datetime:
        """Now, as seconds since the machine was started."""
        return _START + timedelta(seconds=self._timepiece.elapsed())

    def seconds_until(self, moment: datetime) -> float:
        """Seconds until a moment of this scheduler."""
        return (moment - self.moment()).total_seconds()

    def every(self, interval: int = 1) -> _Job:
        """A new job."""
        return _Job(interval, self)


def watch(holder: Holder, timepiece: Timepiece, failed: Callable[[Exception], None]) -> None:
    """Be a daemon until somebody ends it. `failed` is told of an error of our own; the daemon goes on after it."""
    scheduler = _Scheduler(timepiece)
    job = scheduler.every()
    job.seconds.do(_wake, holder, job, failed)
    while not timepiece.is_told_to_end():
        scheduler.run_pending()
        timepiece.sleep(max(scheduler.seconds_until(job.next_run), 0.0) if job.next_run is not None else SLOWEST)
    # It says goodbye, and leaves word that nobody waits any more.
    holder.wake()


def _wake(holder: Holder, job: _Job, failed: Callable[[Exception], None]) -> None:
    """Wake the holder; whatever goes wrong, the job is scheduled again."""
    try:
        job.pause = holder.wake() or 0.0
    except Exception as error:  # noqa: BLE001 - a daemon outlives what one wake-up does to it
        failed(error)
        job.pause = SLOWEST
