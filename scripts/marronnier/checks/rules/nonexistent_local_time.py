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
    for place, unresolvable, hour in unresolvable_dates(view, "nonexistent"):
        written, zone = unresolvable.written, unresolvable.zone.key
        yield Finding(
            "nonexistent-local-time",
            LEVEL,
            place,
            _("{written} does not exist in {zone}: the clocks go forward and skip it", written=written, zone=zone),
            _("a time that exists, or which time is meant"),
            _(
                "write `{hour} earlier` for {earlier}, or `{hour} later` for {later}",
                hour=hour,
                earlier=unresolvable.reading("earlier"),
                later=unresolvable.reading("later"),
            ),
        )
