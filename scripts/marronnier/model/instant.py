"""The instant at which one publication goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

InstantProblem = Literal[
    "", "nonexistent", "ambiguous", "unknown-slot", "no-free-slot", "bad-repeat", "no-date", "bad-zone", "unknown-network"
]


@dataclass(frozen=True, slots=True)
class Instant:
    """When one publication goes out, and what that was derived from."""

    at: datetime | None
    """In UTC; None while there is no instant."""
    basis: str
    """One of `written`, `slot:NAME`, `next`, `repeat`, `when-approved`, `idea`."""
    note: str = ""
    """Why the instant was moved, or why there is none, in a sentence for people."""
    problem: InstantProblem = ""
    """Why there is no instant, as a code for the rules; empty when there is one, or when none is needed (an idea, `when-approved`)."""
