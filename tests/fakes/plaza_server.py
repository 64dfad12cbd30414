"""Plaza's server on loopback: what its own part of a fake is. See `fakes.loopback`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes.loopback import ANSWERS, Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery
from marronnier.text import length_units

TOKEN = "plaza-5d1f7c"


class Plaza(Loopback):
    """Notices of at most 200 UTF-16 units, each a reply to another or none; `likes` and `replies` are counted. It may reject one after it took it."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.counts: dict[str, dict[str, int]] = {}

    def operation(self, request: Request) -> str:
        if request.path.endswith("/counts"):
            return "read"
        one = request.path.count("/") > 1
        return {"POST": "send", "PUT": "edit", "DELETE": "delete"}.get(request.method, "there" if one else "find")

    def act(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise No(self.refusal("locked"))
        if request.path == "/notices":
            return self._post(request.json()) if request.method == "POST" else Reply(200, [self._shown(one) for one in self.alive()])
        message = next((one for one in self.alive() if one.id == request.path.split("/")[2]), None)
        if message is None:
            raise No(self.refusal("missing"))
        if request.method == "DELETE":
            self.delete(message.id)
        elif request.method == "PUT":
            message.wire = self._checked(request.json())
        elif request.path.endswith("/counts"):
            return Reply(200, self.counts.get(message.id, {}))
        return Reply(200, self._shown(message))

    def _post(self, asked: dict[str, Any]) -> Reply:
        parent = asked.pop("reply_to", None)
        if parent is not None and parent not in {one.id for one in self.alive()}:
            raise No(self.refusal("missing"))
        id = f"n{len(self.messages) + 1}"
        is_rejected = self.ordered == "rejected-later"
        self.messages.append(Message(id, f"http://{self.host}/notices/{id}", self._checked(asked), parent, is_rejected))
        return Reply(201, self._shown(self.messages[-1]))

    def _checked(self, wire: Mapping[str, Any]) -> Mapping[str, Any]:
        if not 0 < length_units.utf16_length(wire["text"]) <= 200:
            raise No(self.refusal("refused"))
        return wire

    def _shown(self, message: Message) -> dict[str, Any]:
        return {"id": message.id, "url": message.url, "reply_to": message.reply_to, **message.wire}


class PlazaStage(LoopbackStage):
    """The stage of Plaza."""

    server: Plaza
    answers = ANSWERS | {"rejected-later"}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.counts[delivery.id] = {"likes": 3, "replies": 0}
        return {"likes": 3, "replies": 0}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[PlazaStage]:
    """A fresh server for the contract."""
    with Plaza(folder).running() as server:
        yield PlazaStage(server, secrets={"token": TOKEN}, channel={"account": "jardin", "host": server.host})
