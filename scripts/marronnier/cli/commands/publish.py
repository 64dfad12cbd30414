"""`marronnier publish`: sends what is due, once; with `--hold` it stays, and sends to the second."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.forge_notices import tell_on_forge, with_notices
from marronnier.cli.output import run_report
from marronnier.desk.commit_tree import CommitTree
from marronnier.messages import _

if TYPE_CHECKING:
    from marronnier.model.brand import Brand

_LENGTH = re.compile(r"(?:(?P<hours>\d{1,4}) ?h)? ?(?:(?P<minutes>\d{1,5}) ?m(?:in)?)? ?(?:(?P<seconds>\d{1,6}) ?s)?")


class LengthParam(click.ParamType[timedelta]):
    """A parameter that is a length of time, written 5h30m, 90m or 45s."""

    name = "length"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length. Fails with a usage error for another text."""
        match = _LENGTH.fullmatch(str(value).strip())
        numbers = {name: int(number) for name, number in match.groupdict().items() if number} if match else {}
        if not any(numbers.values()):
            self.fail(_("{text} is no length of time. Expected: 5h30m, 90m or 45s", text=value), param, ctx)
        return timedelta(**numbers)


@click.command()
@click.option("--dry-run", is_flag=True, help=_("Show what would be sent, and write nothing."))
@click.option("--release-brakes", is_flag=True, help=_("Send even if more publications are due at once than brakes.at_once allows."))
@click.option("--trust-clock", is_flag=True, help=_("This machine's clock is right, although the ledger's last record is later."))
@click.option(
    "--hold",
    type=LengthParam(),
    metavar="LENGTH",
    help=_("Stay that long, like 5h30m, and send to the second what comes due; without anything to wait for, end at once."),
)
@click.option(
    "--relay", is_flag=True, help=_("With --hold: before the end, have the forge start the next run, where something is still to come.")
)
@output.text_or_json_option(_("Output format."))
@pass_command_context
def command(
    context: CommandContext,
    dry_run: bool,
    release_brakes: bool,
    trust_clock: bool,
    hold: timedelta | None,
    relay: bool,
    output_format: str,
) -> None:
    """Send, once, everything that is approved and due. Reads commits, never the working directory."""
    if relay and hold is None:
        raise click.UsageError(_("--relay needs --hold: it is what a run that stays does before its end"))
    if hold is not None and dry_run:
        raise click.UsageError(_("--dry-run shows what would be sent now, and stays for nothing: leave out --hold"))
    from marronnier import publish
    from marronnier.publish import freeze
    from marronnier.publish.run import boot_seconds

    started = boot_seconds()
    # First, so that `clock:` too is read as origin has it now.
    origin = publish.read_origin(context.repo)
    brand = _committed_brand(context)
    now = context.now(brand)
    is_fixed = brand.clock is not None and context.now_text is None
    # What a job cannot read again never ends while it lives.
    is_frozen = bool(os.environ.get(freeze.VARIABLE, "").strip())
    if hold is not None and not is_fixed and not is_frozen:
        _stay(context, now, hold, output_format, relay=relay, release_brakes=release_brakes, trust_clock=trust_clock)
        return
    if dry_run:
        _print_rehearsal(context, now, output_format, release_brakes=release_brakes)
        return
    report = publish.run(
        context.repo, now, surroundings=os.environ, release_brakes=release_brakes, trust_clock=trust_clock, started=started, origin=origin
    )
    if report.heads and brand.clock is None:
        publish.note_run(context.repo, report, now, os.environ)
    if output_format == "json":
        output.print_json(run_report.as_json(report))
    else:
        run_report.print_report(report)
    tell_on_forge(context, now)
    if hold is not None and is_frozen:
        click.echo(_("{variable} freezes this run for as long as it lives: it does not stay.", variable=freeze.VARIABLE), err=True)
    elif hold is not None:
        click.echo(_("brand/brand.yml fixes the clock, so no hour ever comes: this run does not stay."), err=True)
    if report.needs_person:
        raise click.exceptions.Exit(3)


def _stay(
    context: CommandContext,
    now: datetime,
    hold: timedelta,
    output_format: str,
    *,
    relay: bool,
    release_brakes: bool,
    trust_clock: bool,
) -> None:
    """Be a holder until nothing is left to wait for. Exits with 3 when a person must look."""
    from marronnier.publish.holder import Holder
    from marronnier.publish.repository_publisher import RepositoryPublisher
    from marronnier.publish.timepiece import SystemTimepiece

    timepiece = SystemTimepiece(now if context.now_text is not None else None)
    rehearses = context.now_text is not None
    publisher = RepositoryPublisher(
        context.repo, timepiece, os.environ, release_brakes=release_brakes, trust_clock=trust_clock, rehearses=rehearses
    )
    told = run_report.HolderOutput(context.brand.zone, hold, timepiece.now, as_json=output_format == "json")
    holder = Holder(publisher, timepiece, told.notice, with_notices(context, timepiece.now, told.report), hold, relay)
    with timepiece.ending_gently():
        holder.run()
    told.end()
    if holder.needs_person:
        raise click.exceptions.Exit(3)


def _committed_brand(context: CommandContext) -> Brand:
    """The committed brand: a `clock:` that somebody only tries out in the working directory must not send anything."""
    from marronnier import desk, forge

    tree = CommitTree(context.repo, forge.open(context.repo).default_branch().commit)
    return desk.load(tree, only="brand/brand.yml").brand


def _print_rehearsal(context: CommandContext, now: datetime, output_format: str, *, release_brakes: bool) -> None:
    """Print what a run would send; nothing is written. Exits with 3 when a person must look."""
    from marronnier import publish

    rehearsal = publish.rehearse(context.repo, now, surroundings=os.environ, release_brakes=release_brakes)
    if output_format == "json":
        output.print_json(run_report.rehearsal_as_json(rehearsal))
    else:
        run_report.print_rehearsal(rehearsal)
    if rehearsal.needs_person:
        raise click.exceptions.Exit(3)
