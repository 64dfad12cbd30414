"""`marronnier edit`: corrects a sent post on its network, once the change is approved."""

from __future__ import annotations

import os

import click

from marronnier.cli.confirmation import is_confirmed
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _, ngettext


@click.command()
@click.argument("key")
@click.option("--dry-run", "-n", is_flag=True, help=_("Only show what would be corrected."))
@click.option("--yes", is_flag=True, help=_("Do not ask first."))
@pass_command_context
def command(context: CommandContext, key: str, dry_run: bool, yes: bool) -> None:
    """Correct the sent publication KEY on its network: its text changed since, and the change is approved."""
    from marronnier.publish import sent_post

    post = sent_post.open_sent_post(context.repo, key, context.now(), os.environ)
    correction = sent_post.require_correction(post)
    changes = (
        f"{post.deliveries[number].url or post.deliveries[number].id}\n{correction.parts[number].text}" for number in correction.changed
    )
    count = len(correction.changed)
    would = ngettext("{count} part would be corrected.", "{count} parts would be corrected.", count)
    if is_confirmed(changes, would, _("Correct it on the network?"), dry_run=dry_run, yes=yes):
        sent_post.correct(post, correction, context.user_address)
        click.echo(ngettext("{count} part corrected, and recorded.", "{count} parts corrected, and recorded.", count))
