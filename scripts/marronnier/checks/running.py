"""Run the rules over what people wrote."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from marronnier.checks import allowing, registry
from marronnier.checks.view import View
from marronnier.model.finding import Finding
from marronnier.model.record import History

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.timetable import Timetable

_GRAVITY = {"error": 0, "warning": 1, "notice": 2}


def run(
    desk: Desk,
    timetable: Timetable,
    histories: Mapping[str, History],
    now: datetime,
    *,
    only: Collection[str] | None = None,
    began: datetime | None = None,
    payload: Callable[[str], bytes | None] = lambda _sha256: None,
    follows: Callable[[str], bool] = lambda _commit: True,
) -> list[Finding]:
    """Every finding that no post is allowed, by place.

    `only`: the names of the rules to run; all, when None. `began`: when the ledger began. `payload` gives what was sealed, by its digest;
    `follows` says whether what is judged comes after a commit.
    """
    view = View(desk, timetable, histories, now, began, payload, follows)
    chosen = [rule for rule in registry.every() if only is None or rule.name in only]
    found = allowing.applied((finding for rule in chosen if not rule.last for finding in rule.check(view)), view)
    if only is None:
        found += [finding for rule in chosen if rule.last for finding in rule.check(view)]
        known = registry.names()
        found += [finding for finding in desk.findings if finding.rule not in known]
    return sorted(dict.fromkeys(found), key=_order)


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.place, _GRAVITY[finding.level], finding.rule, finding.message)
