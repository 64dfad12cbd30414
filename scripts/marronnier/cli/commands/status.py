"""`marronnier status`: prints the state of publications, its reason and the next step."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import OutputFormat, format_option
from marronnier.messages import Trouble, _


@click.command()
@click.argument("names", nargs=-1, metavar="[KEY|POST]…")
@format_option
@pass_command_context
def command(context: CommandContext, names: tuple[str, ...], output_format: OutputFormat) -> None:
    """Say where publications stand, why, and what comes next; without a name, what needs somebody and what goes out next."""
    from marronnier import plan
    from marronnier.cli.output import status
    from marronnier.plan.assembling import keys_named

    brand = context.brand
    assembled = plan.assemble(context.repo, context.now(brand.zone, brand.clock))
    if not names:
        status.print_summary(assembled, output_format)
        return
    unknown = [name for name in names if not keys_named(assembled, [name])]
    if unknown:
        raise Trouble(
            _("There is no publication {name} in the plan", name=unknown[0]),
            _("Name a post, or a key like portes-ouvertes@journal: `marronnier plan --all --format json` lists them."),
            status=2,
        )
    status.print_status(assembled, keys_named(assembled, names), output_format)
