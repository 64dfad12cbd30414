"""One run of the publisher: its name, its clock, its lease, and its access to secrets, pictures and the network."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marronnier.networks.kit.accounts import SecretsReader
from marronnier.networks.kit.seam import Locked, Wait
from marronnier.proofs.approved_media import ApprovedMedia
from marronnier.web import Web

LEASE = timedelta(minutes=10)
"""How long a claim is in force."""
MAX_CLOCK_SKEW = timedelta(seconds=60)
"""The most that a run's clock may differ from origin's or a server's. A run whose clock differs more sends nothing."""
LEASE_MARGIN = timedelta(minutes=2)
"""A run stops sending this long before its lease ends: a request takes time."""


@dataclass(frozen=True)
class Run:
    """One run of the publisher."""

    name: str
    """Unique to this run: the workflow's run id, or the process."""
    now: datetime
    """Aware, UTC."""
    freeze_reason: Callable[[], str]
    """Called before each send: why nothing may be sent, or empty."""
    secrets: SecretsReader
    """A channel's secrets, by channel name. Raises Locked when one is missing, or the host may not be reached."""
    media: ApprovedMedia
    """The media at the commits of seals, compared with what was approved."""
    web: Web
    """HTTP, to the hosts that this brand may reach."""
    started: float
    """`boot_seconds()` from before `now` was read."""
    identified: dict[str, Locked | Wait | None] = field(default_factory=dict)
    """Of each channel whose account was asked: why nothing may be sent there in this run, or None."""
    skew_reason: Callable[[datetime, float], str] | None = None
    """Why a server's clock and this run's cannot both be right, or empty: its Date, and `boot_seconds()` before it was asked.

    None where origin has told the time, and for a brand with a clock of its own.
    """
    is_told_to_end: Callable[[], bool] = lambda: False
    """Called before each send: whether somebody told this process to end."""
    public_address: Callable[[str, str], str] | None = None
    """Where the public site shows a file for networks that fetch media themselves, as `SendRequest.public_address`."""
    clocks: dict[str, str] = field(default_factory=dict)
    """Of each channel whose server told the time: what `skew_reason` says of it."""

    @property
    def wrong_clock_reason(self) -> str:
        """Why this run's clock is wrong: servers told the time, and none agrees with it. Empty otherwise: of two that differ, one may be wrong."""
        return next(iter(self.clocks.values()), "") if all(self.clocks.values()) else ""

    def clock_at(self, seconds: float) -> datetime:
        """What this run's clock said when `boot_seconds()` was that."""
        return self.now + timedelta(seconds=seconds - self.started)

    def is_lease_over(self) -> bool:
        """Whether the lease ends within `LEASE_MARGIN` or has ended, as after a pause of the machine. The run must then send nothing more."""
        return boot_seconds() - self.started > (LEASE - LEASE_MARGIN).total_seconds()


def boot_seconds() -> float:
    """Seconds since the machine started, suspended time included. A wall clock may jump; this one cannot."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    # On macOS this one goes on while the machine sleeps, and Python's `monotonic` does not (clock_gettime(3) of macOS, seen 2026-11-28).
    return time.clock_gettime(time.CLOCK_MONOTONIC) if sys.platform == "darwin" else time.monotonic()


def run_name(surroundings: Mapping[str, str]) -> str:
    """A name that no other run has: the workflow's run id and attempt, else the process id and when it started."""
    if run_id := surroundings.get("GITHUB_RUN_ID"):
        return f"github-{run_id}-{surroundings.get('GITHUB_RUN_ATTEMPT', '1')}"
    return f"process-{os.getpid()}-{int(boot_seconds() * 1000)}"
