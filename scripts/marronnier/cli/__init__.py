"""The command line: `marronnier COMMAND`. Each command is a module of `commands/`, imported only when it is used."""

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
from marronnier.cli.localization import localize_command, use_preferred_language
from marronnier.messages import Trouble, _


class LazyCommandGroup(click.Group):
    """Finds commands in the folder `commands/`.

    A dash in a command's name is an underscore in its module's; a name that Python reserves has an underscore at its end.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, sorted."""
        return sorted(self._module_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None where there is none of that name."""
        modules = self._module_names()
        if cmd_name not in modules:
            return None
        module = importlib.import_module(f"{commands.__name__}.{modules[cmd_name]}")
        command: click.Command = module.command
        return localize_command(with_now_option(command))

    @staticmethod
    def _module_names() -> dict[str, str]:
        """The module of each command: `import` is in `import_.py`."""
        return {module.name.rstrip("_").replace("_", "-"): module.name for module in pkgutil.iter_modules(commands.__path__)}


def with_now_option(command: click.Command) -> click.Command:
    """The command with an option `--now` of its own: people write it after the command as often as before."""
    dated = copy.copy(command)
    if isinstance(dated, click.Group):
        dated.commands = {name: with_now_option(subcommand) for name, subcommand in dated.commands.items()}
        return dated
    help_text = _("Act as if it were this moment, like 2026-12-02 09:00.")
    now = click.Option(["--now"], metavar="DATE", expose_value=False, help=help_text, callback=_set_now)
    dated.params = [*dated.params, now]
    return dated


def _set_now(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.find_object(CommandContext).now_text = value  # type: ignore[union-attr]


@click.command(cls=LazyCommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="marronnier")
@click.option("--now", "now_text", metavar="DATE", help=_("Act as if it were this moment, like 2026-12-02 09:00."))
@click.option("-C", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), help=_("Run as if in this folder."))
@click.pass_context
def marronnier(ctx: click.Context, now_text: str | None, folder: Path) -> None:
    """The editorial calendar that a community team keeps in Git."""
    ctx.obj = CommandContext(folder=folder.resolve(), now_text=now_text)
    ctx.call_on_close(ctx.obj.close)


def main() -> None:
    """Run a command and exit with its code: 0 fine, 1 findings, 2 usage, 3 something needs a person. Never shows a traceback."""
    # A command is short, and nearly all its objects are in use until it ends.
    gc.set_threshold(50_000, 20, 20)
    _replace_unencodable_characters()
    try:
        use_preferred_language()
        # Not in standalone mode, click returns the code that a command exits with; it raises Exit only before a command runs.
        returned = localize_command(marronnier).main(standalone_mode=False)
        status = returned if isinstance(returned, int) else 0
        # Output that is still buffered for a reader that has closed the pipe must fail here, not when Python exits.
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        status = end.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt) as end:
        # On a full disk a compiled module can be truncated: Python raises EOFError, which click takes for Ctrl-D.
        if isinstance(end.__cause__, EOFError):
            status = _print_internal_error(end.__cause__)
        else:
            status = _print_error(_("Interrupted. What was done so far is kept; run the command again to continue."), status=130)
    except Trouble as trouble:
        status = _print_error(trouble.message, trouble.next, status=trouble.status)
    except BrokenPipeError:
        _discard_output()
        status = 0
    except OSError as error:
        message = _("{file}: {why}", file=error.filename or _("a file"), why=error.strerror or error)
        status = _print_error(message, _("Nothing already recorded is lost."))
    except Exception as error:  # noqa: BLE001 (the last place before a traceback)
        status = _print_git_error(error) or _print_internal_error(error)
    # Every object ends with the process: a last garbage collection would take as long as checking a post.
    gc.freeze()
    sys.exit(status)


def _print_git_error(error: Exception) -> int | None:
    """Print an error of git and return the exit code; None where the error is not git's."""
    from marronnier.git import GitError, NotInstalled

    if isinstance(error, NotInstalled):
        return _print_error(_("git does not answer: {why}", why=error), _("Install git 2.34 or newer."))
    if isinstance(error, GitError):
        return _print_error(
            _("git {command} failed: {said}", command=error.command[0], said=str(error)), _("Correct that, then run the command again.")
        )
    return None


def _print_internal_error(error: BaseException | None) -> int:
    """Print an error of our own code, write the crash report, and return the exit code."""
    from marronnier.cli import crash_report

    file = crash_report.write_crash_report(error) if error is not None else None
    reassurance = _("Nothing already recorded is lost.")
    if file is not None:
        reassurance += " " + _("The details are in {file}: send it to the person who maintains Marronnier.", file=file)
    return _print_error(
        _("This is a bug in Marronnier, not a mistake of yours: {kind}: {why}", kind=type(error).__name__, why=error), reassurance
    )


def _replace_unencodable_characters() -> None:
    """Let a terminal whose encoding lacks accents show `?` instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _discard_output() -> None:
    """Send the remaining output nowhere, because its reader has closed the pipe (`| head`)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print_error(message: str, next: str = "", *, status: int = 3) -> int:
    """Print a problem and the next step on standard error, and return the exit code."""
    click.echo(f"marronnier: {message}", err=True)
    if next:
        click.echo(f"  {next}", err=True)
    return status
