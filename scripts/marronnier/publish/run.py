"""One run of the publisher: its name, its clock, and what it may reach."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier.model.publication import Picture
from marronnier.networks.kit.accounts import Secrets
from marronnier.web import Web

LEASE = timedelta(minutes=10)
"""How long a claim holds."""
LEASE_MARGIN = timedelta(minutes=2)
"""A run stops sending this long before its lease ends: a request takes time."""


@dataclass(frozen=True)
class Run:
    """One run of the publisher."""

    name: str
    """Told apart from all other runs: the workflow's run id, or the machine and process."""
    now: datetime
    """Aware, UTC."""
    frozen: Callable[[], str]
    """Read again before each send: why nothing may go out, or empty."""
    secrets: Secrets
    """The values of a channel's secrets. Raises Locked when one is missing, or the channel is out of reach."""
    pictures: Callable[[str, Picture], bytes]
    """The bytes of a picture at the commit of a seal. Raises Refused when they are not those that were approved."""
    web: Web
    """The net, as far as this brand may reach it."""
    started: float
    """`boot_seconds()` when the run began."""

    def is_lease_over(self) -> bool:
        """Whether this run slept past its lease (a paused machine): then it must not send any more."""
        return boot_seconds() - self.started > (LEASE - LEASE_MARGIN).total_seconds()


def boot_seconds() -> float:
    """Seconds since the machine started, those it slept through too: a wall clock may jump, this one cannot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
