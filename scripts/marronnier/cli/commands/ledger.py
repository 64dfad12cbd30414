"""`marronnier ledger`: begin the record of what was sent, read it, verify it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from marronnier import ledger
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.scalars import zone_or_utc

if TYPE_CHECKING:
    from marronnier.model.brand import Brand

formats = click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help=_("For people, or for programs."))


@click.group(help=_("The record of what happened to every publication: the branch `ledger`."))
def command() -> None:
    """Nothing by itself."""


def brand_of(surroundings: CommandContext) -> Brand:
    """The brand as it stands in the working directory; the posts are not read."""
    from marronnier import desk
    from marronnier.files import WorkTree

    return desk.load(WorkTree(surroundings.root), only="brand/brand.yml").brand


@command.command(help=_("Make the branch `ledger`, and name it in brand/brand.yml."))
@click.option("--unsigned/--signed", default=None, help=_("Without signatures (only where nobody shares the repository), or with them."))
@pass_command_context
def init(surroundings: CommandContext, unsigned: bool | None) -> None:
    """Begin a ledger."""
    brand = brand_of(surroundings)
    free = ledger.will_be_unsigned(surroundings.repo, unsigned)
    first = ledger.init(surroundings.repo, surroundings.root, brand, surroundings.now(brand.zone, brand.clock), unsigned=free)
    click.echo(_("The ledger begins with commit {first}, named in brand/brand.yml.", first=first[:12]))
    if free:
        click.echo(_("It is not signed: whoever can write to this repository can change it."), err=True)
    click.echo(_('Next: `git add brand/brand.yml && git commit -m "Begin the ledger"`.'))


@command.command(help=_("What happened to one publication, like portes-ouvertes@journal."))
@click.argument("key")
@formats
@pass_command_context
def log(surroundings: CommandContext, key: str, shape: str) -> None:
    """One publication's history."""
    brand = brand_of(surroundings)
    read = ledger.open(surroundings.repo, brand)
    try:
        history = read.history(key)
    except ValueError as error:
        raise Trouble(
            _("{key} is not a publication.", key=key),
            _("Write it as post@channel, like portes-ouvertes@journal; `marronnier status` lists them."),
            status=2,
        ) from error
    if shape == "json":
        events = [{"seq": event.seq, "event": event.name, "at": event.at.isoformat(), "data": dict(event.data)} for event in history.events]
        click.echo(json.dumps({"key": key, "head": read.head, "unsigned": read.unsigned, "events": events}, ensure_ascii=False, indent=2))
        return
    for warning in read.warnings:
        click.echo(warning, err=True)
    if not read.exists:
        click.echo(_("This brand has no ledger yet. Run `marronnier ledger init`."))
    elif not history.events:
        click.echo(_("Nothing has happened to {key} yet.", key=key))
    for line in ledger.log(read, key, zone_or_utc(brand.zone)):
        click.echo(line)


@command.command(help=_("Walk the whole ledger and name everything that was changed, removed or forged."))
@formats
@pass_command_context
@click.pass_context
def verify(ctx: click.Context, surroundings: CommandContext, shape: str) -> None:
    """Prove the ledger."""
    brand = brand_of(surroundings)
    damages = ledger.verify(surroundings.repo, brand)
    if shape == "json":
        rows = [{"kind": one.kind, "where": one.where, "message": one.message, "next": one.next} for one in damages]
        click.echo(json.dumps({"sound": not damages, "damages": rows}, ensure_ascii=False, indent=2))
    else:
        for one in damages:
            click.echo(f"{one.where}: {one.kind}: {one.message}\n  {one.next}")
        click.echo(_verdict(len(damages), brand))
    if damages:
        ctx.exit(3)


def _verdict(count: int, brand: Brand) -> str:
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
