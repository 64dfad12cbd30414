"""The web server of this machine that shows a built site to its own browsers, and has them load it anew after each build."""

from __future__ import annotations

import contextlib
import http.server
import io
import re
import secrets
import socket
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click

from marronnier.messages import Trouble, _

Listener = socket.socket
"""A port that is open, before anything is served on it."""
HOST = "127.0.0.1"
"""This machine only: an internal build shows what nobody has approved yet."""
_BUILD, _SCRIPT = "/-/build", "/-/follow.js"
"""Addresses of this server alone; no page of a site begins with a dash."""
_SCRIPT_TAG = f'<script src="{_SCRIPT}" defer></script>'.encode()
_FOLLOW = b"""\
// Asks once a second whether the site was built anew; a page in the background waits until somebody looks at it.
(function () {
  var shown = null;
  function ask() {
    if (document.hidden) { return again(); }
    fetch("/-/build", {cache: "no-store"}).then(function (answer) { return answer.text(); }).then(function (build) {
      if (shown !== null && build !== shown) { return location.reload(); }
      shown = build;
      again();
    }).catch(again);
  }
  function again() { setTimeout(ask, 1000); }
  ask();
})();
"""


class BuildNumber:
    """Names the build that is shown: another name means that the browser must load its page anew."""

    def __init__(self) -> None:
        self._server = secrets.token_hex(4)
        self._builds = 0

    def advance(self) -> None:
        """The site was built anew."""
        self._builds += 1

    def __str__(self) -> str:
        return f"{self._server}-{self._builds}"


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


def serve_folder(folder: Path, listener: socket.socket, build: BuildNumber | None = None) -> None:
    """Serve a folder on an open port until Ctrl+C. With a build number, open pages are loaded anew when it advances."""
    port = listener.getsockname()[1]
    handler = partial(SiteHandler, directory=str(folder), build=build)
    server = http.server.ThreadingHTTPServer((HOST, port), handler, bind_and_activate=False)
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

    def __init__(self, *arguments: Any, build: BuildNumber | None, **named: Any) -> None:
        self.build = build
        super().__init__(*arguments, **named)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the terminal is for the person."""

    def send_head(self) -> Any:
        """Answer with a page that follows the builds, or a file. Refuses a request for another host name: a page of the web whose name points
        at this machine gets nothing.
        """
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if name not in (HOST, "localhost"):
            self.send_error(403)
            return None
        path = unquote(urlsplit(self.path).path)
        if self.build is None:
            return super().send_head()
        if path == _BUILD:
            return self._send(HTTPStatus.OK, "text/plain", str(self.build).encode())
        if path == _SCRIPT:
            return self._send(HTTPStatus.OK, "text/javascript", _FOLLOW)
        if path.endswith(("/", ".html")):
            file = Path(self.translate_path(self.path))
            with contextlib.suppress(OSError):
                page = (file / "index.html" if path.endswith("/") else file).read_bytes()
                return self._send(HTTPStatus.OK, "text/html", self._with_script(page))
        return super().send_head()

    def _send(self, status: HTTPStatus, kind: str, data: bytes) -> io.BytesIO:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return io.BytesIO(data)

    def list_directory(self, path: Any) -> Any:
        """Answer 404: a folder without a page has no listing."""
        self.send_error(404)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the site's own page, in the language of that part of the site."""
        page = self._not_found_page() if code == HTTPStatus.NOT_FOUND else None
        if page is None:
            super().send_error(code, message, explain)
            return
        body = self._send(HTTPStatus.NOT_FOUND, "text/html", self._with_script(page))
        if self.command != "HEAD":
            self.copyfile(body, self.wfile)

    def _not_found_page(self) -> bytes | None:
        language = self.path.split("/")[1] if re.match(r"/[a-z]{2,3}/", self.path) else ""
        for place in (Path(self.directory, language, "404.html"), Path(self.directory, "404.html")):
            with contextlib.suppress(OSError):
                return place.read_bytes()
        return None

    def _with_script(self, page: bytes) -> bytes:
        """The page, with the script that follows the builds where there are more to come."""
        before, end, after = page.rpartition(b"</body>")
        if self.build is None:
            return page
        return before + _SCRIPT_TAG + end + after if end else page + _SCRIPT_TAG

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
