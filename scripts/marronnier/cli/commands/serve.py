"""`marronnier serve`: build the site and show it on this machine only."""

from __future__ import annotations

import contextlib
import http.server
import re
import socket
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import click

from marronnier.cli.commands import build
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _

HOST = "127.0.0.1"
"""This machine only: an internal build shows what nobody has approved yet."""
_WATCH_INTERVAL = 1.0
"""Seconds between two looks at the files, with --watch."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port on 127.0.0.1."))
@click.option("--internal/--public", default=False, help=_("Show everything, or only what was published (the default)."))
@click.option("--watch", is_flag=True, help=_("Build again when something changes."))
@pass_command_context
def command(context: CommandContext, port: int, internal: bool, watch: bool) -> None:
    """Build the site, then show it at http://127.0.0.1:8000 until Ctrl+C."""
    with open_port(port) as listening:
        out = context.root / ".marronnier" / "serve" / ("internal" if internal else "public")
        build.build_site(context, out, internal=internal)
        if watch:
            anew = partial(_rebuild, context, out, internal)
            threading.Thread(target=_watch_files, args=(context.root, anew), daemon=True).start()
        serve_folder(out, listening)


def open_port(port: int) -> socket.socket:
    """The port, taken before anything is built. Raises Trouble that names a free one when it is taken."""
    try:
        return socket.create_server((HOST, port))
    except PermissionError as error:
        raise Trouble(
            _("port {port} needs rights this account has not", port=port), _("Choose one from 1024, with --port 8000.")
        ) from error
    except OSError as error:
        raise Trouble(_("port {port} is taken", port=port), _("Run it again with --port {free}.", free=_free_port(port))) from error


def serve_folder(folder: Path, listening: socket.socket) -> None:
    """Serve a folder on an open port until Ctrl+C."""
    port = listening.getsockname()[1]
    server = http.server.ThreadingHTTPServer((HOST, port), partial(SiteHandler, directory=str(folder)), bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.server_address = listening.getsockname()
    server.daemon_threads = True
    click.echo(_("The site is at {address} (Ctrl+C ends it).", address=f"http://{HOST}:{port}/"))
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Gives files of one folder to browsers of this machine."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is for the person."""

    def send_head(self) -> Any:
        """Only for our own names: a stranger's page that points its name at this machine gets nothing."""
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if name not in (HOST, "localhost"):
            self.send_error(403)
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> Any:
        """No listing: a folder without a page is not found."""
        self.send_error(404)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page where there is none, in the language of its part."""
        page = self._not_found_page() if code == HTTPStatus.NOT_FOUND else None
        if page is None:
            super().send_error(code, message, explain)
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def _not_found_page(self) -> bytes | None:
        part = self.path.split("/")[1] if re.match(r"/[a-z]{2,3}/", self.path) else ""
        for place in (Path(self.directory, part, "404.html"), Path(self.directory, "404.html")):
            with contextlib.suppress(OSError):
                return place.read_bytes()
        return None

    def end_headers(self) -> None:
        """Always the newest build, and nothing that a browser guesses."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()


def _free_port(port: int) -> int:
    for other in range(port + 1, min(port + 100, 65536)):
        with contextlib.suppress(OSError), socket.create_server((HOST, other)):
            return other
    with socket.create_server((HOST, 0)) as any_port:
        return int(any_port.getsockname()[1])


def _rebuild(context: CommandContext, out: Path, internal: bool) -> None:
    try:
        build.build_site(CommandContext(context.folder, context.now_text), out, internal=internal)
        click.echo(_("Built again."))
    except Trouble as trouble:
        click.echo(f"marronnier: {trouble.message}", err=True)


def _watch_files(root: Path, anew: Callable[[], None]) -> None:
    before = _modification_times(root)
    waiting = threading.Event()
    while not waiting.wait(_WATCH_INTERVAL):
        now = _modification_times(root)
        if now != before:
            before = now
            anew()


def _modification_times(root: Path) -> dict[str, int]:
    """The files that a build reads, and when each last changed: git's refs too, since a site is made of commits."""
    found: dict[str, int] = {}
    for folder in ("content", "brand", "calendar", ".git/refs", ".git/HEAD", ".git/packed-refs"):
        place = root / folder
        for path in (place, *place.rglob("*")) if place.is_dir() else (place,):
            with contextlib.suppress(OSError):
                found[str(path)] = path.stat().st_mtime_ns
    return found
