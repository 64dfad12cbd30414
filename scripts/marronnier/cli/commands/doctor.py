"""`marronnier doctor`: checks the credentials and the limits of each account."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, ngettext

if TYPE_CHECKING:
    from marronnier.doctor import Checkup, Note
    from marronnier.forge import Setup

_GLYPHS = {
    "fine": ("✓", "green"),
    "note": ("·", "cyan"),
    "later": ("…", "yellow"),
    "wrong": ("!", "red"),
    "open": ("!", "yellow"),
    "unknown": ("?", "yellow"),
}


@click.command()
@click.argument("names", nargs=-1, metavar="[CHANNEL]…")
@click.option(
    "--write", is_flag=True, help=_("Write the limits of each server into brand/channels.yml; without this option, only show them.")
)
@output.text_or_json_option(_("Output format."))
@pass_command_context
def command(context: CommandContext, names: tuple[str, ...], write: bool, output_format: str) -> None:
    """Check that each account, and the repository on its forge, is ready to publish; nothing is posted. Credentials about to end are renewed where MARRONNIER_SECRETS_FILE or MARRONNIER_SECRETS_TOKEN says where the new ones are kept. Exit code 0 when all is well, 1 when limits differ, a server did not answer, credentials end soon or a step on the forge is left, 3 when an account needs attention."""
    from marronnier import doctor
    from marronnier.cli.secret_place import secret_store
    from marronnier.publish.channels_of_job import channels_of_job
    from marronnier.web import Web

    desk = context.desk
    channels = desk.channels.channels
    if doctor.PATH in desk.unreadable_settings:
        raise Trouble(_("{file} cannot be read", file=doctor.PATH), _("`marronnier check` says where and why."))
    if not channels:
        raise Trouble(_("This brand has no channel yet"), _("Add one to {file}.", file=doctor.PATH))
    if unknown := [name for name in names if name not in channels]:
        raise Trouble(
            _("There is no channel {name}", name=unknown[0]), _("The channels are: {names}.", names=", ".join(channels)), status=2
        )
    is_demo = desk.brand.clock is not None
    now = None if is_demo or context.now_text is not None else context.now(desk.brand)
    examiner = doctor.Doctor(
        desk.brand,
        desk.channels,
        os.environ,
        Web(loopback=is_demo),
        now,
        context.now(desk.brand).date(),
        secret_store(context),
        desk.trials,
    )
    is_ours = channels_of_job(os.environ, desk.channels)
    checkups = [examiner.examine(name) for name in names or filter(is_ours, channels)]
    setup = None if names else _open_setup(context, loopback=is_demo)
    has_ledger = not names and desk.brand.ledger.first is not None
    ledger_notes = (
        doctor.examine_ledger(context.repo, asks_forge=setup is not None)
        if has_ledger
        else (doctor.ledger_not_begun(),)
        if setup is not None
        else ()
    )
    policy_notes = doctor.examine_policy(desk.tree) if not names else ()
    settings_notes = () if setup is None else _examine_settings(context, setup)
    written = write and _write_proposals(context, checkups)
    if output_format == "json":
        report = {"channels": [_as_json(checkup) for checkup in checkups], "written": written}
        others = (("approval", policy_notes), ("ledger", ledger_notes), ("forge", settings_notes))
        output.print_json(report | {name: _notes_as_json(notes) for name, notes in others if notes})
    else:
        _print_checkups(checkups, written=written)
        for heading, notes in ((_("Approval"), policy_notes), (_("The ledger"), ledger_notes)):
            if notes:
                output.print_line(output.coloured(heading, "white", bold=True))
                _print_notes(notes)
        if setup is not None:
            output.print_line(output.coloured(f"{setup.name}  {setup.address}", "white", bold=True))
            _print_notes(settings_notes)
    if any(checkup.state == "wrong" for checkup in checkups):
        raise click.exceptions.Exit(3)
    if any(checkup.state in ("later", "open") or (checkup.proposals and not written) for checkup in checkups) or any(
        note.state == "open" for note in (*settings_notes, *ledger_notes)
    ):
        raise click.exceptions.Exit(1)


def _open_setup(context: CommandContext, *, loopback: bool) -> Setup | None:
    """The settings of the repository on its forge; None where origin is none whose settings can be told, or there is no repository."""
    from marronnier import forge
    from marronnier.git import Repo

    return forge.open_setup(Repo(context.root), loopback=loopback)


def _examine_settings(context: CommandContext, setup: Setup) -> Sequence[Note]:
    from marronnier import doctor
    from marronnier.cli import forge_setup

    text = forge_setup.publishing_workflow(context.root)
    return doctor.examine_settings(setup, forge_setup.needs_of(context.root, context.desk, context.repo), text or None)


def _write_proposals(context: CommandContext, checkups: Sequence[Checkup]) -> bool:
    """Write the proposed limits, and return whether there were any. Raises Trouble when the file cannot be read."""
    from marronnier import doctor
    from marronnier.files import atomic_write

    if not any(checkup.proposals for checkup in checkups):
        return False
    path = context.root / doctor.PATH
    try:
        after = doctor.add_limits(path.read_bytes().decode("utf-8"), checkups)
    except ValueError as error:
        raise Trouble(_("{path} cannot be read", path=doctor.PATH), _("See `marronnier check {path}`.", path=doctor.PATH)) from error
    atomic_write.write(path, after)
    return True


def _print_checkups(checkups: Sequence[Checkup], *, written: bool) -> None:
    from marronnier.doctor import EXPIRES

    for checkup in checkups:
        title = "  ".join(part for part in (checkup.channel_name, checkup.channel.account or checkup.channel.network) if part)
        output.print_line(output.coloured(output.escape_controls(title), "white", bold=True))
        _print_notes(checkup.notes)
        for proposal in checkup.proposals:
            here = _("nothing") if proposal.current is None else str(proposal.current)
            told = (
                _("expires: {there} by the server, and {here} here", there=proposal.server, here=here)
                if proposal.limit == EXPIRES
                else _("limits: {limit} is {there} on the server and {here} here", limit=proposal.limit, there=proposal.server, here=here)
            )
            output.print_line(output.coloured("  ~ ", "yellow") + told)
    proposed = [proposal for checkup in checkups for proposal in checkup.proposals]
    ends = sum(proposal.limit == EXPIRES for proposal in proposed)
    count = len(proposed) - ends
    if ends:
        sentence = (
            ngettext("The end of the credentials of {count} channel was written to brand/channels.yml.",
                     "The ends of the credentials of {count} channels were written to brand/channels.yml.", ends)
            if written
            else ngettext("The end of the credentials of {count} channel would be written to brand/channels.yml; add --write to write it.",
                          "The ends of the credentials of {count} channels would be written to brand/channels.yml; add --write to write them.", ends)
        )  # fmt: skip
        output.print_line(sentence, err=True)
    if not count:
        return
    if written:
        output.print_line(
            ngettext("{count} limit written to brand/channels.yml.", "{count} limits written to brand/channels.yml.", count), err=True
        )
    else:
        sentence = ngettext("{count} limit would be written to brand/channels.yml; add --write to write it.",
                        "{count} limits would be written to brand/channels.yml; add --write to write them.", count)  # fmt: skip
        output.print_line(sentence, err=True)


def _print_notes(notes: Sequence[Note]) -> None:
    for note in notes:
        glyph, colour = _GLYPHS[note.state]
        output.print_line(output.coloured(f"  {glyph} ", colour) + output.escape_controls(note.message))
        if note.next:
            output.print_line(f"    → {output.escape_controls(note.next)}")


def _notes_as_json(notes: Sequence[Note]) -> list[Mapping[str, str]]:
    return [{"state": note.state, "said": note.message, "next": note.next} for note in notes]


def _as_json(checkup: Checkup) -> Mapping[str, object]:
    return {
        "channel": checkup.channel_name,
        "network": checkup.channel.network,
        "account": checkup.channel.account,
        "state": checkup.state,
        "notes": _notes_as_json(checkup.notes),
        "proposals": [{"limit": proposal.limit, "here": proposal.current, "there": proposal.server} for proposal in checkup.proposals],
    }
