"""`marronnier ask`: asks for the approval of publications."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@pass_command_context
def command(context: CommandContext, keys: tuple[str, ...]) -> None:
    """Ask that publications be approved as they are committed; without a KEY, all that this branch changes."""
    from marronnier import review

    request = review.ask(context.repo, context.now(context.brand.zone, context.brand.clock), keys)
    for subject in request.subjects:
        click.echo(f"• {subject.named.key}")
    if request.new:
        click.echo(_("Asked on the new branch {branch}; the branch at hand was left as it is.", branch=request.branch))
    else:
        click.echo(_("Asked on {branch}: it is in review now.", branch=request.branch))
    if context.repo.has_remote():
        click.echo(_("Run `git push origin {branch}` so that others see it.", branch=request.branch))
    click.echo(_("Somebody else reads it there and runs `marronnier approve --all-in-review`."))
