"""`marronnier demo`: creates the example brand with a past, builds its site and serves it on this machine."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli import invocation, site_follower, site_server
from marronnier.cli.commands import build, serve
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.demo import Demo


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port on 127.0.0.1."))
@click.option("--no-serve", is_flag=True, help=_("Stop once the site is built."))
@pass_command_context
def command(context: CommandContext, folder: Path | None, port: int, no_serve: bool) -> None:
    """Replay the example brand from its first post to today, build its site and show it. Nothing leaves this machine."""
    from marronnier import demo
    from marronnier.git import Repo

    target = (context.folder / folder) if folder else default_folder()
    with contextlib.ExitStack() as stack:
        listener = None if no_serve else stack.enter_context(site_server.open_port(port))
        Repo(Path.cwd()).version()
        demo_brand = demo.create_demo(target, click.echo)
        demo_context = CommandContext(demo_brand.folder, context.now_text)
        out = demo_brand.folder / "site"
        click.echo(_("Building the site"))
        before = site_follower.take_snapshot(demo_brand.folder)
        build.build_site(demo_context, out, internal=True)
        _print_next_steps(demo_brand, is_served=listener is not None)
        if listener is not None:
            serve.show_site(demo_context, out, listener, before, internal=True)


def default_folder() -> Path:
    """The demo's folder in the user's cache. Raises Trouble where it cannot be made."""
    caches = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    folder = Path(caches) / "marronnier" / "demo"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            _("{folder} cannot be created: {why}", folder=folder.parent, why=error.strerror), _("Name a folder: `marronnier demo DIR`.")
        ) from error
    return folder


def _print_next_steps(demo_brand: Demo, *, is_served: bool) -> None:
    """Print commands that can be typed as they stand, one after the other, in a new terminal."""
    run = invocation.program()
    click.echo()
    click.echo(_("Try these commands in another terminal; the page follows:") if is_served else _("Try these commands:"))
    click.echo(f"  cd {shlex.quote(str(demo_brand.folder))}")
    click.echo(f"  {run} plan")
    click.echo(f"  {run} status")
    click.echo(f"  git switch semaine-51 && {run} approve --all-in-review")
    click.echo("  git switch main && git merge --no-ff --no-edit semaine-51")
    key = f"MARRONNIER_SIGNING_KEY={shlex.quote(str(demo_brand.key))} " if demo_brand.key is not None else ""
    click.echo(f"  {key}{run} publish --now '2026-12-02 09:30'")
    click.echo()
