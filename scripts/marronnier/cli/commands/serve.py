"""`marronnier serve`: builds the site, shows it on this machine only, and follows what changes."""

from __future__ import annotations

import gc
import socket
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli import site_follower, site_server
from marronnier.cli.commands import build
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    from marronnier.model.forge_record import ForgeRecord


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port on 127.0.0.1."))
@click.option("--internal/--public", default=True, help=_("Show everything (the default), or only what was published."))
@click.option("--watch/--no-watch", default=True, help=_("Rebuild when something changes (the default), or build once."))
@pass_command_context
def command(context: CommandContext, port: int, internal: bool, watch: bool) -> None:
    """Build the site, then show it at http://127.0.0.1:8000 until Ctrl+C, and follow what you write and what goes out."""
    with site_server.open_port(port) as listener:
        out = context.root / ".marronnier" / "serve" / ("internal" if internal else "public")
        before = site_follower.take_snapshot(context.root)
        build.build_site(context, out, internal=internal)
        if internal:
            click.echo(_("It shows everything, drafts and proposals too, to this machine only; `--public` shows what everybody may see."))
        show_site(context, out, listener, before if watch else None, internal=internal)


def show_site(
    context: CommandContext,
    out: Path,
    listener: socket.socket,
    before: site_follower.Snapshot | None,
    *,
    internal: bool,
    forge_record: ForgeRecord | None = None,
) -> None:
    """Serve the site that was built into a folder until Ctrl+C.

    `before` is what it was built from: when something differs from that, the site is built anew; None follows nothing.
    """
    if before is None:
        site_server.serve_folder(out, listener)
        return
    number = site_server.BuildNumber()
    with site_follower.following(context.root, before, partial(_rebuild, context, out, internal, number, forge_record)):
        site_server.serve_folder(out, listener, number)


def _rebuild(
    context: CommandContext, out: Path, internal: bool, number: site_server.BuildNumber, forge_record: ForgeRecord | None = None
) -> None:
    """Build the site anew; a problem is printed, and what was built before stays on show."""
    from marronnier.git import GitError

    fresh = CommandContext(context.folder, context.now_text)
    try:
        counts = build.build_site(fresh, out, internal=internal, forge_record=forge_record)
    except Trouble as trouble:
        _print_problem(trouble.message, trouble.next)
    except (GitError, OSError) as error:
        _print_problem(_("the site could not be built: {why}", why=error), _("It is built again when something changes."))
    else:
        if counts.written or counts.removed:
            number.advance()
            click.echo(_("Rebuilt."))
    finally:
        fresh.close()
        del fresh
        # A site is full of circles, and Python collects late here (`main`): a day of builds would wait in memory.
        gc.collect()


def _print_problem(message: str, next: str) -> None:
    click.echo(f"marronnier: {message}", err=True)
    if next:
        click.echo(f"  {next}", err=True)
