"""Output of what a run of the publisher did, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.messages import _, format_instant, ngettext
from marronnier.model.scalars import zone_or_utc

if TYPE_CHECKING:
    from marronnier.model.plan import PlanLine
    from marronnier.publish import Rehearsal, RunReport
    from marronnier.publish.notices import Notice
    from marronnier.publish.report import Step

GLYPHS = {
    "sent": "✓",
    "sealed": "•",
    "unsealed": "◦",
    "waiting": "…",
    "refused": "✗",
    "unknown": "?",
    "cleared": "◦",
    "missed": "!",
    "held": "!",
    "left": "→",
    "retracted": "!",
}


def as_json(report: RunReport) -> Mapping[str, object]:
    """A run for programs."""
    return {
        "stopped": report.stopped,
        "policy": list(report.policies),
        "steps": [{**step.as_json(), "next": report.next_steps.get(step.key, "")} for step in report.steps],
        "waiting": _waiting_as_json(report.waiting),
    }


def _waiting_as_json(waiting: Iterable[PlanLine]) -> list[Mapping[str, str]]:
    return [{"key": line.key, "state": line.state, "why": line.why, "next": line.next} for line in waiting]


def print_report(report: RunReport) -> None:
    """Print one run, and how it ended."""
    _print_steps(report, {})
    if report.stopped:
        click.echo(_("Stopped: {why}", why=report.stopped), err=True)
        return
    print_sent(sum(step.act == "sent" for step in report.steps))


def print_sent(sent: int) -> None:
    """Print how many publications were sent."""
    click.echo(ngettext("{count} publication sent.", "{count} publications sent.", sent) if sent else _("Nothing to send now."))


def _print_steps(report: RunReport, known: dict[str, str]) -> None:
    """Print what a run did, and what waits for a person; not what is `known` from an earlier run of the same process, by key."""
    for sentence in report.policies:
        click.echo(f"• {sentence}")
    last = {step.key: number for number, step in enumerate(report.steps)}
    for number, step in enumerate(report.steps):
        details = "  ".join(part for part in (step.key, _step_label(step), step.url, step.reason) if part)
        if known.get(step.key) == details:
            continue
        known[step.key] = details
        click.echo(f"{GLYPHS['left' if step.handed_to is not None else step.act]} {details}")
        if last[step.key] == number and (next := report.next_steps.get(step.key)):
            click.echo(f"  → {next}")
    # What was only sealed in this run may wait for a person all the same.
    told = {step.key for step in report.steps if step.act not in ("sealed", "unsealed")}
    _print_waiting([line for line in report.waiting if line.key not in told and known.get(line.key) != line.why])
    known |= {line.key: line.why for line in report.waiting if line.key not in told}


def _print_waiting(waiting: Iterable[PlanLine]) -> None:
    """Print what waits, each with its reason and with what a person can do."""
    for line in waiting:
        click.echo(output.escape_controls(f"{GLYPHS['waiting' if line.delayed else 'held']} {line.key}  {line.why}"))
        if line.next:
            click.echo(output.escape_controls(f"  → {line.next}"))


def rehearsal_as_json(rehearsal: Rehearsal) -> Mapping[str, object]:
    """What a run would do, for programs."""
    lines = [{"key": line.key, "instant": line.instant.at.isoformat() if line.instant.at else None} for line in rehearsal.lines]
    return {"stopped": rehearsal.stopped, "lines": lines, "held": dict(rehearsal.held), "waiting": _waiting_as_json(rehearsal.waiting)}


def print_rehearsal(rehearsal: Rehearsal) -> None:
    """Print what a run would do."""
    for line in rehearsal.lines:
        click.echo(output.escape_controls(f"• {line.key}  {line.publication.post.title}"))
        if line.delayed:
            click.echo(output.escape_controls(f"  {line.why}"))
    for key, why in rehearsal.held.items():
        click.echo(output.escape_controls(f"! {key}  {act_label('held')}  {why}"))
    _print_waiting(rehearsal.waiting)
    if rehearsal.stopped:
        click.echo(_("It would stop: {why}", why=rehearsal.stopped), err=True)
        return
    count = len(rehearsal.lines)
    click.echo(
        ngettext("{count} publication would be sent.", "{count} publications would be sent.", count) if count else _("Nothing to send now.")
    )


def _step_label(step: Step) -> str:
    """What became of a publication; of what somebody publishes by hand, who that is."""
    if step.handed_to is None:
        return act_label(step.act)
    return _("handed over to {name}, who says where it stands", name=output.escape_controls(step.handed_to) or _("a person"))


def act_label(act: str) -> str:
    """The name of a step in the language in use."""
    return {
        "sent": _("sent"),
        "sealed": _("ready"),
        "unsealed": _("no longer ready"),
        "waiting": _("will be retried"),
        "refused": _("refused"),
        "unknown": _("may have been sent"),
        "cleared": _("was not sent"),
        "missed": _("missed its time"),
        "held": _("on hold"),
        "left": _("another run is sending it"),
        "retracted": _("deleted on the network"),
    }[act]


class HolderOutput:
    """Prints what a holder does, as it does it: each change once, with the hour before each notice; or all of it as JSON at its end.

    What cannot be written is lost, as where a terminal was closed or a disk is full: posts go out all the same.
    """

    def __init__(self, zone: str, hold: timedelta | None, now: Callable[[], datetime], *, as_json: bool = False) -> None:
        self._zone = zone_or_utc(zone)
        self._hold = hold
        self._now = now
        self._as_json = as_json
        self._known: dict[str, str] = {}
        self._stopped = ""
        self._steps: list[object] = []
        self._notices: list[Mapping[str, object]] = []
        self._last: Mapping[str, object] = {}
        self.sent = 0

    def report(self, report: RunReport) -> None:
        """Print what a run did, where it is new."""
        with suppress(OSError):
            self._report(report)

    def _report(self, report: RunReport) -> None:
        self.sent += sum(step.act == "sent" for step in report.steps)
        if self._as_json:
            self._last = as_json(report)
            self._steps += self._last["steps"]  # type: ignore[arg-type]
            return
        _print_steps(report, self._known)
        if report.stopped and report.stopped != self._stopped:
            click.echo(_("Stopped: {why}", why=report.stopped), err=True)
        self._stopped = report.stopped

    def notice(self, notice: Notice) -> None:
        """Print a notice."""
        from marronnier.publish.notices import sentence

        told = output.escape_controls(sentence(notice, self._hold, self._local))
        if self._as_json:
            coming = {"key": notice.next.key, "at": notice.next.at.isoformat()} if notice.next is not None else None
            self._notices.append({"kind": notice.kind, "said": told, "next": coming})
            return
        with suppress(OSError):
            click.echo(f"{self._now().astimezone(self._zone):%H:%M:%S}  {told}")

    def end(self) -> None:
        """Print what there is to say at the end."""
        if self._as_json:
            output.print_json({**self._last, "steps": self._steps, "notices": self._notices})
        elif self.sent:
            print_sent(self.sent)

    def _local(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return format_instant(local) if local.second == 0 else f"{format_instant(local)}:{local:%S}"
