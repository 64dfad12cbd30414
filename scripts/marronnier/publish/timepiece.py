"""Time as a holder reads it and waits for it: this machine's clock, seconds that no step of that clock changes, and the signals that end it."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Protocol

from marronnier.publish.run import boot_seconds

CHUNK = 10.0
"""Seconds of one sleep at most: a machine that was suspended sleeps on afterwards, and must not oversleep by more."""
STEP = 2.0
"""Seconds by which the machine's clock must move apart from the seconds since its start to count as set."""


class Timepiece(Protocol):
    """What tells the time, and waits."""

    def now(self) -> datetime:
        """The instant by this machine's clock: aware, UTC. It may be set forward or back at any moment."""

    def elapsed(self) -> float:
        """Seconds that no step of the clock changes, suspended time included."""

    def sleep(self, seconds: float) -> None:
        """Wait that long; less when the clock is set meanwhile, or when this process is told to end."""

    def is_told_to_end(self) -> bool:
        """Whether somebody told this process to end."""

    def set_back(self, by: timedelta) -> None:
        """Count from an earlier instant than this machine's clock says: it was set forward, and nobody confirms it. A negative length undoes it."""


class SystemTimepiece:
    """The machine's own time. `start` is an instant to count from instead, as `--now` gives it.

    Within `ending_gently`, SIGINT, SIGTERM and SIGHUP interrupt a sleep and nothing else: neither a send nor a git process is cut off by them.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._began = boot_seconds()
        self._ended = False
        self._back = timedelta()
        self._reader, self._writer = -1, -1

    def now(self) -> datetime:
        """The instant by the machine's clock, or counted from `start`."""
        if self._start is not None:
            return self._start + timedelta(seconds=boot_seconds() - self._began)
        return datetime.now(UTC) - self._back

    def elapsed(self) -> float:
        """Seconds since the machine was started."""
        return boot_seconds()

    def sleep(self, seconds: float) -> None:
        """Wait in short sleeps, so that a machine that was suspended notices it."""
        until, apart = boot_seconds() + seconds, self._apart()
        with _signals_delivered():
            while not self._ended and (left := until - boot_seconds()) > 0 and abs(self._apart() - apart) < STEP:
                select.select([self._reader] if self._reader >= 0 else [], [], [], min(left, CHUNK))

    def is_told_to_end(self) -> bool:
        """Whether a signal came; one that waits to be delivered counts."""
        return self._ended or is_signal_held()

    def set_back(self, by: timedelta) -> None:
        """Count from an earlier instant than the machine's clock says."""
        self._back += by

    @contextmanager
    def ending_gently(self) -> Iterator[None]:
        """While this lasts, signals are only noted; the git processes that are started do not hear them either."""
        self._reader, self._writer = os.pipe()
        # `nohup` has the end of a terminal ignored, and so it stays.
        wanted = {number for number in _SIGNALS if number.name != "SIGHUP" or signal.getsignal(number) != signal.SIG_IGN}
        before = {number: signal.signal(number, self._note) for number in wanted}
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            yield
        finally:
            # One that is pending is noted before the program's own answers are back.
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            for number, answer in before.items():
                signal.signal(number, answer)
            for end in (self._reader, self._writer):
                os.close(end)
            self._reader, self._writer = -1, -1

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._ended = True
        if self._writer >= 0:
            os.write(self._writer, b".")

    @staticmethod
    def _apart() -> float:
        """How far the machine's clock is from the seconds since its start."""
        return datetime.now(UTC).timestamp() - boot_seconds()


_SIGNALS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
"""What ends a process: Ctrl+C, a machine or a workflow that ends it, a terminal that is closed."""
_HOLDS_BACK = hasattr(signal, "pthread_sigmask")
"""Whether signals can be held back here: Windows cannot, and a send is cut there as before."""


def is_signal_held() -> bool:
    """Whether a signal to end waits until it is delivered."""
    return _HOLDS_BACK and bool(signal.sigpending() & _SIGNALS)


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold back the signals to end until this is done, and have them delivered then. The git processes that are started do not hear them either."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS) if _HOLDS_BACK else None
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _signals_delivered() -> Iterator[None]:
    """Let signals that were held back arrive, and hold them back again afterwards where they were before."""
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, before & _SIGNALS)
