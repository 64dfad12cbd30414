"""`marronnier ledger`: begin the record of what was sent, read it, verify it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from marronnier import ledger
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.scalars import zone_to_show

if TYPE_CHECKING:
    from marronnier.model.brand import Brand

format_option = click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help=_("For people, or for programs.")
)


@click.group(help=_("The record of what happened to every publication: the branch `ledger`."))
def command() -> None:
    """Nothing by itself."""


def brand_of(context: CommandContext) -> Brand:
    """The brand as it stands in the working directory; the posts are not read."""
    from marronnier import desk
    from marronnier.files import WorkTree

    return desk.load(WorkTree(context.root), only="brand/brand.yml").brand


@command.command(help=_("Make the branch `ledger`, and name it in brand/brand.yml."))
@click.option("--unsigned/--signed", default=None, help=_("Without signatures (only where nobody shares the repository), or with them."))
@pass_command_context
def init(context: CommandContext, unsigned: bool | None) -> None:
    """Begin a ledger."""
    brand = brand_of(context)
    free = ledger.will_be_unsigned(context.repo, unsigned)
    first = ledger.init(context.repo, context.root, brand, context.now(brand.zone, brand.clock), unsigned=free)
    click.echo(_("The ledger begins with commit {first}, named in brand/brand.yml.", first=first[:12]))
    if free:
        click.echo(_("It is not signed: whoever can write to this repository can change it."), err=True)
    click.echo(_('Next: `git add brand/brand.yml && git commit -m "Begin the ledger"`.'))


@command.command(help=_("What happened to one publication, like portes-ouvertes@journal."))
@click.argument("key")
@format_option
@pass_command_context
def log(context: CommandContext, key: str, output_format: str) -> None:
    """One publication's history."""
    brand = brand_of(context)
    read = ledger.open(context.repo, brand)
    try:
        history = read.history(key)
    except ValueError as error:
        raise Trouble(
            _("{key} is not a publication.", key=key),
            _("Write it as post@channel, like portes-ouvertes@journal; `marronnier status` lists them."),
            status=2,
        ) from error
    if output_format == "json":
        events = [{"seq": event.seq, "event": event.name, "at": event.at.isoformat(), "data": dict(event.data)} for event in history.events]
        click.echo(json.dumps({"key": key, "head": read.head, "unsigned": read.unsigned, "events": events}, ensure_ascii=False, indent=2))
        return
    for warning in read.warnings:
        click.echo(warning, err=True)
    if not read.exists:
        click.echo(_("This brand has no ledger yet. Run `marronnier ledger init`."))
    elif not history.events:
        click.echo(_("Nothing has happened to {key} yet.", key=key))
    for line in ledger.log(read, key, zone_to_show(brand.zone)):
        click.echo(line)


@command.command(help=_("Walk the whole ledger and name everything that was changed, removed or forged."))
@format_option
@pass_command_context
@click.pass_context
def verify(ctx: click.Context, context: CommandContext, output_format: str) -> None:
    """Prove the ledger."""
    brand = brand_of(context)
    damages = ledger.verify(context.repo, brand)
    if output_format == "json":
        rows = [{"kind": one.kind, "where": one.where, "message": one.message, "next": one.next} for one in damages]
        click.echo(json.dumps({"sound": not damages, "damages": rows}, ensure_ascii=False, indent=2))
    else:
        for one in damages:
            click.echo(f"{one.where}: {one.kind}: {one.message}\n  {one.next}")
        click.echo(_verdict_sentence(len(damages), brand))
    if damages:
        ctx.exit(3)


def _verdict_sentence(count: int, brand: Brand) -> str:
    if count:
        return ngettext(
            "The ledger is damaged in {count} place: nothing goes out until it is mended.",
            "The ledger is damaged in {count} places: nothing goes out until it is mended.",
            count,
        )
    if brand.ledger.first is None:
        return _("This brand has no ledger yet. Run `marronnier ledger init`.")
    if brand.ledger.unsigned:
        return _("The ledger is whole. It is not signed: whoever can write to this repository can change it.")
    return _("The ledger is whole, and the publisher signed every commit.")
