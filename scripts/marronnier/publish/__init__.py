"""Publishing once: settle debts, seal what is approved, send what is due. Reads commits, never the working directory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

from marronnier import checks, plan
from marronnier.git import Repo
from marronnier.ledger import Ledger, checkpoint
from marronnier.messages import Trouble, _
from marronnier.model.finding import Finding
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.publication import current_and_former_keys
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.proofs.load import CommittedSituation, load_situation, with_ledger
from marronnier.publish import brakes, freeze
from marronnier.publish.media import picture_reader
from marronnier.publish.report import Rehearsal, RunReport, Step
from marronnier.publish.run import Run, boot_seconds
from marronnier.publish.seal import seal_all
from marronnier.publish.send import send_all
from marronnier.publish.settle import settle_all
from marronnier.web import Web

__all__ = ["Rehearsal", "RunReport", "Step", "rehearse", "run"]


def run(repo: Repo, now: datetime, *, surroundings: Mapping[str, str], release_brakes: bool = False) -> RunReport:
    """Publish everything that is due, once.

    `now` is aware; `surroundings` is the environment (secrets, freeze, the run's name).
    Raises Trouble when there is no ledger to remember with.
    """
    freeze.update_default_branch(repo)
    situation = load_situation(repo, now, proposals=False)
    if why := brakes.unusable_reason(situation):
        return RunReport((), why)
    ledger = _ledger_of(situation)
    secrets = secrets_reader(surroundings, situation.desk.brand, situation.desk.channels)
    web = Web(loopback=situation.desk.brand.clock is not None)
    this = Run(_name(surroundings), now, freeze.freeze_check(repo, surroundings), secrets, picture_reader(repo), web, boot_seconds())
    planned = plan.make(situation)
    settled, ledger = settle_all({key: line for line in planned.lines for key in current_and_former_keys(line.publication)}, ledger, this)
    situation = with_ledger(situation, ledger)
    sealed, ledger = seal_all(situation, plan.make(situation), _errors, ledger, now)
    situation = with_ledger(situation, ledger)
    planned = plan.make(situation)
    steps = [*settled, *sealed]
    waiting = _waiting(planned)
    if why := brakes.stop_reason(planned, situation, this.frozen, release_brakes=release_brakes):
        return RunReport(tuple(steps), why, waiting)
    due = [line for line in planned.due() if ledger.history(line.key).seal is not None]
    sent, ledger = send_all(due, ledger, this)
    checkpoint(ledger, now)
    return RunReport((*steps, *sent), waiting=waiting)


def rehearse(repo: Repo, now: datetime, *, surroundings: Mapping[str, str], release_brakes: bool = False) -> Rehearsal:
    """What a run would send now, without recording anything: `--dry-run`."""
    freeze.update_default_branch(repo)
    situation = load_situation(repo, now, proposals=False)
    planned = plan.make(situation)
    faulty = {finding.place.path: finding for finding in _errors(situation, planned)}
    due = planned.due()
    held = {
        line.key: str(faulty[line.publication.post.path]) for line in due if _is_unsealed(line) and line.publication.post.path in faulty
    }
    frozen = freeze.freeze_check(repo, surroundings)
    why = brakes.unusable_reason(situation) or brakes.stop_reason(planned, situation, frozen, release_brakes=release_brakes)
    return Rehearsal(tuple(line for line in due if line.key not in held), held, why)


def _is_unsealed(line: PlanLine) -> bool:
    return line.history is None or line.history.seal is None


def _ledger_of(situation: CommittedSituation) -> Ledger:
    if not situation.ledger.exists:
        raise Trouble(
            _("There is no ledger yet: nothing can be published without one"),
            _("Run `marronnier ledger init`, commit brand/brand.yml, then publish again."),
        )
    return situation.ledger


def _waiting(planned: Plan) -> tuple[PlanLine, ...]:
    """What should have gone out by now, and waits for a person."""
    return tuple(
        line
        for line in planned.lines
        if line.shown_state == "needs you"
        and line.state != "edited"
        and not line.proposal
        and line.instant.at is not None
        and line.instant.at <= planned.now
    )


_BY_PUBLICATION = frozenset({"duplicate-text", "identity-changed"})
"""Rules that tell in the post what the plan refuses channel by channel: on its other channels the post still goes out."""


def _errors(situation: CommittedSituation, planned: Plan) -> list[Finding]:
    """What the rules refuse in the posts that could be sealed now."""
    paths = {
        line.publication.post.path for line in planned.lines if line.state in ("ready", "due") and not line.proposal and _is_unsealed(line)
    }
    if not paths:
        return []
    return [
        finding
        for finding in checks.run(situation, inspected=paths)
        if finding.level == "error" and finding.place.path in paths and finding.rule not in _BY_PUBLICATION
    ]


def _name(surroundings: Mapping[str, str]) -> str:
    """The run's name: the workflow's run id and attempt, else the process."""
    if run_id := surroundings.get("GITHUB_RUN_ID"):
        return f"github-{run_id}-{surroundings.get('GITHUB_RUN_ATTEMPT', '1')}"
    return f"process-{os.getpid()}-{int(boot_seconds() * 1000)}"
