"""A date that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """What reading met."""
    yield from view.read(
        "invalid-date",
        _("a date like 2026-12-05 10:00"),
        _("write it anew, the year first"),
    )
