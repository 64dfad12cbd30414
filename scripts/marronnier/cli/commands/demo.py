"""`marronnier demo`: the whole journey on the example brand, in a scratch folder, shown on this machine."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path

import click

from marronnier.cli.commands import build, serve
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port on 127.0.0.1."))
@click.option("--no-serve", is_flag=True, help=_("End when the site is built."))
@pass_command_context
def command(context: CommandContext, folder: Path | None, port: int, no_serve: bool) -> None:
    """Live the example brand from its first post to today, build its site and show it. Nothing leaves this machine."""
    from marronnier import demo
    from marronnier.git import Repo

    place = (context.folder / folder) if folder else default_folder()
    with contextlib.ExitStack() as stack:
        listening = None if no_serve else stack.enter_context(serve.open_port(port))
        Repo(Path.cwd()).version()
        made = demo.create_demo(place, click.echo)
        there = CommandContext(made.folder, context.now_text)
        out = made.folder / "site"
        click.echo(_("Building the site"))
        build.build_site(there, out, internal=True)
        _print_next_steps(made)
        if listening is not None:
            serve.serve_folder(out, listening)


def default_folder() -> Path:
    """The demo's own folder among this person's caches. Raises Trouble where there is none."""
    caches = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    folder = Path(caches) / "marronnier" / "demo"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            _("{folder} cannot be made: {why}", folder=folder.parent, why=error.strerror), _("Name a folder: `marronnier demo DIR`.")
        ) from error
    return folder


def _print_next_steps(made: object) -> None:
    from marronnier.demo import Demo

    assert isinstance(made, Demo)
    click.echo()
    click.echo(_("The brand lives in {folder}. Try there:", folder=made.folder))
    click.echo("  marronnier plan")
    click.echo("  marronnier status")
    click.echo("  git switch semaine-51 && marronnier approve --all-in-review")
    if made.key is not None:
        click.echo(f"  MARRONNIER_SIGNING_KEY={shlex.quote(str(made.key))} marronnier publish --now '2026-12-02 09:30'")
    click.echo()
