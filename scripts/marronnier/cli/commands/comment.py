"""`marronnier comment`: carries out the command in a comment on the forge."""

from __future__ import annotations

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _


@click.command()
@click.argument("comment_id", type=click.IntRange(min=1), metavar="ID")
@click.option("--dispatch", is_flag=True, help=_("Only check it, and start the workflow that acts: for a job without secrets."))
@pass_command_context
def command(context: CommandContext, comment_id: int, dispatch: bool) -> None:
    """Carry out the commands in a comment on the forge, which is read anew, checked and answered; ID is the comment's number."""
    from marronnier.conversation.comment_commands import CommentRun

    run = CommentRun(context.repo, context.now())
    report = run.ask(comment_id) if dispatch else run.carry_out(comment_id)
    click.echo(report.told)
