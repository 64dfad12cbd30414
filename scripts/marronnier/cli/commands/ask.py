"""`marronnier ask`: ask that publications be approved."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@pass_command_context
def command(here: CommandContext, keys: tuple[str, ...]) -> None:
    """Ask that publications be approved as they are committed; without a KEY, all that this branch changes."""
    from marronnier import review

    asked = review.ask(here.repo, here.now(here.brand.zone, here.brand.clock), keys)
    for subject in asked.subjects:
        click.echo(f"• {subject.named.key}")
    branch = asked.submission.branch
    if asked.submission.is_new_branch:
        click.echo(_("Asked on the new branch {branch}; the branch at hand was left as it is.", branch=branch))
    else:
        click.echo(_("Asked on {branch}: it is in review now.", branch=branch))
    for step in asked.submission.next_steps:
        click.echo(step)
