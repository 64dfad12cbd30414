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
from marronnier.model.planned import Planned
from marronnier.networks.accounts import secrets_from
from marronnier.plan import Assembled
from marronnier.plan.making import former_keys
from marronnier.publish import freezing, stopping
from marronnier.publish.outcome import Outcome, Rehearsal, Step
from marronnier.publish.reach import pictures_from
from marronnier.publish.run import Run, boot_seconds
from marronnier.publish.sealing import seal_all
from marronnier.publish.sending import send_all
from marronnier.publish.settling import settle_all
from marronnier.web import Web

__all__ = ["Outcome", "Rehearsal", "Step", "rehearse", "run"]


def run(repo: Repo, now: datetime, *, surroundings: Mapping[str, str], release_brakes: bool = False) -> Outcome:
    """Publish everything that is due, once.

    `now` is aware; `surroundings` is the environment (secrets, freeze, the run's name).
    Raises Trouble when there is no ledger to remember with.
    """
    freezing.bring(repo)
    assembled = plan.assemble(repo, now, proposals=False)
    if why := stopping.broken(assembled):
        return Outcome((), why)
    ledger = _ledger_of(assembled)
    secrets = secrets_from(surroundings, assembled.desk.brand, assembled.desk.channels)
    web = Web(loopback=assembled.desk.brand.clock is not None)
    this = Run(_name(surroundings), now, freezing.watch(repo, surroundings), secrets, pictures_from(repo), web, boot_seconds())
    settled, ledger = settle_all({key: line for line in assembled.plan.lines for key in former_keys(line.publication)}, ledger, this)
    assembled = plan.reassemble(assembled, ledger)
    sealed, ledger = seal_all(assembled, _errors, ledger, now)
    assembled = plan.reassemble(assembled, ledger)
    steps = [*settled, *sealed]
    waiting = _waiting(assembled)
    if why := stopping.stopped(assembled, this.frozen, release_brakes=release_brakes):
        return Outcome(tuple(steps), why, waiting)
    due = [line for line in assembled.plan.due() if ledger.history(line.key).seal is not None]
    sent, ledger = send_all(due, ledger, this)
    checkpoint(ledger, now)
    return Outcome((*steps, *sent), waiting=waiting)


def rehearse(repo: Repo, now: datetime, *, surroundings: Mapping[str, str], release_brakes: bool = False) -> Rehearsal:
    """What a run would send now, without recording anything: `--dry-run`."""
    freezing.bring(repo)
    assembled = plan.assemble(repo, now, proposals=False)
    faulty = {finding.place.path: finding for finding in _errors(assembled)}
    due = assembled.plan.due()
    held = {
        line.key: str(faulty[line.publication.post.path]) for line in due if _is_unsealed(line) and line.publication.post.path in faulty
    }
    frozen = freezing.watch(repo, surroundings)
    why = stopping.broken(assembled) or stopping.stopped(assembled, frozen, release_brakes=release_brakes)
    return Rehearsal(tuple(line for line in due if line.key not in held), held, why)


def _is_unsealed(line: Planned) -> bool:
    return line.history is None or line.history.seal is None


def _ledger_of(assembled: Assembled) -> Ledger:
    if not assembled.ledger.exists:
        raise Trouble(
            _("There is no ledger yet: nothing can be published without its memory"),
            _("Run `marronnier ledger init`, commit brand/brand.yml, then publish again."),
        )
    return assembled.ledger


def _waiting(assembled: Assembled) -> tuple[Planned, ...]:
    """What should have gone out by now, and waits for a person."""
    return tuple(
        line
        for line in assembled.plan.lines
        if line.shown == "needs you"
        and line.state != "edited"
        and not line.proposal
        and line.instant.at is not None
        and line.instant.at <= assembled.plan.now
    )


_BY_PUBLICATION = frozenset({"duplicate-text", "identity-changed"})
"""Rules that tell in the post what the plan refuses channel by channel: on its other channels the post still goes out."""


def _errors(assembled: Assembled) -> list[Finding]:
    """What the rules refuse in the posts that could be sealed now."""
    paths = {
        line.publication.post.path
        for line in assembled.plan.lines
        if line.state in ("ready", "due") and not line.proposal and _is_unsealed(line)
    }
    if not paths:
        return []
    found = checks.run(
        assembled.desk,
        assembled.timetable,
        assembled.histories,
        assembled.plan.now,
        began=assembled.ledger.began,
        payload=assembled.ledger.payload,
        opened=paths,
    )
    return [
        finding for finding in found if finding.level == "error" and finding.place.path in paths and finding.rule not in _BY_PUBLICATION
    ]


def _name(surroundings: Mapping[str, str]) -> str:
    """The run's name: the workflow's run id and attempt, else the process."""
    if run_id := surroundings.get("GITHUB_RUN_ID"):
        return f"github-{run_id}-{surroundings.get('GITHUB_RUN_ATTEMPT', '1')}"
    return f"process-{os.getpid()}-{int(boot_seconds() * 1000)}"
