"""Reasons that stop a whole run before anything is sent: a shallow clone, settings that cannot be read, a freeze, the brakes."""

from __future__ import annotations

from collections.abc import Callable

from marronnier.messages import _
from marronnier.model.plan import Plan, PlanLine
from marronnier.proofs.situation_loader import CommittedSituation


def unusable_reason(situation: CommittedSituation) -> str:
    """Why a run cannot work with this clone or these settings; empty when it can."""
    if situation.evidence.shallow:
        return _(
            "this clone is shallow, and without its history no approval can be proved: run `git fetch --unshallow`, or set `fetch-depth: 0` where the workflow checks out"
        )
    if situation.desk.brand.clock is not None and not situation.standing.document.has_clock:
        # Whoever may push could set it to the hour of any embargo.
        return _(
            "`clock` in brand/brand.yml is new, and nothing goes out by it before it is approved: run `marronnier approve --policy`, or take it out"
        )
    broken = situation.desk.settings_errors
    return _("{place} is wrong, so nothing goes out: {message}", place=broken[0].place, message=broken[0].message) if broken else ""


def repository_reason(situation: CommittedSituation) -> str:
    """Why nothing may go out from this repository, as the forge tells; empty when it may."""
    evidence = situation.evidence
    return evidence.forge.repository_problem(evidence.repository, private=situation.desk.brand.private)


def stop_reason(plan: Plan, situation: CommittedSituation, freeze_reason: Callable[[], str], *, release_brakes: bool) -> str:
    """Why nothing that is due may be sent, a freeze or the brakes; empty when it may be sent, or when nothing is due."""
    due = plan.due()
    stopped_by_freeze = situation.desk.freeze is not None and any(_is_overdue(line, plan) for line in plan.lines)
    if not due and not stopped_by_freeze:
        return ""
    if why := freeze_reason():
        return why
    if plan.braked and not release_brakes:
        return _(
            "{count} publications are due at once, more than brakes.at_once ({most}): an import, a wrong year or a wrong clock? Look at `marronnier plan`, then run `marronnier publish --release-brakes`",
            count=len(due),
            most=plan.at_once,
        )
    return ""


def _is_overdue(line: PlanLine, plan: Plan) -> bool:
    """Whether a held publication's instant has passed. Under a freeze the state `due` is never given."""
    return line.state == "held" and not line.proposal and line.instant.at is not None and line.instant.at <= plan.now
