"""An hour that comes twice."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.clock_changes import unresolvable_dates
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every written date that falls into the doubled hour of autumn, once for each place it is written."""
    for place, trouble, hour in unresolvable_dates(view, "ambiguous"):
        written, zone = trouble.written, trouble.zone.key
        yield Finding(
            "ambiguous-local-time",
            LEVEL,
            place,
            _("{written} comes twice in {zone}: the clocks go back, and show it again", written=written, zone=zone),
            _("the word that says which of the two is meant"),
            _(
                "write `{hour} earlier` for {earlier}, or `{hour} later` for {later}",
                hour=hour,
                earlier=trouble.describe_reading("earlier"),
                later=trouble.describe_reading("later"),
            ),
        )
