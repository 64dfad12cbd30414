"""A fake of Slack's Web API: one workspace, one channel, one bot, as docs.slack.dev describes its methods (2026-11-27).

It answers a no with 200 and `ok: false`, as Slack does, keeps metadata, threads by `thread_ts`, gives files in three steps, and shows a stone in place
of a deleted message that has replies. A file is not ready before `files.info` was asked once. `slack_sdk` plays the same journey against it:
tests/networks/test_slack_sdk.py.
"""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery

TOKEN = "xoxb-fake-garden-bot"
TEAM, CHANNEL = "jardin", "C0123ABCDEF"
PLACE = f"https://{TEAM}.slack.com/archives/{CHANNEL}"
_OPERATIONS = {
    "chat.postMessage": "send",
    "chat.update": "edit",
    "chat.delete": "delete",
    "files.getUploadURLExternal": "media",
    "files.info": "status",
    "conversations.history": "find",
    "auth.test": "session",
}


def no(error: str, **more: Any) -> No:
    """A refusal as this server words it."""
    return No(Reply(200, {"ok": False, "error": error, **more}))


class Slack(Loopback):
    """Messages of a bot."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.scopes = "chat:write,files:write,files:read,channels:history"
        self.member = True
        self.files: dict[str, bytes] = {}
        self.lengths: dict[str, int] = {}
        self.titles: dict[str, str] = {}
        self.shared: set[str] = set()
        """The files that a message shows by their address."""
        self.asked: dict[str, int] = {}
        """How often each file was asked about; -1 for one that is never ready."""
        self.marks: dict[str, Any] = {}
        """The metadata of each message, by its timestamp."""
        self.roots: dict[str, str] = {}
        self.people: dict[str, dict[str, Any]] = {}
        """What people added to a message: `reactions`, `reply_count`."""
        self._second = int(time.time())

    def operation(self, request: Request) -> str:
        method = request.path.rpartition("/")[2]
        if method == "conversations.replies":
            fields = self._fields(request)
            return "there" if "latest" in fields else "find"
        return _OPERATIONS.get(method, "other")

    def order(self, answer: str, *, on: str = "send", times: int = 1) -> None:
        # To count and to ask whether it is there is one request.
        super().order(answer, on="there" if on == "read" else on, times=times)

    def refusal(self, answer: str) -> Reply:
        errors = {"refused": "msg_too_long", "locked": "invalid_auth", "forbidden": "not_in_channel", "missing": "channel_not_found"}
        return no(errors[answer]).reply

    def odd(self, operation: str) -> Reply:
        return Reply(200, {"ok": True, "channel": "<b>", "ts": "../../x", "messages": [{"ts": "<b>"}]})

    @staticmethod
    def _fields(request: Request) -> dict[str, Any]:
        kind = request.headers.get("content-type", "")
        return request.json() if kind.startswith("application/json") else request.form() if request.body else dict(request.query)

    def act(self, request: Request) -> Reply:
        if request.path.startswith("/upload/"):
            id = request.path.rpartition("/")[2]
            assert len(request.body) == self.lengths[id]
            self.files[id] = request.body
            return Reply(200, b"OK - 64", {"Content-Type": "text/plain"})
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise no("invalid_auth")
        method = request.path.removeprefix("/api/")
        fields = self._fields(request)
        if "channel" in fields and fields["channel"] != CHANNEL:
            raise no("channel_not_found")
        told = getattr(self, f"_{method.replace('.', '_')}")(fields)
        return Reply(200, {"ok": True, **told}, {"X-OAuth-Scopes": self.scopes})

    # What is read.

    def _auth_test(self, _fields: Any) -> Any:
        return {
            "url": f"https://{TEAM}.slack.com/",
            "team": "Le jardin",
            "user": "jardin",
            "team_id": "T0123",
            "user_id": "U0123",
            "bot_id": "B0123",
        }

    def _conversations_info(self, _fields: Any) -> Any:
        return {"channel": {"id": CHANNEL, "name": "annonces", "is_member": self.member, "is_archived": False}}

    def _conversations_history(self, fields: Mapping[str, Any]) -> Any:
        listed = [self._shown(one, fields) for one in reversed(self.alive()) if self.roots[one.id] == one.id]
        return self._page([one for one in listed if float(one["ts"]) >= float(fields.get("oldest", 0))], fields)

    def _conversations_replies(self, fields: Mapping[str, Any]) -> Any:
        root = fields["ts"]
        thread = [one for one in self.messages if self.roots[one.id] == root]
        if not thread or (thread[0].deleted and not any(not one.deleted for one in thread[1:])):
            raise no("thread_not_found")
        listed = [self._shown(one, fields) for one in thread if not one.deleted]
        if thread[0].deleted:
            listed.insert(0, {"type": "message", "subtype": "tombstone", "ts": root, "text": "This message was deleted."})
        wanted = [one for one in listed if one["ts"] == root or self._is_between(one["ts"], fields)]
        return self._page(wanted, fields)

    @staticmethod
    def _is_between(ts: str, fields: Mapping[str, Any]) -> bool:
        return float(fields.get("oldest", 0)) <= float(ts) <= float(fields.get("latest", 10**12))

    @staticmethod
    def _page(listed: list[Any], fields: Mapping[str, Any]) -> Any:
        start, limit = int(fields.get("cursor", 0)), int(fields.get("limit", 100))
        more = len(listed) > start + limit
        return {
            "messages": listed[start : start + limit],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + limit) if more else ""},
        }

    def _shown(self, message: Message, fields: Mapping[str, Any]) -> dict[str, Any]:
        reply = {"thread_ts": self.roots[message.id]} if self.roots[message.id] != message.id else {}
        mark = {"metadata": self.marks[message.id]} if str(fields.get("include_all_metadata", "")).lower() in ("true", "1") else {}
        shown = {name: value for name, value in message.wire.items() if not name.startswith("unfurl")}
        return {
            "type": "message",
            "ts": message.id,
            "user": "U0123",
            "bot_id": "B0123",
            **shown,
            **reply,
            **mark,
            **self.people.get(message.id, {}),
        }

    # Files.

    def _files_getUploadURLExternal(self, fields: Mapping[str, Any]) -> Any:
        assert fields["filename"] and int(fields["length"]) > 0
        id = f"F{len(self.asked):08d}"
        self.asked[id], self.lengths[id] = 0, int(fields["length"])
        return {"upload_url": f"http://{self.host}/upload/v1/{id}", "file_id": id}

    def _files_completeUploadExternal(self, fields: Mapping[str, Any]) -> Any:
        files = json.loads(fields["files"]) if isinstance(fields["files"], str) else fields["files"]
        assert all(file["id"] in self.files for file in files), "the bytes come first"
        self.titles |= {file["id"]: file.get("title", "") for file in files}
        return {"files": [{"id": file["id"], "title": file.get("title", "")} for file in files]}

    def _files_info(self, fields: Mapping[str, Any]) -> Any:
        file = fields["file"]
        if file not in self.asked:
            raise no("file_not_found")
        if self.ordered == "never-ready" or self.asked[file] < 0:
            self.asked[file] = -1
            return {"file": {"id": file, "mimetype": "", "filetype": ""}}
        self.asked[file] += 1
        data = self.files[file]
        kind = "video/mp4" if data[4:8] == b"ftyp" else "application/pdf" if data[:5] == b"%PDF-" else "image/png"
        return {"file": {"id": file, "mimetype": kind, "filetype": kind.rpartition("/")[2], "permalink": self.permalink(file)}}

    @staticmethod
    def permalink(file: str) -> str:
        """The address of a file in the workspace."""
        return f"https://{TEAM}.slack.com/files/U0123/{file}/1"

    # What is sent and changed.

    def _checked(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        wire = {name: fields[name] for name in ("text", "blocks", "unfurl_links") if name in fields}
        if not wire.get("text") and not wire.get("blocks"):
            raise no("no_text")
        if len(wire.get("text", "")) > 4000:
            raise no("msg_too_long")
        for block in wire.get("blocks", []):
            if block["type"] == "section" and not 0 < len(block["text"]["text"]) <= 3000:
                raise no("invalid_blocks", errors=["must be less than 3001 characters"])
            if block["type"] == "image":
                if self.asked.get(block["slack_file"]["id"], 0) < 1:
                    raise no("invalid_blocks", errors=["invalid slack file [json-pointer:/blocks/1/slack_file]"])
                assert self.files[block["slack_file"]["id"]][:4] == b"\x89PNG", "a block takes pictures alone"
                assert 0 < len(block["alt_text"]) <= 2000
        assert html.unescape(wire.get("text", "")).count("<!") == 0, "nobody calls everybody"
        return wire

    def _chat_postMessage(self, fields: Mapping[str, Any]) -> Any:
        root = fields.get("thread_ts")
        thread = [one for one in self.messages if root is not None and self.roots[one.id] == root]
        if root is not None and not thread:
            raise no("thread_not_found")
        wire = self._checked(fields)
        self._second += 1
        ts = f"{self._second}.{len(self.messages):06d}"
        query = f"?thread_ts={root}&cid={CHANNEL}" if root else ""
        self.messages.append(Message(ts, f"{PLACE}/p{ts.replace('.', '')}{query}", wire, thread[-1].id if thread else None))
        self.marks[ts], self.roots[ts] = fields.get("metadata"), root or ts
        self.shared |= {file for file in self.files if f"<{self.permalink(file)}>" in wire.get("text", "")}
        return {"channel": CHANNEL, "ts": ts, "message": {"ts": ts, "text": wire.get("text", "")}}

    def _message(self, fields: Mapping[str, Any]) -> Message:
        message = next((one for one in self.alive() if one.id == fields["ts"]), None)
        if message is None:
            raise no("message_not_found")
        return message

    def _chat_update(self, fields: Mapping[str, Any]) -> Any:
        message = self._message(fields)
        assert "unfurl_links" not in fields, "chat.update does not know it"
        kept = {name: value for name, value in message.wire.items() if name == "unfurl_links"}
        wire = {**kept, **self._checked(fields)}
        message.wire = {name: value for name, value in wire.items() if name != "blocks" or value}
        return {"channel": CHANNEL, "ts": message.id, "text": wire.get("text", "")}

    def _chat_delete(self, fields: Mapping[str, Any]) -> Any:
        self.delete(self._message(fields).id)
        return {"channel": CHANNEL, "ts": fields["ts"]}

    def _chat_getPermalink(self, fields: Mapping[str, Any]) -> Any:
        (message,) = (one for one in self.alive() if one.id == fields["message_ts"])
        return {"channel": CHANNEL, "permalink": message.url}


class SlackStage(LoopbackStage):
    """The stage of Slack. What never leaves us, the language, is that of the contract's posts."""

    server: Slack
    answers = LoopbackStage.answers | {"never-ready"}

    def __init__(self, server: Slack) -> None:
        super().__init__(server, secrets={"token": TOKEN}, channel={"account": PLACE, "host": server.host})

    def composed(self, message: Message) -> Mapping[str, Any]:
        wire = {**message.wire, "lang": "fr"}
        if "blocks" in wire:
            wire["blocks"] = [self._block(block) for block in wire["blocks"]]
        for file in sorted(self.server.shared):
            text, address, _rest = wire["text"].partition(f"<{self.server.permalink(file)}>")
            if address:
                wire["text"] = text.removesuffix("\n")
                named = {"sha256": self.digest_of(self.server.files[file]), "title": self.server.titles[file]}
                wire["files"] = [*wire.get("files", ()), named]
        return wire

    def _block(self, block: Mapping[str, Any]) -> Mapping[str, Any]:
        if block["type"] != "image":
            return block
        digest = self.digest_of(self.server.files[block["slack_file"]["id"]])
        return {"type": "image", "sha256": digest, "alt_text": block["alt_text"].strip()}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.people[delivery.id] = {"reactions": [{"name": "tree", "count": 4, "users": ["U1"]}], "reply_count": 0}
        return {"likes": 4, "replies": 0}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[SlackStage]:
    """A fresh server for the contract, where what is not ready is soon waited for long enough."""
    from marronnier.networks.kit.slack import files

    monkeypatch.setattr(files, "READY_SECONDS", 0.5)
    monkeypatch.setattr(files, "_POLL_SECONDS", 0.05)
    with Slack(folder).running() as server:
        yield SlackStage(server)
