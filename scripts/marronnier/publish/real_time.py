"""Real time, beside the `now` of a run, which may be a brand's clock and then does not advance."""

from __future__ import annotations

from datetime import UTC, datetime


def real_now() -> datetime:
    """The instant by this machine's clock."""
    return datetime.now(UTC)
