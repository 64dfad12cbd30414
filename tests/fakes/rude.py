"""A server on loopback that gives malformed or endless answers as ordered. Every answer is bounded in time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Say = Callable[[bytes], Iterator[bytes]]
"""Gives the pieces of the answer to a raw request."""

LONGEST = 20.0
"""Seconds after which every connection is closed."""


class Rude:
    """The requests received, and the server's address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: list[bytes] = []
        """Every request in full; a connection without one counts as an empty request."""
        self.said = 0
        """The number of bytes that clients took."""

    def url(self, path: str = "/", scheme: str = "http", host: str = "127.0.0.1") -> str:
        """A URL of this server."""
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serving(say: Say, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> Iterator[Rude]:
    """Answer every connection in this way until the end of the `with` statement."""
    listening = socket.create_server((address, 0))
    listening.settimeout(0.05)
    rude = Rude(listening.getsockname()[1])
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _peer = listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        until = time.monotonic() + LONGEST
        connection.settimeout(5)
        try:
            with tls.wrap_socket(connection, server_side=True) if tls else connection as line:
                request = hear(line)
                rude.heard.append(request)
                for piece in say(request):
                    if over.is_set() or time.monotonic() > until:
                        return
                    line.sendall(piece)
                    rude.said += len(piece)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield rude
    finally:
        over.set()
        thread.join(2)
        listening.close()


def hear(line: socket.socket) -> bytes:
    """A request with its body, by its Content-Length."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        piece = line.recv(65536)
        if not piece:
            return heard
        heard += piece
    head, _, body = heard.partition(b"\r\n\r\n")
    length = next((int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = line.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def answer(body: bytes = b"{}", *, status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    """A complete answer."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def once(reply: bytes) -> Say:
    """An answer that is always the same."""
    return lambda request: iter((reply,))
