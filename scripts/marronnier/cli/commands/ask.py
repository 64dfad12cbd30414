"""`marronnier ask`: ask that publications be approved."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@pass_command_context
def command(here: CommandContext, keys: tuple[str, ...]) -> None:
    """Ask for approval of publications as committed; without a KEY, of everything this branch changes."""
    from marronnier import review

    asked = review.ask(here.repo, here.now(here.brand.zone, here.brand.clock), keys)
    for subject in asked.subjects:
        click.echo(f"• {subject.named.key}")
    if asked.new:
        click.echo(_("Approval requested on the new branch {branch}; your current branch is unchanged.", branch=asked.branch))
    else:
        click.echo(_("Approval requested on {branch}: it is now in review.", branch=asked.branch))
    if here.repo.has_remote():
        click.echo(_("Run `git push origin {branch}` so that others see it.", branch=asked.branch))
    click.echo(_("A reviewer reads it there, then runs `marronnier approve --all-in-review`."))
