"""Threads' server on loopback: containers, publishing, replies, deleting and insights of one account.

https://developers.facebook.com/docs/threads/posts, .../troubleshooting, .../insights and https://github.com/fbsamples/threads_api, seen 2026-11-27.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.graph import TOKEN, USER, Graph, GraphStage, error
from fakes.loopback import ANSWERS, Message, No, Reply, Request
from marronnier.model.publication import Delivery
from marronnier.networks.kit.graph import containers
from marronnier.networks.kit.graph.threads_facts import FACTS
from marronnier.text.length_units import emoji_as_bytes_length

METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
SCOPES = ["threads_basic", "threads_content_publish", "threads_read_replies", "threads_manage_insights", "threads_delete"]


class Threads(Graph):
    """`@jardin` on Threads."""

    state_field, error_field = "status", "error_message"

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder, "jardin")
        self.scopes = SCOPES
        self.ends = datetime.now(UTC) + timedelta(days=40, hours=1)
        self.lost = 0
        """How many publishing requests find no container, though there is one."""

    def operation(self, request: Request) -> str:
        if request.path.startswith("/m/"):
            return "other"
        match request.method, request.path.split("/")[2:]:
            case "POST", ["me", "threads_publish"]:
                return "send"
            case "POST", ["me", "threads"]:
                return "media"
            case "GET", ["me", "threads" | "replies"]:
                return "find"
            case "GET", [_, "insights"]:
                return "read"
            case "GET", [id] if id in self.containers:
                return "status"
            case "GET", [id] if id not in ("me", "debug_token"):
                return "there"
            case "DELETE", [_]:
                return "delete"
        return "other"

    def act(self, request: Request) -> Reply:
        if request.path.startswith("/m/"):
            return self.file(request)
        if (told := self.tokens(request, "th")) is not None:
            return told
        self.known(request)
        version, *steps = request.path.split("/")[1:]
        assert version == "v1.0"
        match request.method, steps:
            case "GET", ["me"]:
                return Reply(200, {"id": USER, "username": self.name})
            case "GET", ["debug_token"]:
                assert request.query["input_token"] in (TOKEN, *self.issued)
                return Reply(200, {"data": {"is_valid": True, "expires_at": int(self.ends.timestamp()), "scopes": self.scopes}})
            case "GET", ["me", "threads_publishing_limit"]:
                limits = {
                    "config": {"quota_total": 250, "quota_duration": 86400},
                    "reply_config": {"quota_total": 1000, "quota_duration": 86400},
                }
                return Reply(200, {"data": [{"quota_usage": 4, "reply_quota_usage": 0, **limits}]})
            case "POST", ["me", "threads"]:
                return self._prepare(request.form())
            case "POST", ["me", "threads_publish"]:
                return self._publish(request.form()["creation_id"])
            case "GET", ["me", "threads"]:
                return self.listed([one for one in self.alive() if one.reply_to is None], self._shown, request)
            case "GET", ["me", "replies"]:
                return self.listed([one for one in self.alive() if one.reply_to], self._shown, request)
            case "GET", [id, "insights"]:
                return self._insights(self.one(id), request.query["metric"].split(","))
            case "GET", [id]:
                return self.told(id) if id in self.containers else Reply(200, self._shown(self.one(id)))
            case "DELETE", [id]:
                self.delete(self.one(id).id)
                return Reply(200, {"success": True, "deleted_id": id})
        raise No(self.refusal("missing"))

    def _prepare(self, form: dict[str, str]) -> Reply:
        kind = form["media_type"]
        if kind == "CAROUSEL":
            children = [self.containers.get(id) for id in form["children"].split(",")]
            if not 2 <= len(children) <= 20 or not all(
                one and one.state == "FINISHED" and one.form.get("is_carousel_item") for one in children
            ):
                raise No(error(100, 0, "Param children is invalid"))
        elif kind != "TEXT":
            self.fetched(form["image_url" if kind == "IMAGE" else "video_url"])
        if emoji_as_bytes_length(form.get("text", "")) > 500:
            raise No(error(100, 0, "Param text must be at most 500 characters long."))
        if kind == "TEXT" and not form.get("text"):
            raise No(error(100, 0, "The parameter text is required."))
        if "poll_attachment" in form:
            options = json.loads(form["poll_attachment"])
            if kind != "TEXT" or not 2 <= len(options) <= 4 or not all(1 <= len(option) <= 25 for option in options.values()):
                raise No(error(100, 0, "The poll is invalid"))
        if "reply_to_id" in form:
            self.one(form["reply_to_id"])
        return self.prepare(form)

    def _publish(self, id: str) -> Reply:
        container = self.containers.get(id)
        if container is None or container.state != "FINISHED" or self.lost:
            self.lost = max(0, self.lost - 1)
            raise No(error(24, 4279009, "The requested resource does not exist"))
        return self.publish(id, f"http://{self.host}/@{self.name}/post/{{}}", container.form.get("reply_to_id"))

    def _insights(self, message: Message, metrics: list[str]) -> Reply:
        if unknown := set(metrics).difference(METRICS):
            raise No(error(100, 0, f"metric {unknown} is not known"))
        counts = self.counts.get(message.id, {})
        return Reply(
            200, {"data": [{"name": name, "period": "lifetime", "values": [{"value": counts[name]}]} for name in metrics if name in counts]}
        )

    def _shown(self, message: Message) -> dict[str, Any]:
        kind = {"TEXT": "TEXT_POST", "CAROUSEL": "CAROUSEL_ALBUM"}.get(message.wire["media_type"], message.wire["media_type"])
        shown = {"id": message.id, "permalink": message.url, "timestamp": self.time(message), "media_type": kind}
        return {**shown, "text": message.wire.get("text", ""), "is_reply": message.reply_to is not None}


class Stage(GraphStage):
    """The stage of Threads."""

    server: Threads
    answers = ANSWERS | {"never-ready", "rejected-later"}

    def composed(self, message: Message) -> Mapping[str, Any]:
        form = dict(message.wire)
        children = [self.server.containers[id].form for id in form.pop("children").split(",")] if "children" in form else [form]
        media = [self._medium(child) for child in children if child["media_type"] != "TEXT"]
        poll = {"poll_attachment": json.loads(form["poll_attachment"])} if "poll_attachment" in form else {}
        kept = {name: form[name] for name in ("media_type", "link_attachment") if name in form}
        return {**kept, "text": form.get("text", ""), **poll, **({"media": media} if media else {})}

    def _medium(self, form: Mapping[str, str]) -> dict[str, str]:
        return {"sha256": self.original(form.get("image_url") or form["video_url"]), "alt": form.get("alt_text", "")}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.counts[delivery.id] = {"views": 120, "likes": 7, "replies": 2, "reposts": 0, "quotes": 1}
        return self.server.counts[delivery.id]


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[Stage]:
    """A fresh server for the contract; a container that is never ready is waited for as long as a test can."""
    monkeypatch.setattr(containers, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(containers, "POLL_SECONDS", 0.03)
    with Threads(folder).running() as server:
        there = Stage(server, FACTS.pictures)
        there.build()
        yield there
