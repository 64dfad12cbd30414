"""A local time that does not exist, because the clocks go forward."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.clock_changes import unresolvable_dates
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every written date in the skipped hour of spring, once for each place it is written."""
    for place, written, zone, next in unresolvable_dates(view, "nonexistent"):
        message = _("{written} does not exist in {zone}: the clocks go forward and skip it", written=written, zone=zone)
        yield Finding("nonexistent-local-time", LEVEL, place, message, _("a time that exists, or which time is meant"), next)
