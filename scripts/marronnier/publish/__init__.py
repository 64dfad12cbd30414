"""Publishing, once: settle debts, seal what is approved, send what is due. Reads commits, never the working directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from marronnier import plan
from marronnier.approval.names import people
from marronnier.checks.post_errors import errors_in_posts
from marronnier.desk import lfs_objects
from marronnier.git import Repo
from marronnier.ledger import Ledger, heartbeats, record_time, tag_daily_checkpoint
from marronnier.messages import Trouble, _
from marronnier.model.finding import Finding
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.publication import current_and_former_keys
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.proofs.approved_media import ApprovedMedia
from marronnier.proofs.evidence_reader import locked_channels
from marronnier.proofs.situation_loader import CommittedSituation, load_situation, with_ledger
from marronnier.publish import freeze, public_media, stop_reasons
from marronnier.publish.accounts import wrong_clock_reason
from marronnier.publish.agenda import upcoming
from marronnier.publish.channels_of_job import ChannelFilter, channels_of_job
from marronnier.publish.clock import ClockReading, behind_ledger_reason
from marronnier.publish.clock_correction import correct_hours
from marronnier.publish.default_branch import OriginReading, heads_of, read_origin
from marronnier.publish.gate import Gate
from marronnier.publish.policy import distrust_reason, record_policy, reset_policy
from marronnier.publish.read_back import read_back
from marronnier.publish.report import NEEDS_PERSON, Rehearsal, RunReport, Step
from marronnier.publish.run import Run, boot_seconds, run_name
from marronnier.publish.seal import seal_all
from marronnier.publish.send import send_all
from marronnier.publish.settle import settle_all
from marronnier.publish.timepiece import is_signal_held
from marronnier.web import Web

__all__ = ["OriginReading", "Rehearsal", "RunReport", "Step", "note_run", "read_origin", "rehearse", "reset_policy", "run"]


def run(
    repo: Repo,
    now: datetime,
    *,
    surroundings: Mapping[str, str],
    release_brakes: bool = False,
    trust_clock: bool = False,
    started: float | None = None,
    origin: OriginReading | None = None,
    gate: Gate | None = None,
    is_told_to_end: Callable[[], bool] = is_signal_held,
) -> RunReport:
    """Do one run of the publisher: settle debts, seal what is approved, send what is due.

    `now` is aware; `surroundings` are the environment's variables (secrets, freeze, the run's name). `started` is `boot_seconds()` from
    before `now` was read: a pause at any moment after that counts. `origin` is what `read_origin` answered after that.
    With a `gate` the run begins some seconds before `now`, reads everything, and waits there for its instant; `started` is then what
    `boot_seconds()` will be at `now`. `is_told_to_end` is asked before each send.
    `trust_clock`: a person says that the clock is right, and that what the ledger has of later hours is of a clock that was fast.
    Raises Trouble when there is no ledger.
    """
    clock = ClockReading(now, boot_seconds() if gate is None or started is None else started)
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
    if trust_clock and situation.desk.brand.clock is None:
        ledger = correct_hours(ledger, now)
        situation = with_ledger(situation, ledger)
    policies, ledger = record_policy(situation, ledger, now)
    if policies:
        situation = with_ledger(situation, ledger)
    secrets = secrets_reader(surroundings, situation.desk.brand, situation.desk.channels)
    web = Web(loopback=situation.desk.brand.clock is not None)
    has_told = origin.date is not None or situation.desk.brand.clock is not None
    frozen = freeze.FreezeReader(repo, surroundings)
    this_run = Run(
        run_name(surroundings), now, frozen, secrets, ApprovedMedia(repo, lfs_objects.fetcher(repo, web)), web, started,
        skew_reason=None if has_told else clock.skew_reason, is_told_to_end=is_told_to_end,
        public_address=public_media.addresses(situation.desk.brand),
    )  # fmt: skip
    is_ours = channels_of_job(surroundings, situation.desk.channels)
    planned = plan.make(situation)
    lines = _lines_of_open_channels(planned, situation, is_ours)
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
        return RunReport(
            tuple(steps), why, waiting, _next_steps(steps, planned), repeats, policies,
            upcoming=upcoming(planned, ledger, steps, why, is_ours), heads=heads_of(repo, situation.commit, ledger.head),
        )  # fmt: skip
    if gate is not None:
        if not gate.opens(heads_of(repo, situation.commit, ledger.head)):
            return RunReport(tuple(steps), superseded=True)
        frozen.forget()
    held = {step.key for step in sealed if step.act == "held"}
    due = [line for line in planned.due() if ledger.history(line.key).seal is not None and line.key not in held]
    sent, ledger = send_all([line for line in due if is_ours(line.publication.channel_name)], ledger, this_run)
    tag_daily_checkpoint(repo, ledger.head, now)
    deleted, ledger = read_back(_lines_of_open_channels(planned, situation, is_ours), ledger, this_run)
    policy = situation.policy
    sent = [replace(step, handed_to=people(policy, [step.handed_to])) if step.handed_to else step for step in sent]
    steps += [*sent, *deleted]
    coming = upcoming(planned, ledger, steps, this_run.wrong_clock_reason, is_ours)
    if any(step.act in NEEDS_PERSON for step in (*sent, *deleted)):
        planned = plan.make(with_ledger(situation, ledger))
    return RunReport(
        tuple(steps), this_run.wrong_clock_reason, waiting, _next_steps(steps, planned), repeats, policies,
        upcoming=coming, heads=heads_of(repo, situation.commit, ledger.head),
    )  # fmt: skip


def _lines_of_open_channels(planned: Plan, situation: CommittedSituation, is_ours: ChannelFilter) -> dict[str, PlanLine]:
    """The plan's lines by current and former keys, without those of locked channels and of channels that are another job's.

    Whoever stands where a locked channel speaks now gets neither words nor secrets, not even to say what became of a post.
    """
    locked = locked_channels(situation.desk, situation.standing)
    names = {line.publication.channel_name for line in planned.lines} - set(locked)
    open_lines = (line for line in planned.lines if line.publication.channel_name in names and is_ours(line.publication.channel_name))
    return {key: line for line in open_lines for key in current_and_former_keys(line.publication)}


def _with_ledger(situation: CommittedSituation, planned: Plan, ledger: Ledger) -> tuple[CommittedSituation, Plan]:
    """The situation and its plan with another state of the ledger; as they are where nothing was recorded."""
    if ledger.head == situation.ledger.head:
        return with_ledger(situation, ledger), planned
    newer = with_ledger(situation, ledger)
    return newer, plan.make(newer)


def rehearse(repo: Repo, now: datetime, *, surroundings: Mapping[str, str], release_brakes: bool = False) -> Rehearsal:
    """What a run would send now: `--dry-run`. Nothing is recorded and nothing is sent."""
    clock, origin = ClockReading(now, boot_seconds()), read_origin(repo)
    if origin.stopped and not repo.has_remote():
        return Rehearsal((), {}, origin.stopped)
    situation = load_situation(repo, now, proposals=False, all_posts=False)
    planned = plan.make(situation)
    due = planned.due()
    judged = {line.key: line for line in plan.hold_faulty(planned, _errors(situation, planned)).lines if not line.proposal}
    held = {line.key: judged[line.key].why for line in due if judged[line.key].state != line.state}
    freeze_reason = freeze.FreezeReader(repo, surroundings)
    why = origin.stopped or stop_reasons.unusable_reason(situation) or _wrong_clock_reason(situation, clock, origin)
    why = why or distrust_reason(situation) or stop_reasons.repository_reason(situation)
    why = why or stop_reasons.stop_reason(planned, situation, freeze_reason, release_brakes=release_brakes)
    waiting = _waiting_lines(planned)
    repeats = any(line.key in planned.refusals for line in waiting)
    return Rehearsal(tuple(line for line in due if line.key not in held), held, why, waiting, repeats)


def note_run(repo: Repo, report: RunReport, now: datetime, surroundings: Mapping[str, str]) -> None:
    """Leave a heartbeat of a run that recorded nothing, so that people see when the publisher ran last."""
    if report.heads and report.heads[-1]:
        seconds = int(repo.text("show", "-s", "--format=%ct", "--end-of-options", report.heads[-1]))
        heartbeats.note_run(repo, run_name(surroundings), now, report.heads[-1], datetime.fromtimestamp(seconds, UTC))


def _wrong_clock_reason(situation: CommittedSituation, clock: ClockReading, origin: OriginReading, *, trust_clock: bool = False) -> str:
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
    return {key: plan.correction_advice() if key in held else line.next for key, line in lines.items() if key in held or line.next}


def _require_ledger(situation: CommittedSituation) -> Ledger:
    if not situation.ledger.exists:
        raise Trouble(
            _("There is no ledger yet: nothing can be published without one"),
            _("Run `marronnier ledger init`, commit brand/brand.yml, then publish again."),
        )
    return situation.ledger


def _waiting_lines(planned: Plan) -> tuple[PlanLine, ...]:
    """Publications whose instant has passed and that this run does not try: they wait for a person, or for an hour that a network named."""
    return tuple(
        line
        for line in planned.lines
        if (line.shown_state == "needs you" and line.state != "edited" and not line.proposal and _is_time_past(line, planned))
        or (line.delayed and line.state != "due")
    )


def _is_time_past(line: PlanLine, planned: Plan) -> bool:
    """Whether its instant has passed. A copy that would go out as soon as it is approved has none, and is refused now."""
    if line.instant.at is None:
        return line.instant.basis == "when-approved" and line.key in planned.refusals
    return line.instant.at <= planned.now


def _errors(situation: CommittedSituation, planned: Plan) -> Mapping[str, Finding]:
    """The errors that the rules find in the posts that could be sealed now, by path."""
    return errors_in_posts(situation, plan.posts_to_be_sealed(planned))
