"""An instant at which a run will have something to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Upcoming:
    """One publication, and when a run will have something to do with it."""

    at: datetime
    key: str
