"""An hour that the clocks jump over."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.clock_changes import unresolvable_dates
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every written date that falls into the gap of spring, once for each place it is written."""
    for place, trouble, hour in unresolvable_dates(view, "nonexistent"):
        written, zone = trouble.written, trouble.zone.key
        yield Finding(
            "nonexistent-local-time",
            LEVEL,
            place,
            _("{written} does not exist in {zone}: the clocks go forward and jump over it", written=written, zone=zone),
            _("an hour that the clocks show, or the word that says which is meant"),
            _(
                "write `{hour} earlier` for {earlier}, or `{hour} later` for {later}",
                hour=hour,
                earlier=trouble.describe_reading("earlier"),
                later=trouble.describe_reading("later"),
            ),
        )
