"""A fake of Discord's API: one channel of one server, for a bot and for a webhook, as discord.com/developers/docs describes them (2026-11-27).

    with Discord(folder).running() as server:      # a bot; Discord(folder, hook=True) lets only the webhook in
        server.order("wait")                       # also `retry_after` in the body, as Discord writes it: server.slow = 2.5

It refuses what the real server refuses as far as its documents tell: empty and too long words, too many files, a nonce that is no nonce, calls of
everybody, a reply to what is not there. A nonce is remembered, and gives the same message again; a webhook without `wait=true` answers 204.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery

TOKEN, HOOK_ID, HOOK_TOKEN = (
    "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
    "223704706495545344",
    "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372",
)
GUILD, CHANNEL = "197038439483310086", "199737254929760256"
BOT = "198622483471925248"
PLACE = f"https://discord.com/channels/{GUILD}/{CHANNEL}"
_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


def no(status: int, code: int, message: str, field: str = "", why: str = "") -> No:
    """A refusal as this server words it."""
    errors = {"errors": {field: {"_errors": [{"code": "BASE_TYPE", "message": why}]}}} if field else {}
    return No(Reply(status, {"code": code, "message": message, **errors}))


class Discord(Loopback):
    """Messages of a bot or of a webhook."""

    def __init__(self, folder: Path | str, *, hook: bool = False, forgets: bool = False) -> None:
        super().__init__(folder)
        self.hook = hook
        self.forgets = forgets
        """Whether the minutes are over for which a nonce is remembered."""
        self.channel_type = 0
        self.has_history = True
        """Whether the bot may read the channel's history: else a list is empty."""
        self.spoken = False
        """Whether there was ever a message in the channel."""
        self.others: list[dict[str, Any]] = []
        """Messages of other people."""
        self.files: dict[str, bytes] = {}
        self.nonces: dict[str, Message] = {}
        self.people: dict[str, dict[str, Any]] = {}
        """What people added to a message, by its id: `reactions`, `thread`."""
        self._last_id = int((datetime.now(UTC) - _EPOCH).total_seconds() * 1000) << 22

    @property
    def _base(self) -> str:
        return f"/api/v10/webhooks/{HOOK_ID}/{HOOK_TOKEN}" if self.hook else f"/api/v10/channels/{CHANNEL}"

    def operation(self, request: Request) -> str:
        rest = request.path.removeprefix(self._base)
        if request.method == "POST":
            return "send"
        if request.method == "GET" and rest == "/messages":
            return "find"
        if rest.startswith("/messages/"):
            return {"PATCH": "edit", "DELETE": "delete"}.get(request.method, "there")
        return "session"

    def order(self, answer: str, *, on: str = "send", times: int = 1) -> None:
        # To count and to ask whether it is there is one request.
        super().order(answer, on="there" if on == "read" else on, times=times)

    def refusal(self, answer: str) -> Reply:
        return {
            "refused": no(400, 50035, "Invalid Form Body", "content", "Must be 2000 or fewer in length."),
            "locked": no(401, 0, "401: Unauthorized"),
            "forbidden": no(403, 50013, "Missing Permissions"),
            "missing": no(404, 10015 if self.hook else 10003, "Unknown Webhook" if self.hook else "Unknown Channel"),
        }[answer].reply

    def odd(self, operation: str) -> Reply:
        return Reply(200, {"id": "../../x", "channel_id": "<b>"})

    def act(self, request: Request) -> Reply:
        assert request.headers["user-agent"].startswith("DiscordBot (https://"), "Discord asks for this form"
        if self.hook:
            if HOOK_ID not in request.path:
                raise no(404, 10015, "Unknown Webhook")
            if HOOK_TOKEN not in request.path:
                raise no(401, 50027, "Invalid Webhook Token")
        elif request.headers.get("authorization") != f"Bot {TOKEN}":
            raise no(401, 0, "401: Unauthorized")
        if request.path == "/api/v10/users/@me":
            return Reply(200, {"id": BOT, "username": "Jardin", "bot": True})
        if not request.path.startswith(self._base):
            raise no(404, 10003, "Unknown Channel")
        rest = request.path.removeprefix(self._base)
        if rest.startswith("/messages/"):
            return self._one(request, rest.split("/")[2])
        if request.method == "POST":
            return self._post(request)
        if rest == "/messages":
            return Reply(200, self._listed(request.query))
        assert rest == "" and request.method == "GET"
        return Reply(200, self._place())

    def _place(self) -> dict[str, Any]:
        if self.hook:
            return {"id": HOOK_ID, "type": 1, "guild_id": GUILD, "channel_id": CHANNEL, "name": "Jardin", "token": HOOK_TOKEN}
        last = str(self._last_id) if self.spoken else None
        return {"id": CHANNEL, "type": self.channel_type, "guild_id": GUILD, "name": "annonces", "last_message_id": last}

    def _listed(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        if not self.has_history:
            return []
        before, limit = int(query.get("before", str(1 << 63))), int(query["limit"])
        listed = [*(self._shown(one) for one in self.alive()), *self.others]
        return sorted((one for one in listed if int(one["id"]) < before), key=lambda one: -int(one["id"]))[:limit]

    def _one(self, request: Request, id: str) -> Reply:
        message = next((one for one in self.alive() if one.id == id), None)
        if message is None:
            raise no(404, 10008, "Unknown Message")
        if request.method == "DELETE":
            self.delete(id)
            return Reply(204, b"")
        if request.method == "PATCH":
            asked, files = self._asked(request)
            message.wire = self._checked({**message.wire, **asked}, files)
        return Reply(200, self._shown(message))

    @staticmethod
    def _asked(request: Request) -> tuple[dict[str, Any], dict[str, tuple[str, bytes, str]]]:
        if not request.headers["content-type"].startswith("multipart/"):
            return request.json(), {}
        parts = request.parts()
        return json.loads(parts.pop("payload_json")[1]), parts

    def _post(self, request: Request) -> Reply:
        asked, files = self._asked(request)
        nonce, parent = asked.pop("nonce", None), asked.pop("message_reference", None)
        enforced = asked.pop("enforce_nonce", False)
        if self.hook:
            assert nonce is None and parent is None, "a webhook has neither"
        else:
            assert isinstance(nonce, str) and len(nonce) <= 25 and enforced is True
            if (earlier := self.nonces.get(nonce)) is not None:
                if earlier.deleted:
                    raise no(400, 10008, "Unknown Message")
                return Reply(200, self._shown(earlier))
        parent_id = parent["message_id"] if parent else None
        if parent_id is not None and parent_id not in {one.id for one in self.alive()}:
            raise no(400, 50035, "Invalid Form Body", "message_reference", "Unknown message")
        wire = self._checked(asked, files)
        self._last_id += 1 << 22
        self.spoken = True
        # What stands before a webhook's message is all that its readers see of a thread.
        follows = self.messages[-1].id if self.hook and self.messages else parent_id
        message = Message(str(self._last_id), f"{PLACE}/{self._last_id}", wire, follows)
        self.messages.append(message)
        if nonce is not None and not self.forgets:
            self.nonces[nonce] = message
        if self.hook and request.query.get("wait") != "true":
            return Reply(204, b"")
        return Reply(200, self._shown(message))

    def _checked(self, asked: dict[str, Any], files: Mapping[str, tuple[str, bytes, str]]) -> dict[str, Any]:
        """The message as it is kept: its attachments with the bytes of their files."""
        if len(asked.get("content", "")) > 2000:
            raise no(400, 50035, "Invalid Form Body", "content", "Must be 2000 or fewer in length.")
        if not asked.get("content") and not files and "poll" not in asked:
            raise no(400, 50006, "Cannot send an empty message")
        assert asked["allowed_mentions"]["parse"] == [], "nobody is called who was not named"
        kept = []
        for attachment in asked.pop("attachments", []):
            if self._next("media") == "refused":
                raise no(400, 50046, "Invalid file uploaded")
            assert isinstance(attachment["id"], str), "a snowflake is text"
            filename, data, _kind = files[f"files[{attachment['id']}]"]
            assert filename == attachment["filename"] and len(attachment["description"]) <= 1024 and len(data) <= 10 << 20
            id = str(self._last_id + len(self.files) + 1)
            self.files[id] = data
            kept.append({"id": id, "filename": filename, "description": attachment["description"], "size": len(data)})
        assert len(kept) == len(files) <= 10 and sum(len(data) for _name, data, _kind in files.values()) <= 25 << 20
        poll = asked.get("poll")
        if poll and not (len(poll["question"]["text"]) <= 300 and len(poll["answers"]) <= 10 and 1 <= poll["duration"] <= 768):
            raise no(400, 50035, "Invalid Form Body", "poll", "This poll is not valid.")
        return {**asked, **({"attachments": kept} if kept else {})}

    def _shown(self, message: Message) -> dict[str, Any]:
        reference = {"message_reference": {"message_id": message.reply_to}} if message.reply_to and not self.hook else {}
        shown = {name: value for name, value in message.wire.items() if name != "allowed_mentions"}
        author = {"id": HOOK_ID if self.hook else BOT, "username": "Jardin"}
        return {
            "id": message.id, "channel_id": CHANNEL, "author": author, "content": "", "attachments": [], **shown, **reference,
            **self.people.get(message.id, {}),
        }  # fmt: skip


class DiscordStage(LoopbackStage):
    """The stage of Discord. What never leaves us, the language, is that of the contract's posts."""

    server: Discord

    def __init__(self, server: Discord) -> None:
        secret = f"http://{server.host}/api/webhooks/{HOOK_ID}/{HOOK_TOKEN}" if server.hook else TOKEN
        super().__init__(server, secrets={"webhook" if server.hook else "token": secret}, channel={"account": PLACE, "host": server.host})

    def composed(self, message: Message) -> Mapping[str, Any]:
        wire = {**message.wire, "lang": "fr"}
        if "attachments" in wire:
            wire["attachments"] = [self._attachment(number, one) for number, one in enumerate(wire["attachments"])]
        return wire

    def _attachment(self, number: int, one: Mapping[str, Any]) -> dict[str, Any]:
        spoiler = {"spoiler": True} if one["filename"].startswith("SPOILER_") else {}
        return {"id": number, "description": one["description"], "sha256": self.digest_of(self.server.files[one["id"]]), **spoiler}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        reactions = [{"count": 2, "emoji": {"name": "🌳"}}, {"count": 1, "emoji": {"name": "🔥"}}]
        self.server.people[delivery.id] = {"reactions": reactions, "thread": {"id": delivery.id, "message_count": 0}}
        return {"likes": 3, "replies": 0}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[DiscordStage]:
    """A fresh server for the contract, as it is minutes later: a nonce is forgotten, and the adapter must look."""
    with Discord(folder, forgets=True).running() as server:
        yield DiscordStage(server)
