"""`marronnier demo`: creates the example brand with a past, builds its site and serves it on this machine."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli import demo_week, invocation, site_follower, site_server
from marronnier.cli.commands import build, serve
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.demo import Demo
    from marronnier.model.forge_record import ForgeRecord


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option(
    "--github", is_flag=True, help=_("Play the week of a team on a fake GitHub on this machine, and show its pull requests on the site.")
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port on 127.0.0.1."))
@click.option("--no-serve", is_flag=True, help=_("Stop once the site is built."))
@pass_command_context
def command(context: CommandContext, folder: Path | None, github: bool, port: int, no_serve: bool) -> None:
    """Replay the example brand from its first post to today, build its site and show it. Nothing leaves this machine."""
    from marronnier.git import Repo

    target = (context.folder / folder) if folder else default_folder("demo-github" if github else "demo")
    with contextlib.ExitStack() as stack:
        listener = None if no_serve else stack.enter_context(site_server.open_port(port))
        Repo(Path.cwd()).version()
        if github:
            week = stack.enter_context(demo_week.playing(target))
            show = _Show(target, context.now_text, week.record)
            show.build()
            demo_week.print_next_steps(week, invocation.program(), is_served=listener is not None)
        else:
            from marronnier import demo

            demo_brand = stack.enter_context(demo.running_demo(target, click.echo))
            show = _Show(demo_brand.folder, context.now_text)
            show.build()
            if listener is not None:
                show.build_public(demo_brand.public_site)
            _print_next_steps(demo_brand, is_served=listener is not None)
        if listener is not None:
            show.serve(listener)


class _Show:
    """The site of a demo: built, and served."""

    def __init__(self, folder: Path, now_text: str | None, forge_record: ForgeRecord | None = None) -> None:
        self.context = CommandContext(folder, now_text)
        self.out = folder / "site"
        self.forge_record = forge_record
        self.before: site_follower.Snapshot = {}

    def build(self) -> None:
        """Build it. Raises Trouble."""
        click.echo(_("Building the site"))
        self.before = site_follower.take_snapshot(self.context.folder)
        build.build_site(self.context, self.out, internal=True, forge_record=self.forge_record)

    def build_public(self, folder: Path) -> None:
        """Build what strangers see of it, and say where. Raises Trouble."""
        build.build_site(self.context, folder, internal=False)
        site_url = self.context.desk.brand.site_url
        click.echo(_("What everybody may read, the public site, is at {address}", address=site_url))

    def serve(self, listener: site_server.Listener) -> None:
        """Serve it until Ctrl+C, and follow what changes."""
        serve.show_site(self.context, self.out, listener, self.before, internal=True, forge_record=self.forge_record)


def default_folder(name: str) -> Path:
    """The demo's folder in the user's cache. Raises Trouble where it cannot be made."""
    caches = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    folder = Path(caches) / "marronnier" / name
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
    variables = {"MARRONNIER_SIGNING_KEY": str(demo_brand.key)} if demo_brand.key is not None else {}
    if is_served:
        # Only now somebody answers for the accounts.
        variables |= demo_brand.secrets
    key = "".join(f"{name}={shlex.quote(value)} " for name, value in variables.items())
    click.echo(f"  {key}{run} publish --now '2026-12-02 09:30'")
    click.echo()
