"""A port of this machine at which a browser arrives after a person consented on a network's page. It hears one answer, and keeps nothing."""

from __future__ import annotations

import html
import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

HOST = "127.0.0.1"
"""This machine only."""

Verdict = Literal["taken", "other"]
"""Whether an answer is the one that is waited for."""
Judge = Callable[[str], tuple[Verdict, str]]
"""Judges the query of an address at which a browser arrived, with a sentence for the person in it. Runs in a thread of its own."""

_MAX_QUERY = 16_000
_SECONDS = 10.0


class RedirectListener:
    """An open port. Answers that are not the one waited for are refused, and change nothing."""

    def __init__(self, port: int, judge: Judge) -> None:
        """`port` 0 is any free one. Raises OSError where it is taken."""
        self._heard: queue.Queue[None] = queue.Queue()
        handler = type("_Handler", (_RedirectHandler,), {"judge": staticmethod(judge), "heard": self._heard})
        self._server = ThreadingHTTPServer((HOST, port), handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until the answer came; False when it did not in that time."""
        try:
            self._heard.get(timeout=seconds)
        except queue.Empty:
            return False
        return True

    def close(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_SECONDS)


class _RedirectHandler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    judge: Judge
    heard: queue.Queue[None]
    timeout = _SECONDS
    server_version, sys_version = "Marronnier", ""

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: the address holds a code."""

    def do_GET(self) -> None:
        """Judge an answer. One for another host name is of a page of the web whose name points at this machine."""
        path, _mark, query = self.path.partition("?")
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in (HOST, "localhost") or path != "/" or len(query) > _MAX_QUERY:
            self._say(404, "404")
            return
        verdict, sentence = self.judge(query)
        self._say(200 if verdict == "taken" else 400, sentence)
        if verdict == "taken":
            self.heard.put(None)

    def _say(self, status: int, sentence: str) -> None:
        body = f'<!DOCTYPE html><meta charset="utf-8"><title>Marronnier</title><p>{html.escape(sentence)}</p>'.encode()
        self.send_response(status)
        headers = {
            "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-store", "Connection": "close",
            "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'",
        }  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
