"""What every fake server on loopback is made of: requests, orders, faults, a memory. A new network's fake is what its server alone does.

    class Plaza(Loopback):
        def operation(self, request): …       # which of OPERATIONS a request is: "send", "media", "find", …
        def act(self, request): …             # what the server does: a Reply, or raise No(Reply(422, {"error": "too long"}))
        def refusal(self, answer): …          # its own words for refused, locked, forbidden, missing; the others have the usual ones

    with Plaza(folder).running() as server:
        server.order("refused")                              # the next post, whoever sends it
        server.order("cut-after-accept", on="media", times=2)
        server.order("wait-date")                            # 429 with an HTTP-date
        server.requests("send")                              # what arrived, in order

    @contextmanager
    def stage(folder, monkeypatch):                          # for the contract, by the fake's name: tests/fakes/stages.py
        with Plaza(folder).running() as server:
            yield LoopbackStage(server, secrets={"token": TOKEN}, channel={"account": "…", "host": server.host})

How to add a network: `plaza.py` (a network) and `plaza_server.py` (its fake) beside this file are the shortest pair that passes the whole
contract. Copy them to `scripts/marronnier/networks/NAME.py` and `tests/fakes/NAME.py`, write the page `NAME.md`, a golden or two
(`tests/networks/goldens.py`), and run `pytest tests/networks/test_contract.py tests/publish/test_every_network.py -k NAME`.
Each field of a request and of an answer names where it was read; what the fake checks is what the real server refuses.

Definite answers: `refused` (422), `locked` (401), `forbidden` (403), `missing` (404), `moved` (308), and 429 in its forms: `wait` (seconds), `wait-date`,
`wait-epoch`, `wait-iso`, `wait-bare` (no header).
Faults, each `before-accept` (nothing was done) or `after-accept` (it was done, and nobody hears of it): `unknown` (500), `gateway` (502, a page), `cut` (no
answer), `reset` (the connection is reset after the first byte), `html` (200, a page), `empty` (200, nothing), `noid` (200, `{}`), `odd` (identifiers that are
none), `endless` (an answer without end), `slow` (a byte now and then).
A server that prepares uploads also obeys `never-ready` (on `status`), and one that rejects minutes after it took a post `rejected-later`: a fake that
does names them in its stage's `answers`, and carries them out in `act`, where `self.ordered` has the name.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from marronnier.model.publication import Delivery, Picture
from marronnier.web import TIMEOUT, Web

OPERATIONS = ("send", "media", "status", "find", "there", "delete", "edit", "read", "session", "other")
"""What a request can be about. Orders are for one of them; `status` is asking whether something uploaded is ready."""
FAULTS = ("unknown", "gateway", "cut", "reset", "html", "empty", "noid", "odd", "endless", "slow")
DEFINITE = ("refused", "locked", "forbidden", "missing", "moved", "wait", "wait-date", "wait-epoch", "wait-iso", "wait-bare")
SPECIAL = ("never-ready", "rejected-later")
ANSWERS = frozenset({*DEFINITE, *(f"{fault}-{when}-accept" for fault in FAULTS for when in ("before", "after"))})
PAGE = b"<!DOCTYPE html><title>Down for maintenance</title>"
LONGEST = 8.0
"""Seconds after which an endless or slow answer ends."""
PATIENCE = 1.5
"""Seconds that a test waits for an answer."""


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port on loopback where a server answers until the end of the `with`."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    served.daemon_threads = True
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served.server_address[1]
    finally:
        served.shutdown()
        served.server_close()
        thread.join(5)


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The fields of a form that is no multipart."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def parts(self) -> dict[str, tuple[str, bytes, str]]:
        """The parts of a multipart form: file name, bytes and type, by field."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        found = BytesParser().parsebytes(head + self.body).get_payload()
        return {
            str(part.get_param("name", header="Content-Disposition")): (part.get_filename() or "", part.get_payload(decode=True), part.get_content_type())
            for part in found  # type: ignore[union-attr]
        }  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or bytes of another type."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class No(Exception):
    """A refusal, raised from within `act`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass
class Message:
    """A post on the server: what the contract asks for."""

    id: str
    url: str
    wire: Mapping[str, Any]
    """The request as it was composed: with digests for uploads, without what is only known when it is sent."""
    reply_to: str | None = None
    deleted: bool = False


class Loopback:
    """A fake server."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self.messages: list[Message] = []
        self.ordered = "fine"
        """The order for the request that `act` is doing."""
        self._orders: list[list[Any]] = []
        self._requests: list[tuple[str, Request]] = []
        self._lock = threading.RLock()

    # What a server does in its own way.

    def operation(self, request: Request) -> str:
        """Which of OPERATIONS a request is."""
        raise NotImplementedError

    def act(self, request: Request) -> Reply:
        """Do what a request asks for. May raise No."""
        raise NotImplementedError

    def refusal(self, answer: str) -> Reply:
        """The answer to an order of a definite no, but for the forms of 429."""
        statuses = {"refused": 422, "locked": 401, "forbidden": 403, "missing": 404}
        return Reply(statuses[answer], {"error": f"this is {answer}"})

    def odd(self, operation: str) -> Reply:
        """An answer of 200 with identifiers that are none."""
        return Reply(200, {"id": "../../x", "url": "javascript:alert(1)"})

    # What every server does.

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def order(self, answer: str, *, on: str = "send", times: int = 1) -> None:
        """Order how to answer the next requests of an operation."""
        assert answer in (*ANSWERS, *SPECIAL, "fine"), answer
        assert on in OPERATIONS, on
        with self._lock:
            self._orders.append([answer, on, times])

    def requests(self, operation: str = "") -> list[Request]:
        """What arrived, in order."""
        return [request for kind, request in self._requests if operation in ("", kind)]

    def delete(self, id: str) -> None:
        """Delete a message, as its account's owner may."""
        for message in self.messages:
            if message.id == id:
                message.deleted = True

    def alive(self) -> list[Message]:
        return [message for message in self.messages if not message.deleted]

    @contextmanager
    def running(self) -> Iterator[Any]:
        """Answer until the end of the `with` statement."""
        with answering(type("Answering", (_Answering,), {"server_of_tests": self})) as self.port:
            yield self

    def answer(self, request: Request) -> Reply | str:
        """The reply to a request, or the name of a fault that the connection carries out."""
        with self._lock:
            operation = self.operation(request)
            self._requests.append((operation, request))
            order = self.ordered = self._next(operation)
            name, _, when = order.partition("-") if order.endswith("-accept") else (order, "", "")
            if order in DEFINITE:
                return waiting(order) or moved(order) or self.refusal(order)
            if when == "before-accept":
                return name if name != "odd" else self.odd(operation)
            try:
                reply = self.act(request)
            except No as no:
                return no.reply
            if when:
                return name if name != "odd" else self.odd(operation)
            return reply

    def _next(self, operation: str) -> str:
        for order in self._orders:
            if order[1] == operation and order[2] > 0:
                order[2] -= 1
                return str(order[0])
        return "fine"


