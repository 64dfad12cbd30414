"""`marronnier who`: says who must approve a publication, who may, who did, and what is missing."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import text_or_json_option
from marronnier.messages import _


@click.command(help=_("Say who must approve a publication, who may, who did, and what is missing; on each branch that changes it too."))
@click.argument("names", nargs=-1, required=True, metavar="KEY|POST…")
@text_or_json_option(_("Output format: text for people, json for programs."))
@pass_command_context
def command(context: CommandContext, names: tuple[str, ...], output_format: str) -> None:
    """Say who must approve these publications."""
    from marronnier.cli.output import who
    from marronnier.proofs.situation_loader import load_situation
    from marronnier.pull_request.standings import key_standings

    situation = load_situation(context.repo, context.now())
    who.print_standings(tuple(key_standings(situation, situation.require_keys(names))), output_format)
