"""`marronnier doctor`: whether each account is ready to speak."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, ngettext

if TYPE_CHECKING:
    from marronnier.doctor import Checkup

_GLYPHS = {"fine": ("✓", "green"), "note": ("·", "cyan"), "later": ("…", "yellow"), "wrong": ("!", "red")}


@click.command()
@click.argument("names", nargs=-1, metavar="[CHANNEL]…")
@click.option("--write", is_flag=True, help=_("Write the limits of each server into brand/channels.yml; without it, only show them."))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help=_("How to say it."))
@pass_command_context
def command(here: CommandContext, names: tuple[str, ...], write: bool, form: str) -> None:
    """Ask each account whether it is ready to speak: nothing is posted. Ends with 0, 1 when limits differ or a server did not answer, 3 when somebody must see to an account."""
    from marronnier import doctor
    from marronnier.web import Web

    desk = here.desk
    channels = desk.channels.channels
    if doctor.PATH in desk.unreadable_settings:
        raise Trouble(_("{file} cannot be read", file=doctor.PATH), _("`marronnier check` says where and why."))
    if not channels:
        raise Trouble(_("This brand has no channel yet"), _("Write one in {file}.", file=doctor.PATH))
    if unknown := [name for name in names if name not in channels]:
        raise Trouble(_("There is no channel {name}", name=unknown[0]), _("There are {names}.", names=", ".join(channels)), status=2)
    rehearsed = desk.brand.clock is not None or here.now_text is not None
    visit = doctor.Doctor(
        desk.brand, desk.channels, os.environ, Web(loopback=desk.brand.clock is not None), None if rehearsed else here.now()
    )
    checkups = [visit.examine(name) for name in names or channels]
    wrote = write and _write(here, checkups)
    if form == "json":
        output.say_json({"channels": [_as_json(checkup) for checkup in checkups], "written": wrote})
    else:
        _say(checkups, wrote=wrote)
    if any(checkup.state == "wrong" for checkup in checkups):
        raise click.exceptions.Exit(3)
    if any(checkup.state == "later" or (checkup.proposals and not wrote) for checkup in checkups):
        raise click.exceptions.Exit(1)


def _write(here: CommandContext, checkups: Sequence[Checkup]) -> bool:
    """Write the proposals; whether there were any. Raises Trouble when the file cannot be read."""
    from marronnier import doctor
    from marronnier.files import atomic_write

    if not any(checkup.proposals for checkup in checkups):
        return False
    path = here.root / doctor.PATH
    try:
        after = doctor.with_proposals(path.read_bytes().decode("utf-8"), checkups)
    except ValueError as error:
        raise Trouble(_("{path} cannot be read", path=doctor.PATH), _("See `marronnier check {path}`.", path=doctor.PATH)) from error
    atomic_write.write(path, after)
    return True


def _say(checkups: Sequence[Checkup], *, wrote: bool) -> None:
    for checkup in checkups:
        about = "  ".join(part for part in (checkup.channel_name, checkup.channel.account or checkup.channel.network) if part)
        output.say(output.coloured(output.visible(about), "white", bold=True))
        for note in checkup.notes:
            glyph, colour = _GLYPHS[note.state]
            output.say(output.coloured(f"  {glyph} ", colour) + output.visible(note.said))
            if note.next:
                output.say(f"    → {output.visible(note.next)}")
        for proposal in checkup.proposals:
            here = _("nothing") if proposal.here is None else str(proposal.here)
            output.say(
                output.coloured("  ~ ", "yellow")
                + _("limits: {limit} is {there} on this server, {here} here", limit=proposal.limit, there=proposal.there, here=here)
            )
    count = sum(len(checkup.proposals) for checkup in checkups)
    if wrote:
        output.say(
            ngettext("{count} limit written to brand/channels.yml.", "{count} limits written to brand/channels.yml.", count), err=True
        )
    elif count:
        said = ngettext("{count} limit would be written to brand/channels.yml; add --write to write it.",
                        "{count} limits would be written to brand/channels.yml; add --write to write them.", count)  # fmt: skip
        output.say(said, err=True)


def _as_json(checkup: Checkup) -> Mapping[str, object]:
    return {
        "channel": checkup.channel_name,
        "network": checkup.channel.network,
        "account": checkup.channel.account,
        "state": checkup.state,
        "notes": [{"state": note.state, "said": note.said, "next": note.next} for note in checkup.notes],
        "proposals": [{"limit": one.limit, "here": one.here, "there": one.there} for one in checkup.proposals],
    }
