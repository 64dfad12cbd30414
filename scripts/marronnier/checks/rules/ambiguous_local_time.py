"""A local time that exists twice, because the clocks go back."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.clock_changes import unresolvable_dates
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every written date in the repeated hour of autumn, once for each place it is written."""
    for place, written, zone, next in unresolvable_dates(view, "ambiguous"):
        message = _("{written} exists twice in {zone}: the clocks go back over it", written=written, zone=zone)
        yield Finding("ambiguous-local-time", LEVEL, place, message, _("which of the two is meant"), next)
