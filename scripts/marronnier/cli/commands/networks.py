"""`marronnier networks`: what each network takes, side by side, or the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.model.trial import Trial


@click.command()
@click.argument("name", required=False)
@pass_command_context
def command(context: CommandContext, name: str | None) -> None:
    """Compare what the networks take, or print the page of one, as Markdown."""
    from marronnier import networks
    from marronnier.checks.suggestions import closest_name

    trials = _trials(context)
    if name is None:
        output.print_line(networks.comparison(trials))
        return
    try:
        output.print_line(networks.page(name, trials)[0].rstrip())
    except networks.UnknownNetwork as unknown:
        near = closest_name(name, networks.names())
        advice = _("Did you mean `marronnier networks {near}`?", near=near) if near else _("Run `marronnier networks` to list them all.")
        raise Trouble(output.escape_controls(str(unknown)), advice, status=2) from unknown


def _trials(context: CommandContext) -> Mapping[str, Trial]:
    """The trials of the brand here, by channel; none where there is no brand. No post is read for it."""
    if not context.has_brand:
        return {}
    from marronnier import desk
    from marronnier.files import WorkTree

    return desk.load(WorkTree(context.root), only="brand/tried.yml").trials
