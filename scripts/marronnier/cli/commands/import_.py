"""`marronnier import`: carries posts, accounts and history of another tool into the brand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.cli.output import import_report, text_or_json_option
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.files import Tree
    from marronnier.importers import Importer
    from marronnier.ledger import Ledger
    from marronnier.model.brand import Brand
    from marronnier.web import Web


class ImportCommand(click.Command):
    """The command, whose help lists the tools."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then each tool of the folder `importers/tools/` with its summary."""
        from marronnier import importers

        super().format_options(ctx, formatter)
        with formatter.section(_("Tools")):
            formatter.write_dl([(name, _(summary)) for name, summary in importers.summaries().items()])


@click.command(cls=ImportCommand)
@click.argument("tool", metavar="TOOL")
@click.argument("source_name", metavar="SOURCE")
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
@click.option("--channel", "channels", metavar="NAME", multiple=True, help=_("For a table: a channel of posts that name none. Repeatable."))
@click.option(
    "--map", "mapping", metavar="MEANING=COLUMN", multiple=True, help=_("For a table: what a column means, like text=Message. Repeatable.")
)
@click.option(
    "--dates", type=click.Choice(["day-first", "month-first"]), help=_("For a table: which number of a date like 05/12/2026 is the day.")
)
@click.option("--dry-run", is_flag=True, help=_("Show what would be imported, and write nothing."))
@text_or_json_option(_("Output format: text for people, json for programs."))
@pass_command_context
def command(
    context: CommandContext,
    tool: str,
    source_name: str,
    media: str,
    channels: tuple[str, ...],
    mapping: tuple[str, ...],
    dates: Literal["day-first", "month-first"] | None,
    output_format: str,
    *,
    fresh: bool,
    dry_run: bool,
) -> None:
    """Import posts, accounts, handles and history from another tool, and list what was not imported.

    TOOL is one of the tools below; SOURCE is its folder or file, or for a feed an address. It is only read.
    Nothing in the brand is overwritten, so the command can be run again.
    What the other tool has already sent is recorded in the ledger first, and is never sent again.
    """
    from marronnier import importers
    from marronnier.importers import ReadsTables, TableOptions
    from marronnier.importers.leftovers import with_leftovers
    from marronnier.importers.past_sends import past_sends_by_key, record_past_sends
    from marronnier.importers.writer import compare_with_brand, write_bundle
    from marronnier.model.scalars import zone_or_utc

    if tool not in importers.names():
        raise Trouble(
            _("There is no importer for {name}", name=tool), _("Imports exist for {names}.", names=", ".join(importers.names())), status=2
        )
    desk = context.desk
    if desk.settings_errors:
        raise Trouble(
            _("{place} has an error: {message}", place=desk.settings_errors[0].place, message=desk.settings_errors[0].message),
            _("Run `marronnier check` and correct it first: the import adds to what is there."),
        )
    importer = importers.get(tool)
    source = _open_source(context, importer, source_name, desk.brand)
    now = context.now(desk.brand)
    options = TableOptions(_columns(mapping), _known_channels(desk, channels), dates)
    zone = zone_or_utc(desk.brand.zone)
    if isinstance(importer, ReadsTables):
        bundle = importer.read_table(source, desk, now, zone, fresh=fresh, options=options)
    elif options != TableOptions():
        raise Trouble(_("--channel, --map and --dates are for tables"), _("Leave them out for {tool}.", tool=tool), status=2)
    else:
        bundle = importer.read(source, desk, now, zone, fresh=fresh)
    bundle = with_leftovers(bundle, source)
    diff = compare_with_brand(bundle, desk, source)
    ledger = _existing_ledger(context, desk.brand) if past_sends_by_key(bundle, diff) else None
    recorded = record_past_sends(bundle, diff, ledger, now) if ledger is not None and not dry_run else {}
    if not dry_run:
        write_bundle(bundle, diff, source, desk, context.root, _web_client(desk.brand) if media == "fetch" else None)
    import_report.print_report(bundle, diff, recorded, output_format, dry_run=dry_run)


def _open_source(context: CommandContext, importer: Importer, name: str, brand: Brand) -> Tree:
    """The folder, file or address to import from. Raises Trouble where it cannot be read, and for an address that the tool has none of."""
    from marronnier.importers import ReadsWeb, source

    if not source.is_address(name):
        return source.open_path(context.folder / name)
    if not isinstance(importer, ReadsWeb):
        raise Trouble(
            _("{tool} is not imported from an address", tool=importer.TOOL),
            _("Download or clone it, and name the folder or file."),
            status=2,
        )
    return source.open_address(name, importer.ACCEPT, _web_client(brand))


def _columns(mapping: tuple[str, ...]) -> dict[str, str]:
    """The column of each meaning. Raises Trouble for an option of another form, and for a meaning that there is not."""
    from marronnier.importers.tools import csv

    columns = {}
    for entry in mapping:
        meaning, equals, column = entry.partition("=")
        if not equals or not column.strip() or meaning.strip() not in csv.MEANINGS:
            raise Trouble(
                _("--map {text} is not understood", text=entry),
                _("Write it like --map text=Message; the meanings are {meanings}.", meanings=", ".join(csv.MEANINGS)),
                status=2,
            )
        columns[meaning.strip()] = column.strip()
    return columns


def _known_channels(desk: Desk, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of channels or groups. Raises Trouble for one that the brand has not."""
    for name in names:
        if not desk.expand((name,)):
            raise Trouble(
                _("There is no channel {name}", name=name),
                _("The channels here are {names}.", names=", ".join(desk.channels.channels)),
                status=2,
            )
    return names


def _existing_ledger(context: CommandContext, brand: Brand) -> Ledger:
    """The brand's ledger. Raises Trouble when there is none yet: without it everything sent already would be sent again."""
    from marronnier import ledger

    opened = ledger.open(context.repo, brand)
    if not opened.exists:
        raise Trouble(
            _("There is no ledger yet, and without it posts that were already sent would be sent again; nothing was written"),
            _(
                'Run `git add --all && git commit -m "Our brand" && marronnier ledger init && git commit --all -m "Begin the ledger"`, '
                "then this again; or add --fresh, if everything is to be published again."
            ),
        )
    return opened


def _web_client(brand: Brand) -> Web:
    from marronnier.web import Web

    return Web(loopback=brand.clock is not None)
