"""`marronnier ledger`: begins, prints and verifies the record of what was sent."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier import ledger
from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.git import GitError
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.publication import current_and_former_keys
from marronnier.model.scalars import zone_or_utc

if TYPE_CHECKING:
    from marronnier.model.brand import Brand

format_option = output.text_or_json_option(_("Output format: text for people, json for programs."))


@click.group(help=_("The record of what happened to every publication: the branch `ledger`."))
def command() -> None:
    """The group of commands; it does nothing by itself."""


@command.command(help=_("Create the branch `ledger`, or sign an unsigned one, and record it in brand/brand.yml."))
@click.option("--unsigned/--signed", default=None, help=_("With signatures, or without (only if nobody else uses the repository)."))
@pass_command_context
def init(context: CommandContext, unsigned: bool | None) -> None:
    """Begin the ledger of this brand, or sign the one it has."""
    from marronnier import forge as forges

    if ledger.can_continue_signed(context.repo, context.brand, unsigned):
        _continue_signed(context)
        return
    is_unsigned = ledger.will_be_unsigned(context.repo, context.brand, unsigned)
    first = ledger.init(
        context.repo,
        context.root,
        context.brand,
        context.now(),
        unsigned=is_unsigned,
        policy=_first_policy(context),
        repository=forges.open(context.repo).repository_id(),
    )
    click.echo(_("The ledger begins with commit {first}, named in brand/brand.yml.", first=first[:12]))
    if is_unsigned:
        click.echo(_("It is not signed: anyone who can write to this repository can change it."), err=True)
        click.echo(_("So it is for a brand that is published from this machine alone. Once it has an origin on GitHub or another server, `marronnier ledger init` with the publisher's key signs it and keeps what it remembers."), err=True)  # fmt: skip
    git = _git_at(context.root)
    click.echo(_('Next: `{git} add brand/brand.yml && {git} commit -m "{message}"`.', git=git, message=_("Begin the ledger")))


def _continue_signed(context: CommandContext) -> None:
    """Sign the unsigned ledger of this brand: a new one carries on its records."""
    from marronnier import forge as forges

    repository = forges.open(context.repo).repository_id()
    after = ledger.continue_signed(context.repo, context.root, context.brand, context.now(), repository=repository)
    click.echo(
        ngettext(
            "The ledger is signed from now on: it begins anew with commit {first}, named in brand/brand.yml, and carries on the records of {count} publication.",
            "The ledger is signed from now on: it begins anew with commit {first}, named in brand/brand.yml, and carries on the records of {count} publications.",
            after.publications,
            first=after.first[:12],
        )
    )
    if after.kept:
        click.echo(_("The unsigned one stays in this clone, as {kept}.", kept=after.kept))
    git, then = _git_at(context.root), " && git push" if context.repo.has_remote() else ""
    click.echo(
        _('Next: `{git} add brand/brand.yml && {git} commit -m "{message}"{then}`.', git=git, message=_("Sign the ledger"), then=then)
    )


def _git_at(root: Path) -> str:
    """What to type for git to read paths as below the brand's folder, from wherever the shell is."""
    here = Path.cwd().resolve()
    if root.resolve() == here:
        return "git"
    return f"git -C {shlex.quote(os.path.relpath(root.resolve(), here) if here.is_relative_to(root.resolve()) else str(root))}"


def _first_policy(context: CommandContext) -> ledger.FirstPolicy | None:
    """The policy of the default branch; None before anything is committed. Raises Trouble where it cannot be read."""
    from marronnier import desk
    from marronnier.desk.commit_tree import CommitTree
    from marronnier.proofs.policy_reader import parse_policy, policy_blob

    commit = context.repo.default_commit()
    if commit is None:
        return None
    committed = desk.load(CommitTree(context.repo, commit), only="")
    if broken := committed.settings_errors:
        raise Trouble(
            _("The ledger begins with the policy that is committed, and it cannot be read: {why}", why=str(broken[0])),
            _("Correct the file first: `marronnier check` shows where."),
        )
    blob = policy_blob(context.repo, commit, committed)
    return ledger.FirstPolicy(blob, parse_policy(blob).digest, commit)


