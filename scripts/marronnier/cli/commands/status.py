"""`marronnier status`: prints the state of publications, its reason and the next step."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import OutputFormat, format_option


@click.command()
@click.argument("names", nargs=-1, metavar="[KEY|POST]…")
@format_option
@pass_command_context
def command(context: CommandContext, names: tuple[str, ...], output_format: OutputFormat) -> None:
    """Show the state of publications, the reason and the next step; without a name, what needs you and what goes out next."""
    from marronnier.cli.output import status
    from marronnier.cli.whole_plan import whole_plan
    from marronnier.proofs.situation_loader import load_situation

    situation = load_situation(context.repo, context.now())
    planned = whole_plan(situation, context.repo.path)
    if not names:
        status.print_summary(planned, situation, output_format)
        return
    status.print_status(planned, situation, situation.require_keys(names), output_format)
