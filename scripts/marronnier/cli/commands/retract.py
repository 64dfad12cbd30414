"""`marronnier retract`: deletes a sent post on its network."""

from __future__ import annotations

import os

import click

from marronnier.cli.confirmation import is_confirmed
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _, ngettext


@click.command()
@click.argument("key")
@click.option("--dry-run", "-n", is_flag=True, help=_("Only show what would be deleted."))
@click.option("--by-hand", is_flag=True, help=_("It was deleted by hand there: only record it."))
@click.option("--yes", is_flag=True, help=_("Do not ask first."))
@pass_command_context
def command(context: CommandContext, key: str, dry_run: bool, by_hand: bool, yes: bool) -> None:
    """Delete the sent publication KEY on its network, every part of it, and record who decided it. With --by-hand, record that somebody deleted it there."""
    from marronnier.publish import sent_post

    post = sent_post.open_sent_post(context.repo, key, context.now(), os.environ)
    if by_hand:
        if is_confirmed(
            (delivery.url or delivery.id for delivery in post.deliveries),
            _("It would be recorded as deleted."),
            _("Is it deleted there, every part of it?"),
            dry_run=dry_run,
            yes=yes,
        ):
            sent_post.record_deletion(post, context.user_address)
            click.echo(_("Recorded as deleted by hand."))
        return
    sent_post.require_retraction(post)
    count = len(post.deliveries)
    would = ngettext("{count} part would be deleted.", "{count} parts would be deleted.", count)
    question = _("Delete it on the network, for everybody and for good?")
    if is_confirmed((delivery.url or delivery.id for delivery in post.deliveries), would, question, dry_run=dry_run, yes=yes):
        sent_post.retract(post, context.user_address)
        click.echo(ngettext("{count} part deleted, and recorded.", "{count} parts deleted, and recorded.", count))
