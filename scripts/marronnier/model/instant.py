"""When one publication goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

InstantProblem = Literal[
    "", "nonexistent", "ambiguous", "unknown-slot", "no-free-slot", "bad-repeat", "no-date", "bad-zone", "unknown-network"
]


@dataclass(frozen=True, slots=True)
class Instant:
    """When one publication goes out, and what made it so."""

    at: datetime | None
    """UTC; None while no instant can be given."""
    basis: str
    """`written`, `slot:NAME`, `next`, `repeat`, `when-approved`, `idea`."""
    note: str = ""
    """What moved it, or why there is no instant, in a sentence for people."""
    problem: InstantProblem = ""
    """Why there is no instant, for the rules; empty when there is one, or when none is wanted (an idea, `when-approved`)."""
