"""A date that cannot be read, or is missing."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Dates that could not be read, and posts that are no ideas and have neither date nor slot."""
    yield from view.desk_findings(
        "invalid-date",
        _("a date like 2026-12-05 10:00"),
        _("write it again with the year first"),
    )
    undated = {line.post.path: line.post for line in view.lines.all if line.instant.problem == "no-date"}
    for post in undated.values():
        message = _("no date and no slot are written")
        expected = _("when it goes out: `date: 2026-12-05 10:00`, `date: when-approved` or `slot: next`")
        next = _("write one of them, or move the file to content/ideas/")
        yield Finding("invalid-date", LEVEL, post.place("date"), message, expected, next)
