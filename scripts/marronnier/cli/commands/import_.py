"""`marronnier import`: posts, accounts and history of another tool, carried into the brand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import import_report
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.importers.bundle import Ending
    from marronnier.ledger import Ledger
    from marronnier.model.brand import Brand
    from marronnier.web import Web


@click.command()
@click.argument("tool", metavar="TOOL")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--media",
    type=click.Choice(["stand-in", "fetch"]),
    default="stand-in",
    show_default=True,
    help=_(
        "Pictures on the web: fetch downloads them, stand-in puts a placeholder in their place; a later import can still download them."
    ),
)
@click.option("--fresh", is_flag=True, help=_("Ignore what that tool has already sent: everything is still to be published."))
@click.option("--dry-run", is_flag=True, help=_("Show what would be imported, and write nothing."))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help=_("Output format: text for people, json for programs.")
)
@pass_command_context
def command(here: CommandContext, tool: str, folder: Path, media: str, fresh: bool, dry_run: bool, form: str) -> None:
    """Import posts, accounts, handles and history from another tool, and list what was not imported.

    TOOL is galaxy-social, hugo or jekyll; DIR is its folder, which is only read.
    Nothing in the brand is overwritten, so the command can be run again.
    What the other tool has already sent is recorded in the ledger first, and is never sent again.
    """
    from marronnier import importers
    from marronnier.files import WorkTree
    from marronnier.model.scalars import zone_to_show

    if tool not in importers.names():
        raise Trouble(
            _("There is no importer for {name}", name=tool), _("Imports exist for {names}.", names=", ".join(importers.names())), status=2
        )
    desk = here.desk
    if desk.broken:
        raise Trouble(
            _("{place} has an error: {message}", place=desk.broken[0].place, message=desk.broken[0].message),
            _("Run `marronnier check` and correct it first: the import adds to what is there."),
        )
    source = WorkTree((here.folder / folder).resolve())
    now = here.now(desk.brand.zone, desk.brand.clock)
    crossing = importers.read(tool, source, desk, now, zone_to_show(desk.brand.zone), fresh=fresh)
    landing = importers.compare(crossing, desk)
    noted: Mapping[Ending, int] = {}
    known = importers.past_sends(crossing, landing)
    book = _ledger(here, desk.brand) if known else None
    if not dry_run:
        if book is not None:
            noted = importers.record(crossing, landing, book, now)
        importers.write_bundle(crossing, landing, source, desk, here.root, _door(desk.brand) if media == "fetch" else None)
    import_report.say(crossing, landing, noted, form, rehearsed=dry_run)


def _ledger(here: CommandContext, brand: Brand) -> Ledger:
    """The ledger that remembers what went out. Raises Trouble when there is none yet: then all of it would go out again."""
    from marronnier import ledger

    book = ledger.open(here.repo, brand)
    if not book.exists:
        raise Trouble(
            _("There is no ledger yet, and without it posts that were already sent would be sent again; nothing was written"),
            _(
                'Run `git add --all && git commit -m "Our brand" && marronnier ledger init && git commit --all -m "Begin the ledger"`, '
                "then this again; or add --fresh, if everything is to be published again."
            ),
        )
    return book


def _door(brand: Brand) -> Web:
    from marronnier.web import Web

    return Web(loopback=brand.clock is not None)
