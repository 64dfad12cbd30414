"""`marronnier try`: posts a marked test on a channel, looks at it, deletes it, and records what held."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _
from marronnier.model.trial import StepOutcome, Trial

if TYPE_CHECKING:
    from marronnier.publish.run import Run
    from marronnier.publish.trial import ChannelTrial, TrialStep

_GLYPHS: dict[StepOutcome, tuple[str, str]] = {
    "held": ("✓", "green"),
    "not held": ("!", "red"),
    "not supported": ("·", "cyan"),
    "not known": ("?", "yellow"),
}


@click.command()
@click.argument("name", metavar="CHANNEL")
@click.option("--dry-run", "-n", is_flag=True, help=_("Only show what would be posted."))
@click.option("--yes", is_flag=True, help=_("Do not ask first."))
@click.option("--keep", is_flag=True, help=_("Also post where the network cannot delete it: the test stays there."))
@pass_command_context
def command(context: CommandContext, name: str, dry_run: bool, yes: bool, keep: bool) -> None:
    """Post a marked test on CHANNEL, read it back, correct it, count it and delete it, and record in brand/tried.yml what held. Exit code 0 when all that the network supports held, 1 when something did not, 3 when the test may still stand there."""
    from marronnier.publish import trial as trials

    desk = context.desk
    if "brand/channels.yml" in desk.unreadable_settings:
        raise Trouble(_("{file} cannot be read", file="brand/channels.yml"), _("`marronnier check` says where and why."))
    if trials.PATH in desk.unreadable_settings:
        raise Trouble(_("{file} cannot be read", file=trials.PATH), _("`marronnier check` says where and why."))
    run, mark = _run(context), _mark()
    now = context.now(desk.brand)
    trial = trials.open_trial(desk, name, run, mark, now.date(), _print_step)
    trials.require_trial(trial)
    _print_intent(trial)
    if (earlier := desk.trials.get(name)) is not None and earlier.left:
        output.print_line(
            output.warning_line(_("The last test of {channel} may still stand there: {place}", channel=name, place=earlier.left))
        )
    if dry_run:
        return
    if not trial.check_account():
        raise click.exceptions.Exit(1)
    _ask(trial, yes=yes, keep=keep)
    path = context.root / trials.PATH
    delivery = trial.post(lambda known: _save(path, name, known))
    if delivery is not None:
        try:
            trial.try_abilities(delivery)
        except KeyboardInterrupt:
            _print_end(trial)
            raise
        finally:
            _save(path, name, trial.record())
    output.print_line(_("Recorded in {file}: commit it.", file=trials.PATH))
    _print_end(trial)


def _run(context: CommandContext) -> Run:
    from marronnier.networks.kit.accounts import secrets_reader
    from marronnier.proofs.approved_media import ApprovedMedia
    from marronnier.publish.freeze import FreezeReader
    from marronnier.publish.run import Run, boot_seconds, run_name
    from marronnier.web import Web

    desk, surroundings = context.desk, os.environ
    web = Web(loopback=desk.brand.clock is not None)
    return Run(
        run_name(surroundings), context.now(desk.brand), FreezeReader(context.repo, surroundings),
        secrets_reader(surroundings, desk.brand, desk.channels), ApprovedMedia(context.repo), web, boot_seconds(),
    )  # fmt: skip


def _mark() -> str:
    """What no other post has: the second in real time, for a brand's clock does not advance."""
    from marronnier.publish import real_time

    return f"marronnier-try-{real_time.real_now():%Y%m%d-%H%M%S}"


def _print_intent(trial: ChannelTrial) -> None:
    title = "  ".join(filter(None, (trial.name, trial.place if trial.place != trial.name else "", _(trial.network.NAME))))
    output.print_line(output.coloured(output.escape_controls(title), "white", bold=True))
    for line in trial.payload().text.splitlines():
        output.print_line(f"  │ {output.escape_controls(line)}")
    audiences = {
        "direct": _("nobody but the account itself"),
        "followers": _("the followers of the account"),
        "unlisted": _("everybody, and it is on no public list"),
        "public": _("everybody who sees what this account publishes"),
    }
    output.print_line(f"  {_('Who can see it: {audience}.', audience=audiences[trial.audience])}")
    if not trial.can_delete:
        why = _(trial.network.FACTS.lacks("delete")) or _("it has no such ability")
        output.print_wrapped(
            _("It stays there: {network} cannot delete it for us ({why}).", network=_(trial.network.NAME), why=why), indent=2
        )


def _ask(trial: ChannelTrial, *, yes: bool, keep: bool) -> None:
    """Ask before anything is posted. Raises Trouble where `--yes` alone would leave a post for good."""
    if trial.can_delete:
        if not yes:
            click.confirm(_("Post it, and delete it at the end?"), abort=True)
        return
    if keep:
        return
    if yes:
        raise Trouble(
            _("{network} cannot delete the test: it would stay there", network=_(trial.network.NAME)),
            _("Add --keep if that is what you want. Nothing was sent."),
            status=2,
        )
    click.confirm(_("The test stays there until somebody deletes it by hand. Post it all the same?"), abort=True)


def _save(path: Path, name: str, trial: Trial) -> None:
    """Keep what is known in `brand/tried.yml`. Raises Trouble where that file cannot be read."""
    from marronnier.files import atomic_write, yaml_edit
    from marronnier.publish import trial as trials

    before = path.read_bytes().decode("utf-8") if path.exists() else f"# {_('What `marronnier try` found out. Commit it.')}\n"
    try:
        after = yaml_edit.set_key(before, ("tried", name), trials.as_yaml(trial))
    except ValueError as error:
        raise Trouble(_("{path} cannot be read", path=trials.PATH), _("See `marronnier check {path}`.", path=trials.PATH)) from error
    atomic_write.write(path, after)


def _print_step(step: TrialStep) -> None:
    from marronnier.networks.kit.trials import STEPS

    outcomes: dict[StepOutcome, str] = {
        "held": _("held"),
        "not held": _("not held"),
        "not supported": _("not supported"),
        "not known": _("not known"),
    }
    glyph, colour = _GLYPHS[step.outcome]
    note = f" ({output.escape_controls(step.note)})" if step.note else ""
    said = _("{step}: {outcome}", step=_(STEPS[step.name]), outcome=outcomes[step.outcome])
    output.print_line(output.coloured(f"  {glyph} ", colour) + said + note)


def _print_end(trial: ChannelTrial) -> None:
    """What stands there now. Exits with 3 where the test may stand that was to be deleted, with 1 where something did not hold."""
    posted = trial.steps["post"]
    if trial.left and posted == "not known":
        output.print_wrapped(
            _("It may have been sent. Look for {mark} at {place}, and delete it there by hand. It is not sent again.",
              mark=trial.mark, place=output.escape_controls(trial.left))
        )  # fmt: skip
    elif trial.left and trial.can_delete:
        output.print_wrapped(_("The test may still stand there: {place}. Delete it by hand.", place=output.escape_controls(trial.left)))
    elif trial.left:
        output.print_wrapped(_("The test stays there: {place}", place=output.escape_controls(trial.left)))
    if trial.left and (trial.can_delete or posted == "not known"):
        raise click.exceptions.Exit(3)
    if set(trial.steps.values()) & {"not held", "not known"}:
        raise click.exceptions.Exit(1)
