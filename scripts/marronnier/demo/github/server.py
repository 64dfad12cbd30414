"""The socket of the fake GitHub, on this machine's own address. Only programs of this machine reach it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any

from marronnier.demo.github.gateway import FakeGateway, FakeReply
from marronnier.demo.github.git_http import answer_git, is_git

HOST = "127.0.0.1"
LONGEST_REQUEST = 64 << 20


def read_body(file: BufferedIOBase, headers: Mapping[str, str]) -> bytes:
    """The body of a request, with a length or in chunks, as git sends it; the names of `headers` are in small letters."""
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return file.read(min(int(headers.get("content-length", 0)), LONGEST_REQUEST))
    read = b""
    while size := int(file.readline().split(b";")[0], 16):
        read += file.read(size)
        file.readline()
    file.readline()
    return read


class FakeServer:
    """Answers until it is closed."""

    def __init__(self, gateway: FakeGateway, port: int = 0) -> None:
        self._http = ThreadingHTTPServer((HOST, port), partial(_Handler, gateway=gateway))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=partial(self._http.serve_forever, poll_interval=0.02), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._http.server_address[1])

    def close(self) -> None:
        """Answer no more."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def __init__(self, *arguments: Any, gateway: FakeGateway) -> None:
        self.gateway = gateway
        super().__init__(*arguments)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""

    def _serve(self) -> None:
        headers = {name.casefold(): value for name, value in self.headers.items()}
        data = read_body(self.rfile, headers)
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in (HOST, "localhost"):
            # A page of the web whose name points at this machine gets nothing.
            self._send(FakeReply(421, {}, b""))
            return
        self.gateway.orders.precede(self.command, self.path.partition("?")[0])
        if is_git(self.path):
            order = self.gateway.orders.take(self.command, self.path.partition("?")[0])
            fails = order if order is not None and order.what == "fail" else None
            if fails is None or fails.after:
                reply = answer_git(self.gateway.state, self.command, self.path, headers, data)
            if fails is not None:
                reply = FakeReply(fails.status, dict(fails.headers), fails.message.encode())
            reply.order = order
            self._send(reply)
        else:
            self._send(self.gateway.answer(self.command, self.path, headers, data, f"http://{host}"))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - as http.server calls them

    def _send(self, reply: FakeReply) -> None:
        """Write the answer, or what was ordered instead."""
        what = reply.order.what if reply.order else ""
        if what == "delay" and reply.order:
            time.sleep(reply.order.seconds)
        if what == "lose":
            self._cut()
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Server", "github.com")
        if reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(reply.data)))
        self.end_headers()
        self.wfile.write(reply.data[: len(reply.data) // 2] if what == "cut" else reply.data)
        if what == "cut":
            self._cut()

    def _cut(self) -> None:
        """Close the connection without another word."""
        self.close_connection = True
        self.wfile.flush()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
