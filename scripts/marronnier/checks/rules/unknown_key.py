"""A key that no one reads."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """What reading met."""
    yield from view.said_when_read.get("unknown-key", ())
