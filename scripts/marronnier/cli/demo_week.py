"""The demo on a fake GitHub: plays the week with the commands of this program, in its own process."""

from __future__ import annotations

import contextlib
import io
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.messages import Trouble, _, in_language

if TYPE_CHECKING:
    from marronnier.demo.week import TeamWeek
    from marronnier.demo.week.workplace import CommandResult


@contextmanager
def playing(folder: Path) -> Iterator[TeamWeek]:
    """Inside the `with`, the week was played in the folder, and commands see what its fake GitHub holds. Raises Trouble."""
    from marronnier.demo.week import play_week
    from marronnier.demo.week.folder import clear_folder, note_finished
    from marronnier.demo.week.workplace import surrounded

    clear_folder(folder, click.echo)
    with play_week(folder, click.echo, run_command) as week:
        note_finished(folder)
        with surrounded(week.surroundings):
            yield week


def run_command(arguments: Sequence[str], surroundings: Mapping[str, str], lang: str) -> CommandResult:
    """Run a command as a job would: in its environment and language, with all that it says gathered."""
    from marronnier.cli import marronnier
    from marronnier.demo.week.workplace import CommandResult, surrounded

    said = io.StringIO()
    with surrounded(surroundings), in_language(lang), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            returned = marronnier.main(args=list(arguments), prog_name="marronnier", standalone_mode=False)
        except Trouble as trouble:
            click.echo(f"{trouble.message}\n{trouble.next}")
            returned = trouble.status
    return CommandResult(said.getvalue(), returned if isinstance(returned, int) else 0)


def print_next_steps(week: TeamWeek, program: str, *, is_served: bool) -> None:
    """Print commands that can be typed as they stand, in a new terminal; while the fake GitHub answers, with what leads to it."""
    click.echo()
    click.echo(_("Look at the page Pull requests first."))
    click.echo(_("Try these commands in another terminal; the page follows:") if is_served else _("Try these commands:"))
    click.echo(f"  cd {shlex.quote(str(week.folder))}")
    if is_served:
        names = ("GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
        click.echo("  export " + " ".join(f"{name}={shlex.quote(week.surroundings[name])}" for name in names))
    for command in ("plan", "status", "policy", "who lecture-le-sapin@journal"):
        click.echo(f"  {program} {command}")
    click.echo()
