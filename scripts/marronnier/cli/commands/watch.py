"""`marronnier watch`: publishes to the second, on a machine that stays on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from marronnier.cli import crash_report
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.forge_notices import with_notices
from marronnier.cli.output import run_report
from marronnier.messages import Trouble, _


@click.command()
@pass_command_context
def command(context: CommandContext) -> None:
    """Stay, and publish to the second what comes due, until Ctrl+C or SIGTERM: for teams without GitHub Actions."""
    from marronnier import watch
    from marronnier.publish.holder import Holder
    from marronnier.publish.repository_publisher import RepositoryPublisher
    from marronnier.publish.timepiece import SystemTimepiece

    rehearses = context.now_text is not None
    if context.brand.clock is not None and not rehearses:
        raise Trouble(
            _("brand/brand.yml fixes the clock, so no hour ever comes"),
            _("Take `clock` out, or run `marronnier publish` by hand."),
            status=2,
        )
    timepiece = SystemTimepiece(context.now() if rehearses else None)
    publisher = RepositoryPublisher(context.repo, timepiece, os.environ, rehearses=rehearses)
    told = run_report.HolderOutput(context.brand.zone, None, timepiece.now)
    reported = with_notices(context, timepiece.now, told.report)
    with timepiece.ending_gently():
        watch.watch(Holder(publisher, timepiece, told.notice, reported), timepiece, _print_failure)


def _print_failure(error: Exception) -> None:
    """Tell of an error of our own: the daemon goes on."""
    file = crash_report.write_crash_report(error)
    with suppress(OSError):
        _print_crash(error, file)


def _print_crash(error: Exception, file: Path | None) -> None:
    click.echo(_("This is a bug in Marronnier, not a mistake of yours: {kind}: {why}", kind=type(error).__name__, why=error), err=True)
    if file is not None:
        click.echo(_("The details are in {file}: send it to the person who maintains Marronnier.", file=file), err=True)
