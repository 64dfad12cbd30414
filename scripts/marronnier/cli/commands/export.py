"""`marronnier export csv`: every post in a table, which a spreadsheet opens and `marronnier import csv` reads back."""

from __future__ import annotations

from pathlib import Path

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, ngettext


@click.command(short_help=_("Write every post into a table."))
@click.argument("table_format", metavar="FORMAT", type=click.Choice(["csv"]))
@click.argument("named_file", metavar="[FILE]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to", "file", type=click.Path(dir_okay=False, path_type=Path), help=_("The file to write; without it the table is printed.")
)
@pass_command_context
def command(context: CommandContext, table_format: str, named_file: Path | None, file: Path | None) -> None:
    """Write every post into a table: a row each, with its keys and its words.

    FORMAT is csv.
    FILE is the file to write, as with --to.
    `marronnier import csv` reads such a table back; pictures stay where they are, and the table names them.
    """
    from marronnier.files.atomic_write import write
    from marronnier.importers import csv_table

    if named_file is not None and file is not None:
        raise click.UsageError(_("Name one file to write: {first}, or {second}.", first=named_file, second=file))
    file = file or named_file
    desk = context.desk
    text = csv_table.posts_as_csv(desk)
    if file is None:
        click.echo(text, nl=False)
    else:
        target = context.folder / file
        if target.exists():
            raise Trouble(_("{file} exists already, and is left as it is", file=file), _("Name a file that does not exist yet."), status=2)
        write(target, text.encode())
        count = len(desk.posts)
        click.echo(ngettext("{count} post written to {file}.", "{count} posts written to {file}.", count, file=file))
    if desk.unreadable_posts:
        count = len(desk.unreadable_posts)
        raise Trouble(
            ngettext(
                "{count} post cannot be read, and is not in the table: {paths}",
                "{count} posts cannot be read, and are not in the table: {paths}",
                count,
                paths=", ".join(sorted(desk.unreadable_posts)),
            ),
            _("Run `marronnier check`, correct it, and export again."),
            status=1,
        )
