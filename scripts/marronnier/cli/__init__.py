"""The door for people: `marronnier VERB`. Each verb is a file of `commands/`, imported only when it is used."""

from __future__ import annotations

import contextlib
import copy
import gc
import importlib
import io
import os
import pkgutil
import sys
from pathlib import Path

import click

from marronnier import __version__
from marronnier.cli import commands
from marronnier.cli.context import CommandContext
from marronnier.cli.localization import localized, use_preferred_language
from marronnier.messages import Trouble, _


class Verbs(click.Group):
    """Finds commands in the folder `commands/`; a dash in a name is a line in the file's, and a word that Python keeps for itself has one behind it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, sorted."""
        return sorted(self._files())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb, imported now."""
        files = self._files()
        if cmd_name not in files:
            return None
        module = importlib.import_module(f"{commands.__name__}.{files[cmd_name]}")
        command: click.Command = module.command
        return localized(dated(command))

    @staticmethod
    def _files() -> dict[str, str]:
        """The file of each verb: `import` stands in `import_.py`."""
        return {module.name.rstrip("_").replace("_", "-"): module.name for module in pkgutil.iter_modules(commands.__path__)}


def dated(command: click.Command) -> click.Command:
    """The command with `--now` of its own: people write it last as often as first."""
    given = copy.copy(command)
    if isinstance(given, click.Group):
        given.commands = {name: dated(below) for name, below in given.commands.items()}
        return given
    help_text = _("Judge everything at this instant, like 2026-12-02 09:00.")
    now = click.Option(["--now"], metavar="DATE", expose_value=False, help=help_text, callback=_set_clock)
    given.params = [*given.params, now]
    return given


def _set_clock(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.find_object(CommandContext).now_text = value  # type: ignore[union-attr]


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="marronnier")
@click.option("--now", "now_text", metavar="DATE", help=_("Judge everything at this instant, like 2026-12-02 09:00."))
@click.option("-C", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), help=_("Run as if in this folder."))
@click.pass_context
def marronnier(ctx: click.Context, now_text: str | None, folder: Path) -> None:
    """The editorial calendar that a community team keeps in Git."""
    ctx.obj = CommandContext(folder=folder.resolve(), now_text=now_text)


def main() -> None:
    """Run a command and end with its exit code: 0 fine, 1 findings, 2 usage, 3 something needs a person. Never a traceback."""
    _hasten()
    _speak_plainly()
    use_preferred_language()
    try:
        # Not standing alone, click returns the code a command exits with; it raises Exit only before a command runs.
        returned = localized(marronnier).main(standalone_mode=False)
        status = returned if isinstance(returned, int) else 0
        # What is still on its way to a reader that went away must fail here, not when Python ends.
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        status = end.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt) as end:
        # A full disk can cut a compiled module short, which Python reads as the end of a file and click as Ctrl-D.
        cut = isinstance(end.__cause__, EOFError)
        status = (
            _own_fault(end.__cause__) if cut else _say(_("Interrupted. What was done is kept; run the command again to go on."), status=130)
        )
    except Trouble as trouble:
        status = _say(trouble.message, trouble.next, status=trouble.status)
    except BrokenPipeError:
        _hear_no_more()
        status = 0
    except OSError as error:
        status = _say(
            _("{file}: {why}", file=error.filename or _("a file"), why=error.strerror or error), _("Nothing already recorded is lost.")
        )
    except Exception as error:  # noqa: BLE001 (the last stop before a traceback)
        status = _gits_fault(error) or _own_fault(error)
    # All that is left ends with the process: looking through it once more takes as long as checking a post.
    gc.freeze()
    sys.exit(status)


def _gits_fault(error: Exception) -> int | None:
    """What git says, where the error is git's."""
    from marronnier.git import GitError, NotInstalled

    if isinstance(error, NotInstalled):
        return _say(_("git does not answer: {why}", why=error), _("Install git 2.34 or newer."))
    if isinstance(error, GitError):
        return _say(
            _("git {command} failed: {said}", command=error.command[0], said=str(error)), _("Settle that, then run the command again.")
        )
    return None


def _own_fault(error: BaseException | None) -> int:
    from marronnier.cli import crash_report

    file = crash_report.report(error) if error is not None else None
    kept = _("Nothing already recorded is lost.")
    if file is not None:
        kept += " " + _("What happened stands in {file}: send it to whoever looks after Marronnier.", file=file)
    return _say(_("This is a fault of Marronnier's own, not yours: {kind}: {why}", kind=type(error).__name__, why=error), kept)


def _speak_plainly() -> None:
    """A terminal that knows no accents shows them as `?` instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _hear_no_more() -> None:
    """The reader went away (`| head`): whatever is still unsaid goes nowhere."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _hasten() -> None:
    """A command is short: nearly all that it makes is in use until its end, so garbage is looked for rarely."""
    gc.set_threshold(50_000, 20, 20)


def _say(message: str, next: str = "", *, status: int = 3) -> int:
    click.echo(f"marronnier: {message}", err=True)
    if next:
        click.echo(f"  {next}", err=True)
    return status
