"""An unknown key."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """The unknown keys that loading the desk found."""
    yield from view.desk_findings(
        "unknown-key",
        _("a key that this file may have: `marronnier schema` lists them"),
        _("remove it, or list it under `foreign_keys` in brand/brand.yml if another tool uses it"),
    )
