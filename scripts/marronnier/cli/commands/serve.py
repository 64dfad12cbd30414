"""`marronnier serve`: builds the site and serves it on this machine only."""

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
"""Seconds between two checks of the files, with --watch."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port on 127.0.0.1."))
@click.option("--internal/--public", default=False, help=_("Show everything, or only what was published (the default)."))
@click.option("--watch", is_flag=True, help=_("Rebuild when something changes."))
@pass_command_context
def command(context: CommandContext, port: int, internal: bool, watch: bool) -> None:
    """Build the site, then show it at http://127.0.0.1:8000 until Ctrl+C."""
    with open_port(port) as listener:
        out = context.root / ".marronnier" / "serve" / ("internal" if internal else "public")
        build.build_site(context, out, internal=internal)
        if watch:
            rebuild = partial(_rebuild, context, out, internal)
            threading.Thread(target=_watch_files, args=(context.root, rebuild), daemon=True).start()
        serve_folder(out, listener)


def open_port(port: int) -> socket.socket:
    """A socket that listens on the port, opened before anything is built. Raises Trouble when the port is taken, naming a free one."""
    try:
        return socket.create_server((HOST, port))
    except PermissionError as error:
        raise Trouble(
            _("port {port} needs rights that this account does not have", port=port), _("Choose one from 1024, with --port 8000.")
        ) from error
    except OSError as error:
        raise Trouble(_("port {port} is taken", port=port), _("Run it again with --port {free}.", free=_free_port(port))) from error


def serve_folder(folder: Path, listener: socket.socket) -> None:
    """Serve a folder on an open port until Ctrl+C."""
    port = listener.getsockname()[1]
    server = http.server.ThreadingHTTPServer((HOST, port), partial(SiteHandler, directory=str(folder)), bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_address = listener.getsockname()
    server.daemon_threads = True
    click.echo(_("The site is at {address} (Ctrl+C to stop).", address=f"http://{HOST}:{port}/"))
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the files of one folder to browsers of this machine."""

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the terminal is for the person."""

    def send_head(self) -> Any:
        """Refuse a request for another host name: a page of the web whose name points at this machine gets nothing."""
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if name not in (HOST, "localhost"):
            self.send_error(403)
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> Any:
        """Answer 404: a folder without a page has no listing."""
        self.send_error(404)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the site's own page, in the language of that part of the site."""
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
        language = self.path.split("/")[1] if re.match(r"/[a-z]{2,3}/", self.path) else ""
        for place in (Path(self.directory, language, "404.html"), Path(self.directory, "404.html")):
            with contextlib.suppress(OSError):
                return place.read_bytes()
        return None

    def end_headers(self) -> None:
        """Add headers so that a browser always asks for the newest build and guesses no type."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()


def _free_port(port: int) -> int:
    """A free port, near the one that is taken."""
    for candidate in range(port + 1, min(port + 100, 65536)):
        with contextlib.suppress(OSError), socket.create_server((HOST, candidate)):
            return candidate
    with socket.create_server((HOST, 0)) as any_port:
        return int(any_port.getsockname()[1])


def _rebuild(context: CommandContext, out: Path, internal: bool) -> None:
    try:
        build.build_site(CommandContext(context.folder, context.now_text), out, internal=internal)
        click.echo(_("Rebuilt."))
    except Trouble as trouble:
        click.echo(f"marronnier: {trouble.message}", err=True)


def _watch_files(root: Path, rebuild: Callable[[], None]) -> None:
    before = _modification_times(root)
    waiting = threading.Event()
    while not waiting.wait(_WATCH_INTERVAL):
        now = _modification_times(root)
        if now != before:
            before = now
            rebuild()


def _modification_times(root: Path) -> dict[str, int]:
    """The modification time of each file that a build reads; of git's refs too, since a site is built from commits."""
    times: dict[str, int] = {}
    for folder in ("content", "brand", "calendar", ".git/refs", ".git/HEAD", ".git/packed-refs"):
        top = root / folder
        for path in (top, *top.rglob("*")) if top.is_dir() else (top,):
            with contextlib.suppress(OSError):
                times[str(path)] = path.stat().st_mtime_ns
    return times
