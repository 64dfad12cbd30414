"""`marronnier publish`: sends what is due, once."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.desk.commit_tree import CommitTree
from marronnier.messages import _, ngettext

if TYPE_CHECKING:
    from marronnier.publish import RunReport

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


@click.command()
@click.option("--dry-run", is_flag=True, help=_("Show what would be sent, and write nothing."))
@click.option("--release-brakes", is_flag=True, help=_("Send even if more publications are due at once than brakes.at_once allows."))
@click.option("--trust-clock", is_flag=True, help=_("This machine's clock is right, although the ledger's last record is later."))
@output.text_or_json_option(_("Output format."))
@pass_command_context
def command(context: CommandContext, dry_run: bool, release_brakes: bool, trust_clock: bool, output_format: str) -> None:
    """Send, once, everything that is approved and due. Reads commits, never the working directory."""
    from marronnier import publish
    from marronnier.publish.run import boot_seconds

    started = boot_seconds()
    # First, so that `clock:` too is read as origin has it now.
    origin = publish.read_origin(context.repo)
    now = _committed_now(context)
    if dry_run:
        _print_rehearsal(context, now, output_format, release_brakes=release_brakes)
        return
    report = publish.run(
        context.repo, now, surroundings=os.environ, release_brakes=release_brakes, trust_clock=trust_clock, started=started, origin=origin
    )
    if output_format == "json":
        waiting = [{"key": line.key, "state": line.state, "why": line.why, "next": line.next} for line in report.waiting]
        output.print_json(
            {
                "stopped": report.stopped,
                "policy": list(report.policies),
                "steps": [{**step.as_json(), "next": report.next_steps.get(step.key, "")} for step in report.steps],
                "waiting": waiting,
            }
        )
    else:
        _print_report(report)
    _tell_on_forge(context, now)
    if report.needs_person:
        raise click.exceptions.Exit(3)


def _tell_on_forge(context: CommandContext, now: datetime) -> None:
    """Tell pull requests and issues what came of the run. What fails there is a line, and nothing else."""
    from marronnier.conversation import after_run

    for sentence in after_run.tell(context.repo, now, os.environ):
        click.echo(output.escape_controls(sentence), err=True)


def _committed_now(context: CommandContext) -> datetime:
    """The instant by the committed brand: a `clock:` that somebody only tries out in the working directory must not send anything."""
    from marronnier import desk, forge

    tree = CommitTree(context.repo, forge.open(context.repo).default_branch().commit)
    return context.now(desk.load(tree, only="brand/brand.yml").brand)


def _print_report(report: RunReport) -> None:
    for sentence in report.policies:
        click.echo(f"• {sentence}")
    last = {step.key: number for number, step in enumerate(report.steps)}
    for number, step in enumerate(report.steps):
        details = "  ".join(part for part in (step.key, _act_label(step.act), step.url, step.reason) if part)
        click.echo(f"{GLYPHS[step.act]} {details}")
        if last[step.key] == number and (next := report.next_steps.get(step.key)):
            click.echo(f"  → {next}")
    # What was only sealed in this run may wait for a person all the same.
    told = {step.key for step in report.steps if step.act not in ("sealed", "unsealed")}
    for line in report.waiting:
        if line.key not in told:
            click.echo(f"! {line.key}  {line.why}")
            click.echo(f"  → {line.next}")
    if report.stopped:
        click.echo(_("Stopped: {why}", why=report.stopped), err=True)
        return
    sent = sum(step.act == "sent" for step in report.steps)
    click.echo(ngettext("{count} publication sent.", "{count} publications sent.", sent) if sent else _("Nothing to send now."))


def _act_label(act: str) -> str:
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


def _print_rehearsal(context: CommandContext, now: datetime, output_format: str, *, release_brakes: bool) -> None:
    """Print what a run would send; nothing is written."""
    from marronnier import publish

    rehearsal = publish.rehearse(context.repo, now, surroundings=os.environ, release_brakes=release_brakes)
    if output_format == "json":
        lines = [{"key": line.key, "instant": line.instant.at.isoformat() if line.instant.at else None} for line in rehearsal.lines]
        output.print_json({"stopped": rehearsal.stopped, "lines": lines, "held": rehearsal.held})
        return
    for line in rehearsal.lines:
        click.echo(f"• {line.key}  {line.publication.post.title}")
    for key, why in rehearsal.held.items():
        click.echo(f"! {key}  {_act_label('held')}  {why}")
    if rehearsal.stopped:
        click.echo(_("It would stop: {why}", why=rehearsal.stopped), err=True)
        return
    count = len(rehearsal.lines)
    click.echo(
        ngettext("{count} publication would be sent.", "{count} publications would be sent.", count) if count else _("Nothing to send now.")
    )
