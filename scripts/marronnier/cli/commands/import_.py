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
    help=_("Pictures that are on the net: fetch them, or let something stand in for them; a later run can still fetch them."),
)
@click.option("--fresh", is_flag=True, help=_("Leave out what that tool knows of the past: everything is still to be published."))
@click.option("--dry-run", is_flag=True, help=_("Say what would be carried over, and write nothing."))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=_("For people, or for programs."))
@pass_command_context
def command(here: CommandContext, tool: str, folder: Path, media: str, fresh: bool, dry_run: bool, form: str) -> None:
    """Carry posts, accounts, handles and history of another tool into this brand, and say what stayed behind.

    TOOL is galaxy-social, hugo or jekyll; DIR is its folder, which is only read.
    Nothing that stands in the brand is written over, so it can be run again.
    What the other tool sent already is noted in the ledger first, and is never sent again.
    """
    from marronnier import importers
    from marronnier.files import WorkTree
    from marronnier.model.scalars import zone_or_utc

    if tool not in importers.names():
        raise Trouble(
            _("No tool is called {name} here", name=tool), _("One can come from {names}.", names=", ".join(importers.names())), status=2
        )
    desk = here.desk
    if desk.settings_errors:
        raise Trouble(
            _("{place} is wrong: {message}", place=desk.settings_errors[0].place, message=desk.settings_errors[0].message),
            _("Run `marronnier check` and mend it first: what comes over is written beside it."),
        )
    source = WorkTree((here.folder / folder).resolve())
    now = here.now(desk.brand.zone, desk.brand.clock)
    crossing = importers.read(tool, source, desk, now, zone_or_utc(desk.brand.zone), fresh=fresh)
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
            _("There is no ledger yet, and without its memory what was sent already would be sent again; nothing was written"),
            _(
                'Run `git add --all && git commit -m "Our brand" && marronnier ledger init && git commit --all -m "Begin the ledger"`, '
                "then this again; or add --fresh, if everything is to be published again."
            ),
        )
    return book


def _door(brand: Brand) -> Web:
    from marronnier.web import Web

    return Web(loopback=brand.clock is not None)
