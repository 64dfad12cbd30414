"""`marronnier ask`: asks for the approval of publications."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@pass_command_context
def command(context: CommandContext, keys: tuple[str, ...]) -> None:
    """Ask for approval of publications as committed; without a KEY, of everything this branch changes."""
    from marronnier import review

    request = review.request_approval(context.repo, context.now(), keys)
    for subject in request.subjects:
        click.echo(f"• {subject.named.key}")
    submission = request.submission
    if submission.is_new_branch:
        click.echo(_("Approval requested on the new branch {branch}; your current branch is unchanged.", branch=submission.branch))
    else:
        click.echo(_("Approval requested on {branch}: it is now in review.", branch=submission.branch))
    for step in submission.next_steps:
        click.echo(step)