def waiting(answer: str) -> Reply | None:
    """429 in the form that an order names; None for another order."""
    then = datetime.now(UTC) + timedelta(minutes=5)
    forms: Mapping[str, Mapping[str, str]] = {
        "wait": {"Retry-After": "300"},
        "wait-date": {"Retry-After": format_datetime(then, usegmt=True)},
        "wait-epoch": {"X-RateLimit-Reset": str(int(then.timestamp()))},
        "wait-iso": {"X-RateLimit-Reset": then.isoformat().replace("+00:00", "Z")},
        "wait-bare": {},
    }
    return Reply(429, {"error": "too many requests"}, forms[answer]) if answer in forms else None


def moved(answer: str) -> Reply | None:
    """A redirection to another host; None for another order."""
    return Reply(308, {}, {"Location": "https://elsewhere.example/"}) if answer == "moved" else None


def misbehave(handler: BaseHTTPRequestHandler, fault: str) -> bool:
    """Carry a fault out on the connection, and tell whether it is one of FAULTS."""
    if fault not in FAULTS:
        return False
    handler.close_connection = True
    wire = handler.connection
    if fault == "reset":
        wire.sendall(b"H")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if fault in ("cut", "reset"):
        wire.close()
        return True
    if fault in ("endless", "slow"):
        _go_on(wire, b" " * 65536 if fault == "endless" else b" ", 0 if fault == "endless" else 0.1)
        return True
    status, body, kind = {
        "unknown": (500, b'{"error": "something went wrong"}', "application/json"),
        "gateway": (502, PAGE, "text/html"),
        "html": (200, PAGE, "text/html"),
        "empty": (200, b"", "application/json"),
        "noid": (200, b"{}", "application/json"),
        "odd": (200, b'{"id": "../../x", "url": "javascript:alert(1)"}', "application/json"),
    }[fault]
    say(handler, Reply(status, body, {"Content-Type": kind}))
    return True


