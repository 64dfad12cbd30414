"""Publishing, once: settle debts, seal what is approved, send what is due. Reads commits, never the working directory."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import datetime

from marronnier import checks, plan
from marronnier.git import Repo
from marronnier.ledger import Ledger, record_time, tag_daily_checkpoint
from marronnier.messages import Trouble, _
from marronnier.model.finding import Finding
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.publication import current_and_former_keys
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.proofs.evidence_reader import locked_channels
from marronnier.proofs.situation_loader import CommittedSituation, load_situation, with_ledger
from marronnier.publish import freeze, stop_reasons
from marronnier.publish.accounts import wrong_clock_reason
from marronnier.publish.approved_pictures import picture_reader
from marronnier.publish.clock import Clock, behind_ledger_reason
from marronnier.publish.default_branch import OriginReading, read_origin
from marronnier.publish.policy import distrust_reason, record_policy, reset_policy
from marronnier.publish.read_back import read_back
from marronnier.publish.report import NEEDS_PERSON, Rehearsal, RunReport, Step
from marronnier.publish.run import Run, boot_seconds
from marronnier.publish.seal import seal_all
from marronnier.publish.send import send_all
from marronnier.publish.settle import settle_all
from marronnier.web import Web

__all__ = ["OriginReading", "Rehearsal", "RunReport", "Step", "read_origin", "rehearse", "reset_policy", "run"]


def run(
    repo: Repo,
    now: datetime,
    *,
    surroundings: Mapping[str, str],
    release_brakes: bool = False,
    trust_clock: bool = False,
    started: float | None = None,
    origin: OriginReading | None = None,
) -> RunReport:
    """Do one run of the publisher: settle debts, seal what is approved, send what is due.

    `now` is aware; `surroundings` are the environment's variables (secrets, freeze, the run's name). `started` is `boot_seconds()` from
    before `now` was read: a pause at any moment after that counts. `origin` is what `read_origin` answered after that.
    `trust_clock`: a person says that the clock is right, and that the ledger's last record is of a clock that was fast.
    Raises Trouble when there is no ledger.
    """
    clock = Clock(now, boot_seconds())
    started = clock.read_at if started is None else started
    origin = read_origin(repo) if origin is None else origin
    if origin.stopped:
        return RunReport((), origin.stopped)
    situation = load_situation(repo, now, proposals=False, all_posts=False)
    if why := stop_reasons.unusable_reason(situation):
        return RunReport((), why)
    ledger = _require_ledger(situation)
    if why := ledger.stale or _wrong_clock_reason(situation, clock, origin, trust_clock=trust_clock):
        return RunReport((), why)
    if why := distrust_reason(situation) or stop_reasons.repository_reason(situation):
        return RunReport((), why)
    if trust_clock and (recorded := ledger.recorded_at()) is not None and behind_ledger_reason(now, recorded):
        ledger = record_time(ledger, now)
        situation = with_ledger(situation, ledger)
    policies, ledger = record_policy(situation, ledger, now)
    if policies:
        situation = with_ledger(situation, ledger)
    secrets = secrets_reader(surroundings, situation.desk.brand, situation.desk.channels)
    web = Web(loopback=situation.desk.brand.clock is not None)
    has_told = origin.date is not None or situation.desk.brand.clock is not None
    this_run = Run(
        _run_name(surroundings), now, freeze.cached_freeze_reason(repo, surroundings), secrets, picture_reader(repo), web, started,
        skew_reason=None if has_told else clock.skew_reason,
    )  # fmt: skip
    planned = plan.make(situation)
    lines = _lines_of_open_channels(planned, situation)
    if why := wrong_clock_reason(lines.values(), this_run):
        return RunReport((), why)
    settled, ledger = settle_all(lines, situation.desk.channels, ledger, this_run)
    situation, planned = _with_ledger(situation, planned, ledger)
    sealed, ledger = seal_all(situation, planned, _errors, ledger, now)
    situation, planned = _with_ledger(situation, planned, ledger)
    steps = [*settled, *sealed]
    waiting = _waiting_lines(planned)
    repeats = any(line.key in planned.refusals for line in waiting)
    if why := stop_reasons.stop_reason(planned, situation, this_run.freeze_reason, release_brakes=release_brakes):
        return RunReport(tuple(steps), why, waiting, _next_steps(steps, planned), repeats, policies)
    due = [line for line in planned.due() if ledger.history(line.key).seal is not None]
    sent, ledger = send_all(due, ledger, this_run)
    tag_daily_checkpoint(repo, ledger.head, now)
    deleted, ledger = read_back(_lines_of_open_channels(planned, situation), ledger, this_run)
    steps += [*sent, *deleted]
    if any(step.act in NEEDS_PERSON for step in (*sent, *deleted)):
        planned = plan.make(with_ledger(situation, ledger))
    return RunReport(tuple(steps), this_run.wrong_clock_reason, waiting, _next_steps(steps, planned), repeats, policies)


def _lines_of_open_channels(planned: Plan, situation: CommittedSituation) -> dict[str, PlanLine]:
    """The plan's lines by current and former keys, without those of locked channels.

    Whoever stands where a locked channel speaks now gets neither words nor secrets, not even to say what became of a post.
    """
    locked = locked_channels(situation.desk, situation.standing)
    open_lines = (line for line in planned.lines if line.publication.channel_name not in locked)
    return {key: line for line in open_lines for key in current_and_former_keys(line.publication)}


def _with_ledger(situation: CommittedSituation, planned: Plan, ledger: Ledger) -> tuple[CommittedSituation, Plan]:
    """The situation and its plan with another state of the ledger; as they are where nothing was recorded."""
    if ledger.head == situation.ledger.head:
        return with_ledger(situation, ledger), planned
    newer = with_ledger(situation, ledger)
    return newer, plan.make(newer)


def rehearse(repo: Repo, now: datetime, *, surroundings: Mapping[str, str], release_brakes: bool = False) -> Rehearsal:
    """What a run would send now: `--dry-run`. Nothing is recorded and nothing is sent."""
    clock, origin = Clock(now, boot_seconds()), read_origin(repo)
    if origin.stopped and not repo.has_remote():
        return Rehearsal((), {}, origin.stopped)
    situation = load_situation(repo, now, proposals=False, all_posts=False)
    planned = plan.make(situation)
    faulty = {finding.place.path: finding for finding in _errors(situation, planned)}
    due = planned.due()
    held = {
        line.key: str(faulty[line.publication.post.path]) for line in due if _is_unsealed(line) and line.publication.post.path in faulty
    }
    freeze_reason = freeze.cached_freeze_reason(repo, surroundings)
    why = origin.stopped or stop_reasons.unusable_reason(situation) or _wrong_clock_reason(situation, clock, origin)
    why = why or distrust_reason(situation) or stop_reasons.repository_reason(situation)
    why = why or stop_reasons.stop_reason(planned, situation, freeze_reason, release_brakes=release_brakes)
    return Rehearsal(tuple(line for line in due if line.key not in held), held, why)


def _wrong_clock_reason(situation: CommittedSituation, clock: Clock, origin: OriginReading, *, trust_clock: bool = False) -> str:
    """Why this run's clock may be wrong; empty when it agrees with origin's, or where it has none with the ledger's last record.

    A brand under a clock lives at an instant of its own, and nothing of it leaves this machine.
    """
    if situation.desk.brand.clock is not None:
        return ""
    if origin.date is not None:
        return clock.skew_reason(origin.date, origin.asked, origin.answered)
    recorded = situation.ledger.recorded_at()
    return behind_ledger_reason(clock.now, recorded) if recorded is not None and not trust_clock else ""


def _next_steps(steps: Collection[Step], planned: Plan) -> Mapping[str, str]:
    """What a person can do about each step that needs one, by key, as the plan says."""
    keys = {step.key for step in steps if step.act in NEEDS_PERSON}
    lines = {line.key: line for line in planned.lines if line.key in keys and not line.proposal}
    # What the rules hold back is ready in the plan: that it goes out at its hour is not what comes next.
    held = {step.key for step in steps if step.act == "held" and step.key in lines and lines[step.key].shown_state != "needs you"}
    correct = _("correct that and commit it, and the next `marronnier publish` takes it up; until then it stays on hold")
    return {key: correct if key in held else line.next for key, line in lines.items() if key in held or line.next}


def _is_unsealed(line: PlanLine) -> bool:
    return line.history is None or line.history.seal is None


def _require_ledger(situation: CommittedSituation) -> Ledger:
    if not situation.ledger.exists:
        raise Trouble(
            _("There is no ledger yet: nothing can be published without one"),
            _("Run `marronnier ledger init`, commit brand/brand.yml, then publish again."),
        )
    return situation.ledger


def _waiting_lines(planned: Plan) -> tuple[PlanLine, ...]:
    """Publications whose instant has passed and that wait for a person."""
    return tuple(
        line
        for line in planned.lines
        if line.shown_state == "needs you" and line.state != "edited" and not line.proposal and _is_time_past(line, planned)
    )


def _is_time_past(line: PlanLine, planned: Plan) -> bool:
    """Whether its instant has passed. A copy that would go out as soon as it is approved has none, and is refused now."""
    if line.instant.at is None:
        return line.instant.basis == "when-approved" and line.key in planned.refusals
    return line.instant.at <= planned.now


_RULES_PER_CHANNEL = frozenset({"duplicate-text", "identity-changed"})
"""Rules whose finding concerns one channel of a post. The plan refuses that publication; the post's other channels are still sent."""


def _errors(situation: CommittedSituation, planned: Plan) -> list[Finding]:
    """The errors that the rules find in the posts that could be sealed now."""
    paths = {
        line.publication.post.path for line in planned.lines if line.state in ("ready", "due") and not line.proposal and _is_unsealed(line)
    }
    if not paths:
        return []
    return [
        finding
        for finding in checks.run(situation, inspected=paths)
        if finding.level == "error" and finding.place.path in paths and finding.rule not in _RULES_PER_CHANNEL
    ]


def _run_name(surroundings: Mapping[str, str]) -> str:
    """A name that no other run has: the workflow's run id and attempt, else the process id and when it started."""
    if run_id := surroundings.get("GITHUB_RUN_ID"):
        return f"github-{run_id}-{surroundings.get('GITHUB_RUN_ATTEMPT', '1')}"
    return f"process-{os.getpid()}-{int(boot_seconds() * 1000)}"
