"""An account's server on this machine's own address: what a network answers when all goes well, and a page that shows what was posted there.

A module of this folder is named after its network, and its SERVER is such a class. It takes what the network takes from us, and refuses nothing: what a network
refuses is for the tests. What was posted stays in a folder, so that the addresses in the ledger are there again the next time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

HOST = "127.0.0.1"
LONGEST_REQUEST = 64 << 20
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "article{border:1px solid #8886;border-radius:.5rem;padding:1rem;margin-block:1rem;white-space:pre-wrap}img{max-width:100%}"
)


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """A request as it arrived."""

    method: str
    steps: tuple[str, ...]
    """The path, step by step, decoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """With names in small letters."""
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def form(self) -> Mapping[str, str]:
        """The fields of a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def files(self) -> Mapping[str, bytes]:
        """The parts of a multipart form, by the name of their field."""
        parts = BytesParser().parsebytes(f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode() + self.body)
        found = {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts.get_payload()}  # type: ignore[union-attr]
        return {str(name): data for name, data in found.items() if isinstance(data, bytes)}


@dataclass(frozen=True, slots=True)
class AccountReply:
    """An answer: JSON, or bytes of another type."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """The body as it goes over the wire."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


NOT_THERE = AccountReply(404, {"error": "not found"})


@dataclass
class Posted:
    """What was posted to an account."""

    id: str
    text: str
    files: tuple[str, ...] = ()
    """The names under which its files are kept."""
    reply_to: str = ""


class LocalServer:
    """A web server on this machine's own address."""

    port = 0

    @property
    def host(self) -> str:
        """Where it answers."""
        return f"{HOST}:{self.port}"

    def respond(self, request: AccountRequest) -> AccountReply:
        """The answer to a request."""
        raise NotImplementedError

    @contextmanager
    def running(self, port: int) -> Iterator[Self]:
        """Answer until the end of the `with`: at this port, or at any other that is free where somebody else has it."""
        http = _listen(port, partial(_LocalConnection, local_server=self))
        self.port = int(http.server_address[1])
        thread = threading.Thread(target=partial(http.serve_forever, poll_interval=0.02), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            http.shutdown()
            http.server_close()
            thread.join(5)


class AccountServer(LocalServer):
    """One account on a network, with all that was posted to it."""

    def __init__(self, folder: Path, account: str) -> None:
        self.folder, self.account = folder, account
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = self._journal.read_text(encoding="utf-8").splitlines() if self._journal.exists() else []
        self.posted = [Posted(**{**json.loads(line), "files": tuple(json.loads(line)["files"])}) for line in lines]
        self._lock = threading.RLock()

    @property
    def _journal(self) -> Path:
        return self.folder / "posted.jsonl"

    def answer(self, request: AccountRequest) -> AccountReply:
        """What the network answers."""
        raise NotImplementedError

    def respond(self, request: AccountRequest) -> AccountReply:
        """A page for people, an upload for such a page, or what the network answers."""
        if request.method == "GET" and not request.steps:
            return self.page(*reversed(self.posted))
        if request.method == "GET" and request.steps[0] == "files" and len(request.steps) == 2:
            return self.file(request.steps[1])
        return self.answer(request)

    def post(self, id: str, text: str, files: tuple[str, ...] = (), reply_to: str = "") -> Posted:
        """Keep what was posted."""
        posted = Posted(id, text, files, reply_to)
        with self._lock, self._journal.open("a", encoding="utf-8") as journal:
            self.posted.append(posted)
            journal.write(json.dumps(vars(posted), ensure_ascii=False) + "\n")
        return posted

    def keep_file(self, name: str, data: bytes) -> None:
        """Keep an upload."""
        (self.folder / name).write_bytes(data)

    def find(self, id: str) -> Posted | None:
        """What was posted under an id; None where nothing was."""
        return next((posted for posted in self.posted if posted.id == id), None)

    def page(self, *shown: Posted) -> AccountReply:
        """A page for people, with some of the posts."""
        articles = "".join(
            f'<article dir="auto">{escape(one.text)}{"".join(f"<img src=/files/{escape(name)} alt>" for name in one.files)}</article>'
            for one in shown
        )
        html = f"<!DOCTYPE html><meta charset=utf-8><meta name=viewport content=width=device-width><title>{escape(self.account)}</title>"
        return AccountReply(
            200,
            f"{html}<style>{_STYLE}</style><h1>{escape(self.account)}</h1>{articles}".encode(),
            {"Content-Type": "text/html; charset=utf-8"},
        )

    def file(self, name: str) -> AccountReply:
        """An upload, for such a page."""
        path = self.folder / name
        is_ours = any(name in posted.files for posted in self.posted) and path.is_file()
        return AccountReply(200, path.read_bytes(), {"Content-Type": "application/octet-stream"}) if is_ours else NOT_THERE


def _listen(port: int, handler: Any) -> ThreadingHTTPServer:
    try:
        http = _LocalHttp((HOST, port), handler)
    except OSError:
        http = _LocalHttp((HOST, 0), handler)
    return http


class _LocalHttp(ThreadingHTTPServer):
    """A server that goes with its process."""

    daemon_threads = True


class _LocalConnection(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def __init__(self, *arguments: Any, local_server: LocalServer) -> None:
        self.local_server = local_server
        super().__init__(*arguments)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        headers = {name.casefold(): value for name, value in self.headers.items()}
        body = self.rfile.read(min(int(headers.get("content-length", 0)), LONGEST_REQUEST))
        steps = tuple(unquote(step) for step in url.path.split("/") if step)
        if headers.get("host", "").rpartition(":")[0] not in (HOST, "localhost"):
            # A page of the web whose name points at this machine gets nothing.
            self._send(AccountReply(421, b""))
        else:
            self._send(self.local_server.respond(AccountRequest(self.command, steps, dict(parse_qsl(url.query)), headers, body)))

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - as http.server calls them

    def _send(self, reply: AccountReply) -> None:
        data = reply.as_bytes()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
