"""What stops a whole run before anything is sent: a clone without its history, settings that cannot be read, a freeze, the brakes."""

from __future__ import annotations

from collections.abc import Callable

from marronnier.messages import _
from marronnier.model.plan import PlanLine
from marronnier.plan import Assembled


def unusable_reason(assembled: Assembled) -> str:
    """Why nothing can be proved here, or the brand's settings cannot be trusted; empty when all is well."""
    if assembled.witness.shallow:
        return _(
            "this clone is shallow, and without its history no approval can be proved: run `git fetch --unshallow`, or set `fetch-depth: 0` where the workflow checks out"
        )
    found = assembled.desk.broken
    return _("{place} is wrong, so nothing goes out: {message}", place=found[0].place, message=found[0].message) if found else ""


def stop_reason(assembled: Assembled, frozen: Callable[[], str], *, release_brakes: bool) -> str:
    """Why nothing of what is due may go out; empty when it may, or when nothing is due."""
    due = assembled.plan.due()
    stopped_by_freeze = assembled.desk.freeze is not None and any(_is_overdue(line, assembled) for line in assembled.plan.lines)
    if not due and not stopped_by_freeze:
        return ""
    if why := frozen():
        return why
    if assembled.plan.braked and not release_brakes:
        return _(
            "{count} publications are due at once, more than brakes.at_once ({most}): an import, a wrong year or a wrong clock? Look at `marronnier plan`, then run `marronnier publish --release-brakes`",
            count=len(due),
            most=assembled.desk.brand.brakes.at_once,
        )
    return ""


def _is_overdue(line: PlanLine, assembled: Assembled) -> bool:
    """Whether its hour came while it is held: under a freeze nothing counts as due."""
    return line.state == "held" and not line.proposal and line.instant.at is not None and line.instant.at <= assembled.plan.now
