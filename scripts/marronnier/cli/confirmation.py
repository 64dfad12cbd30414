"""Changes to what is out on a network: shown first, and done once a person says so."""

from __future__ import annotations

from collections.abc import Iterable

import click

from marronnier.cli import output


def is_confirmed(changes: Iterable[str], would: str, question: str, *, dry_run: bool, yes: bool) -> bool:
    """Show the changes, and ask whether they are to be made; with `dry_run` say only what `would` be done, with `yes` do not ask.

    Raises click.Abort where the person says no.
    """
    for change in changes:
        click.echo(output.escape_controls(change))
    if dry_run:
        click.echo(would)
        return False
    return yes or click.confirm(question, abort=True)
