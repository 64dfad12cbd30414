"""The gate: a run that was begun some seconds early waits here until its instant has come, and looks once more whether anything changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from marronnier.publish.timepiece import STEP, Timepiece

EARLY = 0.01
"""Seconds by which a sleep may end too soon."""
LAST_LOOK = 1.5
"""Seconds before the instant at which origin is looked at for the last time."""


@dataclass
class Gate:
    """What a run passes before it claims: everything is read by then, and the instant has not come yet."""

    at: datetime
    """The instant that the run works with."""
    timepiece: Timepiece
    is_unchanged: Callable[[tuple[str, ...]], bool]
    """Whether origin still has these heads, asked now."""
    prepared: float = 0.0
    """Seconds that the run spent before it came here."""

    def __post_init__(self) -> None:
        self._began = self.timepiece.elapsed()
        self.ahead = (self.at - self.timepiece.now()).total_seconds()
        """Seconds from the run's beginning to its instant."""

    def opens(self, heads: tuple[str, ...]) -> bool:
        """Wait for the instant; whether nothing changed until then: neither what origin has nor the machine's clock."""
        self.prepared = self.timepiece.elapsed() - self._began
        self._sleep_until(self.ahead - LAST_LOOK)
        if not self.is_unchanged(heads):
            return False
        self._sleep_until(self.ahead)
        after = self.timepiece.elapsed() - self._began - self.ahead
        # Set back meanwhile, the instant has not come; set forward, nobody knows which of the two was right.
        is_set = abs((self.timepiece.now() - self.at).total_seconds() - after) >= STEP
        return after > -EARLY and not is_set and not self.timepiece.is_told_to_end()

    def _sleep_until(self, seconds: float) -> None:
        """Sleep until so many seconds after the run's beginning, or until somebody interrupts."""
        left = self._began + seconds - self.timepiece.elapsed()
        if left > 0 and not self.timepiece.is_told_to_end():
            self.timepiece.sleep(left)
