"""A file that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """The faults of files that loading the desk found."""
    yield from view.desk_findings(
        "unreadable",
        _("a text file that can be read completely"),
        _("correct that place, then check again"),
    )