def _go_on(wire: socket.socket, piece: bytes, pause: float) -> None:
    """Begin an answer that names no length, and go on until nobody listens."""
    until = time.monotonic() + LONGEST
    try:
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[")
        while time.monotonic() < until:
            wire.sendall(piece)
            time.sleep(pause)
    except OSError:
        return


def say(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Write a reply."""
    body = reply.as_bytes()
    handler.send_response(reply.status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **reply.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


class _Answering(BaseHTTPRequestHandler):
    """One connection."""

    server_of_tests: Loopback
    protocol_version = "HTTP/1.1"

    def log_message(self, *_said: object) -> None:
        pass

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server_of_tests.answer(Request(self.command, url.path, dict(parse_qsl(url.query)), headers, body))
        if isinstance(reply, str):
            misbehave(self, reply)
        else:
            say(self, reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer


class HastyWeb(Web):
    """The web of a test, which waits no longer than PATIENCE for an answer."""

    def request(self, method: str, url: str, *, within: float = TIMEOUT, **options: Any) -> Any:
        return super().request(method, url, within=min(within, PATIENCE), **options)


class LoopbackStage:
    """The stage of a Loopback server, for the contract (`fakes.stages.Stage`)."""

    answers: frozenset[str] = ANSWERS

    def __init__(self, server: Loopback, *, secrets: Mapping[str, str], channel: Mapping[str, Any]) -> None:
        self.server, self.secrets, self.channel = server, secrets, channel
        self.web = HastyWeb(loopback=True)
        self.drawn: dict[str, str] = {}
        """The digest of each picture, by its colour: uploads are encoded anew."""

    def read(self, picture: Picture) -> bytes:
        """A picture of one colour, which survives any encoding and identifies the picture."""
        from networks.posts import drawn

        self.drawn[picture.sha256[:6]] = picture.sha256
        return drawn(picture)

    def open_film(self, film: Picture) -> AbstractContextManager[IO[bytes]]:
        """The one video of the contract, or its one document, opened."""
        import documents
        import videos

        return videos.opened(documents.document() if film.is_document else videos.video())

    def order(self, answer: str, *, on: str = "send") -> None:
        self.server.order({"unknown": "unknown-before-accept"}.get(answer, answer), on=on)

    def received(self) -> list[Mapping[str, Any]]:
        return [self.composed(message) for message in self.server.messages]

    def replies(self) -> list[str | None]:
        return [message.reply_to for message in self.server.messages]

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        (message,) = (message for message in self.server.alive() if message.url == delivery.url)
        return self.composed(message)

    def delete(self, delivery: Delivery) -> None:
        self.server.delete(delivery.id)

    def has(self, delivery: Delivery) -> bool:
        return any(message.id == delivery.id for message in self.server.alive())

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        raise AssertionError("this network counts nothing")

    def composed(self, message: Message) -> Mapping[str, Any]:
        """The `wire` of a message; a fake whose pictures have other names than their digest overrides this with `digest_of`."""
        return message.wire

    def digest_of(self, data: bytes) -> str:
        """The digest of the picture that an upload was drawn from; of a video or a document, which nobody changes, its own."""
        import hashlib
        import io

        if data[4:8] == b"ftyp" or data[:5] == b"%PDF-":
            return hashlib.sha256(data).hexdigest()

        from PIL import Image

        pixel = Image.open(io.BytesIO(data)).convert("RGB").getpixel((3, 3))
        return self.drawn[bytes(pixel).hex()]  # type: ignore[arg-type]