@command.command(help=_("What happened to one publication, like portes-ouvertes@journal."))
@click.argument("key")
@format_option
@pass_command_context
def log(context: CommandContext, key: str, output_format: str) -> None:
    """Print the events of one publication."""
    brand = context.brand
    opened = ledger.open(context.repo, brand)
    try:
        keys = [key] if opened.history(key).events else sorted(other for other in opened.histories if other.partition("~")[0] == key)
    except ValueError as error:
        raise Trouble(
            _("{key} is not a publication.", key=key),
            _("Write it as post@channel, like portes-ouvertes@journal; `marronnier status` lists them."),
            status=2,
        ) from error
    is_unheard_of = opened.exists and not keys
    if output_format == "json":
        if is_unheard_of:
            _require_planned(context, key, opened)
        events = [
            {"key": event.key, "seq": event.seq, "event": event.name, "at": event.at.isoformat(), "data": dict(event.data)}
            for name in keys
            for event in opened.history(name).events
        ]
        output.print_json({"key": key, "head": opened.head, "unsigned": opened.unsigned, "events": events})
        return
    for warning in opened.warnings:
        click.echo(warning, err=True)
    if not opened.exists:
        click.echo(_("This brand has no ledger yet. Run `marronnier ledger init`."))
    elif is_unheard_of:
        _require_planned(context, key, opened)
        click.echo(_("Nothing has happened to {key} yet.", key=key))
    for name in keys:
        if name != key:
            click.echo(name)
        for line in ledger.log(opened, name, zone_or_utc(brand.zone)):
            click.echo(line)


def _require_planned(context: CommandContext, key: str, opened: ledger.Ledger) -> None:
    """Raises Trouble for a key that is no publication of the calendar here, and no repeat of it without its day."""
    from marronnier import timetable
    from marronnier.timetable.unknown_name import unknown_publication

    desk = context.desk
    table = timetable.make(desk, opened.histories, context.now(desk.brand))
    known = {name for publication in table.publications.values() for name in current_and_former_keys(publication)}
    if key not in known and key not in {name.partition("~")[0] for name in known}:
        raise unknown_publication(key, table.publications.values())


@command.command(help=_("Check the whole ledger, and list everything that was changed, removed or forged."))
@format_option
@pass_command_context
def verify(context: CommandContext, output_format: str) -> None:
    """Print every damage of the ledger."""
    damages = ledger.verify(context.repo, context.brand)
    if output_format == "json":
        rows = [{"kind": damage.kind, "where": damage.where, "message": damage.message, "next": damage.next} for damage in damages]
        output.print_json({"sound": not damages, "damages": rows})
    else:
        for damage in damages:
            click.echo(f"{damage.where}: {damage.kind}: {damage.message}\n  {damage.next}")
        click.echo(_verdict_sentence(len(damages), context.brand))
    if damages:
        raise click.exceptions.Exit(3)


@command.command(help=_("Delete checkpoint tags that are not needed: of each day but the last, all but the newest."))
@pass_command_context
def prune(context: CommandContext) -> None:
    """Delete the checkpoints that others make redundant. The ledger is verified first."""
    brand = context.brand
    if damages := ledger.verify(context.repo, brand):
        raise Trouble(damages[0].message, _("Nothing was deleted. {next}", next=damages[0].next))
    head = ledger.open(context.repo, brand).head
    try:
        count = ledger.prune(context.repo, head) if head is not None else 0
    except GitError as error:
        raise Trouble(
            _("origin does not delete the tags: {said}", said=ledger.last_error_line(error)),
            _("Let whoever looks after origin run this: the tags `ledger-checkpoint/*` are protected there, as they should be."),
        ) from None
    click.echo(ngettext("{count} checkpoint deleted.", "{count} checkpoints deleted.", count))


def _verdict_sentence(count: int, brand: Brand) -> str:
    if count:
        return ngettext(
            "The ledger is damaged in {count} place: nothing goes out until it is repaired.",
            "The ledger is damaged in {count} places: nothing goes out until it is repaired.",
            count,
        )
    if brand.ledger.first is None:
        return _("This brand has no ledger yet. Run `marronnier ledger init`.")
    if brand.ledger.unsigned:
        return _("The ledger is intact. It is not signed: anyone who can write to this repository can change it.")
    return _("The ledger is intact, and the publisher signed every commit.")
