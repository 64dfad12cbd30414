"""A fake of Telegram's Bot API: one bot, a channel `@jardin_public` and a supergroup, as https://core.telegram.org/bots/api describes them (2026-11-27).

It refuses what the real server refuses as far as its documents and its source tell: empty and too long texts, entities that end beyond the words, one
picture in an album. The descriptions are those of telegram-bot-api/Client.cpp. Order `delayed` by `server.delayed = True`: the id is then 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery, Picture
from marronnier.text.length_units import utf16_length

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHAT, CHAT_ID, GROUP_ID = "@jardin_public", -1001234567890, -1009876543210
BOT = {"id": 110201543, "is_bot": True, "first_name": "Jardin", "username": "jardin_bot"}
_OPERATIONS = {
    "editMessageReplyMarkup": "there",
    "deleteMessage": "delete",
    "getChat": "session",
    "getMe": "other",
    "getChatMember": "other",
}


def no(code: int, description: str, **parameters: Any) -> No:
    """A refusal as this server words it."""
    more = {"parameters": parameters} if parameters else {}
    return No(Reply(code, {"ok": False, "error_code": code, "description": description, **more}))


class Telegram(Loopback):
    """Messages have numbers, which an album takes one of for each picture."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.number = 100
        self.delayed = False
        self.rights = {"status": "administrator", "can_post_messages": True, "can_delete_messages": True}
        self.uploads: dict[str, bytes] = {}
        """The bytes of each picture, by its file id."""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Every call that was let in, with its fields."""

    def operation(self, request: Request) -> str:
        method = request.path.rpartition("/")[2]
        return _OPERATIONS.get(method, "edit" if method.startswith("edit") else "send")

    def refusal(self, answer: str) -> Reply:
        texts = {
            "refused": (400, "Bad Request: message thread not found"),
            "locked": (401, "Unauthorized"),
            "forbidden": (403, "Forbidden: bot was kicked from the channel chat"),
            "missing": (404, "Not Found"),
        }
        code, description = texts[answer]
        return Reply(code, {"ok": False, "error_code": code, "description": description})

    def odd(self, operation: str) -> Reply:
        return Reply(200, {"ok": True, "result": {"message_id": "../../x"}})

    def act(self, request: Request) -> Reply:
        _, bot, method = request.path.split("/")
        if bot != f"bot{TOKEN}":
            raise no(401, "Unauthorized")
        fields, files = self._fields(request)
        self.calls.append((method, fields))
        if method == "getMe":
            return Reply(200, {"ok": True, "result": BOT})
        if fields.get("chat_id") not in (CHAT, CHAT_ID, GROUP_ID, str(CHAT_ID), str(GROUP_ID)):
            raise no(400, "Bad Request: chat not found")
        done = getattr(self, f"_{method}", None)
        if done is None:
            raise no(404, "Not Found")
        return Reply(200, {"ok": True, "result": done(fields, files)})

    @staticmethod
    def _fields(request: Request) -> tuple[dict[str, Any], dict[str, bytes]]:
        kind = request.headers.get("content-type", "")
        if kind == "application/json":
            return request.json(), {}
        files: dict[str, bytes] = {}
        texts = request.form() if not kind.startswith("multipart/") else {}
        if kind.startswith("multipart/"):
            parts = request.parts()
            files = {name: data for name, (filename, data, _kind) in parts.items() if filename}
            texts = {name: data.decode() for name, (filename, data, _kind) in parts.items() if not filename}
        return {name: json.loads(text) if text[:1] in "[{" or text in ("true", "false") else text for name, text in texts.items()}, files

    # What is read.

    def _getChat(self, fields: Mapping[str, Any], _files: Any) -> Any:
        if str(fields["chat_id"]) == str(GROUP_ID):
            return {"id": GROUP_ID, "type": "supergroup", "title": "Le jardin"}
        return {"id": CHAT_ID, "type": "channel", "title": "Le jardin", "username": CHAT[1:]}

    def _getChatMember(self, fields: Mapping[str, Any], _files: Any) -> Any:
        assert int(fields["user_id"]) == BOT["id"]
        return {"user": BOT, **self.rights}

    # What is sent.

    def _sendMessage(self, fields: dict[str, Any], _files: Any) -> Any:
        self._check_words(fields, "text", 4096)
        if not fields["text"].strip():
            raise no(400, "Bad Request: message text is empty")
        return self._posted(fields, self._named(fields, "text", "entities", "link_preview_options"))

    def _sendPoll(self, fields: dict[str, Any], _files: Any) -> Any:
        options = fields["options"]
        if not 0 < utf16_length(fields["question"]) <= 300:
            raise no(400, "Bad Request: poll question must be non-empty and at most 300 characters")
        if not 1 <= len(options) <= 12 or not all(0 < utf16_length(option["text"]) <= 100 for option in options):
            raise no(400, "Bad Request: poll must have at least 1 option")
        assert 5 <= int(fields.get("open_period", 5)) <= 2628000
        return self._posted(fields, self._named(fields, "question", "options", "open_period", "allows_multiple_answers"))

    def _sendPhoto(self, fields: dict[str, Any], files: dict[str, bytes]) -> Any:
        self._refuse_pictures(1)
        wire = {**self._caption(fields), "media": [self._photo(files["photo"], fields)]}
        return self._posted(fields, wire)

    def _sendVideo(self, fields: dict[str, Any], files: dict[str, bytes]) -> Any:
        self._refuse_pictures(1)
        assert files["video"][4:8] == b"ftyp" and len(files["video"]) <= 50_000_000
        wire = {**self._caption(fields), "media": [self._photo(files["video"], {"type": "video", **fields})]}
        return self._posted(fields, wire)

    def _sendDocument(self, fields: dict[str, Any], files: dict[str, bytes]) -> Any:
        assert len(files["document"]) <= 50_000_000
        return self._posted(fields, {**self._caption(fields), "media": [self._photo(files["document"], {"type": "document"})]})

    def _sendMediaGroup(self, fields: dict[str, Any], files: dict[str, bytes]) -> Any:
        media = fields["media"]
        if not 2 <= len(media) <= 10:
            raise no(400, "Bad Request: there must be 2-10 media in an album")
        if len({one["type"] == "document" for one in media}) > 1:
            raise no(400, "Bad Request: document can't be mixed with other media types")
        self._refuse_pictures(len(media))
        photos = [self._photo(files[one["media"].removeprefix("attach://")], one) for one in media]
        assert not any("caption" in one for one in media[1:]), "the words of an album are those of its first picture"
        first = self._posted(fields, {**self._caption(media[0]), "media": photos})
        return [first, *({**first, "message_id": self._next_number()} for _one in photos[1:])]

    def _refuse_pictures(self, count: int) -> None:
        """Refuse one of the pictures, where a test ordered it."""
        for _number in range(count):
            if self._next("media") == "refused":
                raise no(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")

    def _photo(self, data: bytes, said: Mapping[str, Any]) -> dict[str, Any]:
        file_id = f"AgAC{len(self.uploads)}"
        self.uploads[file_id] = data
        return {"type": said.get("type", "photo"), "file_id": file_id, **({"has_spoiler": True} if said.get("has_spoiler") else {})}

    def _caption(self, fields: dict[str, Any]) -> dict[str, Any]:
        self._check_words(fields, "caption", 1024)
        return {"caption": "", **self._named(fields, "caption", "caption_entities")}

    @staticmethod
    def _named(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
        return {name: fields[name] for name in names if name in fields}

    def _check_words(self, fields: Mapping[str, Any], name: str, most: int) -> None:
        text = fields.get(name, "")
        assert "parse_mode" not in fields
        if utf16_length(text) > most:
            raise no(400, "Bad Request: message is too long" if name == "text" else "Bad Request: message caption is too long")
        entities = fields.get("entities" if name == "text" else "caption_entities", [])
        for entity in entities:
            if entity["length"] <= 0 or entity["offset"] + entity["length"] > utf16_length(text):
                raise no(400, "Bad Request: ENTITY_BOUNDS_INVALID")

    def _posted(self, fields: Mapping[str, Any], wire: Mapping[str, Any]) -> dict[str, Any]:
        parent = fields.get("reply_parameters", {}).get("message_id")
        known = {id: message for message in self.alive() for id in message.id.split("-")}
        if parent is not None and str(parent) not in known:
            raise no(400, "Bad Request: message to be replied not found")
        photos = len(wire.get("media", ()))
        ids = [str(self.number + one + 1) for one in range(max(photos, 1))]
        number = self._next_number()
        chat = CHAT[1:] if str(fields["chat_id"]) in (CHAT, str(CHAT_ID)) else f"c/{str(GROUP_ID).removeprefix('-100')}"
        reply_to = known[str(parent)].id if parent is not None else None
        self.messages.append(Message("-".join(ids), f"https://t.me/{chat}/{number}", wire, reply_to))
        return {"message_id": 0 if self.delayed else number, "date": 1764925200, "chat": self._getChat(fields, None)}

    def _next_number(self) -> int:
        self.number += 1
        return self.number

    # What is changed.

    def _message(self, fields: Mapping[str, Any], act: str) -> Message:
        for message in self.alive():
            if str(fields["message_id"]) in message.id.split("-"):
                return message
        raise no(400, f"Bad Request: message to {act} not found")

    def _editMessageReplyMarkup(self, fields: Mapping[str, Any], _files: Any) -> Any:
        self._message(fields, "edit")
        raise no(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current one",
        )

    def _editMessageText(self, fields: Mapping[str, Any], _files: Any) -> Any:
        self._check_words(fields, "text", 4096)
        return self._edited(fields, self._named(fields, "text", "entities", "link_preview_options"))

    def _editMessageCaption(self, fields: dict[str, Any], _files: Any) -> Any:
        return self._edited(fields, {**self._caption(fields), "media": self._message(fields, "edit").wire["media"]})

    def _editMessageMedia(self, fields: dict[str, Any], files: dict[str, bytes]) -> Any:
        medium = fields["media"]
        photo = self._photo(files[medium["media"].removeprefix("attach://")], medium)
        return self._edited(fields, {**self._caption(medium), "media": [photo]})

    def _edited(self, fields: Mapping[str, Any], wire: Mapping[str, Any]) -> Any:
        message = self._message(fields, "edit")
        if message.wire == wire:
            raise no(400, "Bad Request: message is not modified")
        message.wire = wire
        return {"message_id": int(fields["message_id"]), "date": 1764925200, "chat": self._getChat(fields, None)}

    def _deleteMessage(self, fields: Mapping[str, Any], _files: Any) -> Any:
        self.delete(self._message(fields, "delete").id)
        return True


class TelegramStage(LoopbackStage):
    """The stage of Telegram. What never leaves us, language and alternative texts, is that of the contract's posts."""

    server: Telegram

    def __init__(self, server: Telegram) -> None:
        super().__init__(server, secrets={"token": TOKEN}, channel={"account": CHAT, "host": server.host})
        self.alts: dict[str, str] = {}

    def read(self, picture: Picture) -> bytes:
        self.alts[picture.sha256] = picture.alt
        return super().read(picture)

    def composed(self, message: Message) -> Mapping[str, Any]:
        wire = {**message.wire, "lang": "fr"}
        if "media" in wire:
            wire["media"] = [self._medium(one) for one in wire["media"]]
        return wire

    def _medium(self, photo: Mapping[str, Any]) -> dict[str, Any]:
        digest = self.digest_of(self.server.uploads[photo["file_id"]])
        spoiler = {"has_spoiler": True} if "has_spoiler" in photo else {}
        return {"type": photo["type"], "sha256": digest, "alt": self.alts[digest], **spoiler}

    def open_film(self, film: Picture) -> AbstractContextManager[IO[bytes]]:
        self.alts[film.sha256] = film.alt
        return super().open_film(film)

    def delete(self, delivery: Delivery) -> None:
        self.server.delete(delivery.id)


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[TelegramStage]:
    """A fresh server for the contract."""
    with Telegram(folder).running() as server:
        yield TelegramStage(server)
