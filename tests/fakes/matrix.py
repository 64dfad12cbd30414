"""A Matrix homeserver on loopback, with one room, as https://spec.matrix.org/latest/client-server-api/ has it, seen 2026-11-27.

It remembers transactions, keeps what it does not know of a content, and refuses what Synapse 1.163.2 refused on 2026-11-28
(tests/networks/test_matrix_server.py): a thread upon a thread, a relation to nothing, an unknown room.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery

TOKEN = "syt_jardin_4f1d77b0c2"
USER, ROOM, ALIAS = "@jardin:example.org", "!verger:example.org", "#verger:example.org"
_ROOMS = "/_matrix/client/v3/rooms/"
_OWN = ("m.relates_to", "org.marronnier.part", "info", "filename")
"""Fields of a content that are only known when it is sent."""


@dataclass
class Event:
    """An event of the room."""

    id: str
    content: dict[str, Any]
    type: str = "m.room.message"
    sender: str = USER
    redacted: bool = False
    at: int = 0

    def shown(self) -> dict[str, Any]:
        unsigned = {"redacted_because": {"type": "m.room.redaction"}} if self.redacted else {}
        content = {} if self.redacted else self.content
        named = {"event_id": self.id, "type": self.type, "sender": self.sender, "room_id": ROOM, "origin_server_ts": self.at}
        return {**named, "content": content, "unsigned": unsigned}


@dataclass
class _Relations:
    likes: int = 0
    replies: int = 0
    extra: list[dict[str, Any]] = field(default_factory=list)


class Matrix(Loopback):
    """The fake homeserver."""

    encrypted = False
    joined = True
    power = 0
    page = 100
    """The most events of a page."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.events: list[Event] = []
        self.files: dict[str, bytes] = {}
        self.transactions: dict[str, str] = {}
        self.relations: dict[str, _Relations] = {}

    def operation(self, request: Request) -> str:
        path = request.path
        if "/redact/" in path:
            return "delete"
        if "/send/" in path:
            return "edit" if "m.new_content" in request.json() else "send"
        if path.endswith("/messages"):
            return "find"
        if "/relations/" in path:
            return "read"
        if "/event/" in path:
            return "there"
        return "media" if path.startswith("/_matrix/media/") else "other"

    def refusal(self, answer: str) -> Reply:
        status, code = {
            "refused": (413, "M_TOO_LARGE"),
            "locked": (401, "M_UNKNOWN_TOKEN"),
            "forbidden": (403, "M_FORBIDDEN"),
            "missing": (404, "M_NOT_FOUND"),
        }[answer]
        return Reply(status, {"errcode": code, "error": f"this is {answer}"})

    def odd(self, operation: str) -> Reply:
        return Reply(200, {"event_id": "../../x", "content_uri": "javascript:alert(1)"})

    def act(self, request: Request) -> Reply:
        path = request.path
        if path == "/_matrix/client/versions":
            return Reply(200, {"versions": ["v1.11"]})
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise No(self.refusal("locked"))
        if path == "/_matrix/client/v3/account/whoami":
            return Reply(200, {"user_id": USER, "device_id": "VERGER"})
        if path == "/_matrix/client/v3/joined_rooms":
            return Reply(200, {"joined_rooms": [ROOM] if self.joined else []})
        if path.startswith("/_matrix/client/v3/directory/room/"):
            if unquote(path.rpartition("/")[2]) != ALIAS:
                raise No(self.refusal("missing"))
            return Reply(200, {"room_id": ROOM, "servers": ["example.org"]})
        if path == "/_matrix/client/v1/media/config":
            return Reply(200, {"m.upload.size": 50_000_000})
        if path == "/_matrix/media/v3/upload":
            return self._upload(request)
        relations = re.fullmatch(r"/_matrix/client/v1/rooms/([^/]+)/relations/([^/]+)/([^/]+)", path)
        if relations and unquote(relations[1]) == ROOM:
            return self._related(unquote(relations[2]), relations[3])
        room, _slash, rest = path.removeprefix(_ROOMS).partition("/")
        if not path.startswith(_ROOMS) or unquote(room) != ROOM or not self.joined:
            raise No(self.refusal("forbidden"))
        return self._in_room(request, [unquote(part) for part in rest.split("/")])

    def _in_room(self, request: Request, parts: list[str]) -> Reply:
        match parts:
            case ["state", kind, ""]:
                return self._state(kind)
            case ["messages"]:
                return self._messages(request.query)
            case ["event", event_id]:
                return Reply(200, self._event(event_id).shown())
            case ["send", "m.room.message", transaction] if request.method == "PUT":
                return Reply(200, {"event_id": self._once(request.path, lambda: self._send(request.json(), transaction))})
            case ["redact", event_id, _transaction] if request.method == "PUT":
                return Reply(200, {"event_id": self._once(request.path, lambda: self._redact(event_id))})
        raise No(Reply(404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}))

    def _once(self, path: str, make: Any) -> str:
        if path not in self.transactions:
            self.transactions[path] = make()
        return self.transactions[path]

    def _send(self, content: dict[str, Any], _transaction: str) -> str:
        if not isinstance(content.get("body"), str) or "msgtype" not in content or "m.mentions" not in content:
            raise No(Reply(400, {"errcode": "M_BAD_JSON", "error": "body and msgtype are needed"}))
        if len(json.dumps(content, ensure_ascii=False).encode()) > 64_000:
            raise No(self.refusal("refused"))
        relation = content.get("m.relates_to", {})
        event = self._added(content)
        kind = relation.get("rel_type")
        if kind == "m.replace":
            original = self._event(relation["event_id"])
            assert original.sender == USER and "m.new_content" not in original.content
            kept = {name: value for name, value in original.content.items() if name == "m.relates_to"}
            original.content = {**content["m.new_content"], **kept}
            next(one for one in self.messages if one.id == original.id).wire = content["m.new_content"]
            return event.id
        if kind == "m.thread":
            if "m.relates_to" in self._event(relation["event_id"]).content:
                raise No(Reply(400, {"errcode": "M_UNKNOWN", "error": "Cannot start threads from an event with a relation"}))
            self._event(relation["m.in_reply_to"]["event_id"])
        parent = relation.get("m.in_reply_to", {}).get("event_id")
        address = f"https://matrix.to/#/{quote(ROOM, safe='!')}/{quote(event.id, safe='')}?via=example.org"
        self.messages.append(Message(event.id, address, content, parent))
        return event.id

    def _added(self, content: dict[str, Any]) -> Event:
        event = Event(f"$verger{len(self.events) + 1}-_x", content, at=int(time.time() * 1000))
        self.events.append(event)
        return event

    def _redact(self, event_id: str) -> str:
        self._event(event_id)
        self.delete(event_id)
        return self._added({"reason": ""}).id.replace("verger", "redaction")

    def delete(self, id: str) -> None:
        super().delete(id)
        for event in self.events:
            event.redacted = event.redacted or event.id == id

    def forget(self) -> None:
        """Forget every transaction, as a server does after a while."""
        self.transactions.clear()

    def _event(self, event_id: str) -> Event:
        found = next((event for event in self.events if event.id == event_id), None)
        if found is None:
            raise No(self.refusal("missing"))
        return found

    def _messages(self, query: Mapping[str, str]) -> Reply:
        wanted = json.loads(query["filter"])
        newest = [event for event in reversed(self.events) if event.type in wanted["types"] and event.sender in wanted["senders"]]
        at, most = int(query.get("from", "0")), min(int(query["limit"]), self.page)
        end = {"end": str(at + most)} if at + most < len(newest) else {}
        return Reply(200, {"start": str(at), "chunk": [event.shown() for event in newest[at : at + most]], **end})

    def _related(self, event_id: str, kind: str) -> Reply:
        self._event(event_id)
        counted = self.relations.get(event_id, _Relations())
        number = counted.likes if kind == "m.annotation" else counted.replies
        own = [event.shown() for event in self.events if event.content.get("m.relates_to", {}).get("rel_type") == kind]
        return Reply(200, {"chunk": [{"event_id": f"$other{each}", "content": {"body": "Bravo"}} for each in range(number)] + own})

    def _state(self, kind: str) -> Reply:
        if kind == "m.room.encryption" and self.encrypted:
            return Reply(200, {"algorithm": "m.megolm.v1.aes-sha2"})
        if kind == "m.room.power_levels":
            return Reply(200, {"events_default": 0, "users_default": 0, "users": {USER: self.power}, "events": {"m.room.message": 0}})
        raise No(self.refusal("missing"))

    def _upload(self, request: Request) -> Reply:
        kind = "video/mp4" if request.body[4:8] == b"ftyp" else "application/pdf" if request.body[:5] == b"%PDF-" else "image/"
        assert request.headers["content-type"].startswith(kind) and request.query["filename"]
        address = f"mxc://example.org/file{len(self.files) + 1}"
        self.files[address] = request.body
        return Reply(200, {"content_uri": address})


class MatrixStage(LoopbackStage):
    """The stage of the fake homeserver."""

    server: Matrix

    def order(self, answer: str, *, on: str = "send") -> None:
        # Whether a message is there is asked before its reactions are.
        super().order(answer, on="there" if on == "read" else on)

    def composed(self, message: Message) -> Mapping[str, Any]:
        wire = {name: value for name, value in message.wire.items() if name not in _OWN}
        text = json.dumps(wire)
        for address, data in self.server.files.items():
            if address in text:
                text = text.replace(f'"{address}"', f'"mxc://sha256/{self.digest_of(data)}"')
                text = text.replace(f'\\"{address}\\"', f'\\"mxc://sha256/{self.digest_of(data)}\\"')
        found: Mapping[str, Any] = json.loads(text)
        return found

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.relations[delivery.id] = _Relations(likes=3)
        return {"likes": 3, "replies": 0}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[MatrixStage]:
    """A fresh homeserver for the contract."""
    with Matrix(folder).running() as server:
        yield MatrixStage(server, secrets={"token": TOKEN}, channel={"account": ALIAS, "host": server.host})
