"""`marronnier publish`: send what is due, once."""

from __future__ import annotations

import json
import os
from datetime import datetime

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.desk.commit_tree import CommitTree
from marronnier.messages import _, ngettext

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
}


@click.command()
@click.option("--dry-run", is_flag=True, help=_("Say what would be sent, and write nothing."))
@click.option("--release-brakes", is_flag=True, help=_("Send even when more is due at once than brakes.at_once."))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=_("How to say it."))
@pass_command_context
def command(here: CommandContext, dry_run: bool, release_brakes: bool, form: str) -> None:
    """Seal what is approved and send what is due, once. Reads commits, never the working directory."""
    from marronnier import publish

    now = _now(here)
    if dry_run:
        _rehearse(here, now, form, release_brakes=release_brakes)
        return
    outcome = publish.run(here.repo, now, surroundings=os.environ, release_brakes=release_brakes)
    if form == "json":
        waiting = [{"key": line.key, "state": line.state, "why": line.why, "next": line.next} for line in outcome.waiting]
        said = {"stopped": outcome.stopped, "steps": [step.as_json() for step in outcome.steps], "waiting": waiting}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        _tell(outcome)
    if outcome.needs_person:
        raise click.exceptions.Exit(3)


def _now(here: CommandContext) -> datetime:
    """The hour by the brand as it is committed: a clock that somebody only tries out must not send anything."""
    from marronnier import desk, forge

    brand = desk.load(CommitTree(here.repo, forge.open(here.repo).default_branch().commit), only="brand/brand.yml").brand
    return here.now(brand.zone, brand.clock)


def _tell(outcome: object) -> None:
    from marronnier.publish import RunReport

    assert isinstance(outcome, RunReport)
    for step in outcome.steps:
        told = "  ".join(part for part in (step.key, _said(step.act), step.url, step.reason) if part)
        click.echo(f"{GLYPHS[step.act]} {told}")
    told_already = {step.key for step in outcome.steps}
    for line in outcome.waiting:
        if line.key not in told_already:
            click.echo(f"! {line.key}  {line.why}")
            click.echo(f"  → {line.next}")
    if outcome.stopped:
        click.echo(_("Stopped: {why}", why=outcome.stopped), err=True)
        return
    sent = sum(step.act == "sent" for step in outcome.steps)
    click.echo(ngettext("{count} publication sent.", "{count} publications sent.", sent) if sent else _("Nothing is due."))


def _said(act: str) -> str:
    return {
        "sent": _("sent"),
        "sealed": _("sealed"),
        "unsealed": _("seal withdrawn"),
        "waiting": _("waits"),
        "refused": _("refused"),
        "unknown": _("unknown"),
        "cleared": _("was not sent"),
        "missed": _("missed"),
        "held": _("held"),
        "left": _("left to another run"),
    }[act]


def _rehearse(here: CommandContext, now: datetime, form: str, *, release_brakes: bool) -> None:
    from marronnier import publish

    rehearsal = publish.rehearse(here.repo, now, surroundings=os.environ, release_brakes=release_brakes)
    if form == "json":
        lines = [{"key": line.key, "instant": line.instant.at.isoformat() if line.instant.at else None} for line in rehearsal.lines]
        said = {"stopped": rehearsal.stopped, "lines": lines, "held": rehearsal.held}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for line in rehearsal.lines:
        click.echo(f"• {line.key}  {line.publication.post.title}")
    for key, why in rehearsal.held.items():
        click.echo(f"! {key}  {_said('held')}  {why}")
    if rehearsal.stopped:
        click.echo(_("It would stop: {why}", why=rehearsal.stopped), err=True)
        return
    count = len(rehearsal.lines)
    click.echo(
        ngettext("{count} publication would be sent.", "{count} publications would be sent.", count) if count else _("Nothing is due.")
    )
