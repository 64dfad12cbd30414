"""Instagram's server on loopback: containers, publishing, comments and insights of one professional account.

https://developers.facebook.com/docs/instagram-platform/content-publishing and .../reference/error-codes, seen 2026-11-27; the fields of objects are
those of https://pypi.org/project/facebook-business/ 26.0.3 (iguser.py, igmedia.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes.graph import USER, Graph, GraphStage, error
from fakes.loopback import ANSWERS, Message, No, Reply, Request
from marronnier.model.publication import Delivery
from marronnier.networks.kit.graph import containers
from marronnier.networks.kit.graph.client import VERSION
from marronnier.networks.kit.graph.instagram_facts import FACTS

METRICS = ("views", "reach", "saved", "shares")


class Instagram(Graph):
    """`@jardin`, a professional account that logs in with Instagram."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder, "jardin")
        self.quota_usage = 3
        self.comments: list[Message] = []

    def operation(self, request: Request) -> str:
        if request.path.startswith("/m/"):
            return "other"
        steps = request.path.split("/")[2:]
        match request.method, steps:
            case "POST", [_, "media_publish" | "comments"]:
                return "send"
            case "POST", [_, "media"]:
                return "media"
            case "GET", [_, "media" | "stories" | "comments"]:
                return "find"
            case "GET", [_, "insights"]:
                return "read"
            case "GET", [id] if id in self.containers:
                return "status"
            case "GET", [id] if id not in ("me", USER):
                return "read" if "like_count" in request.query.get("fields", "") else "there"
        return "other"

    def act(self, request: Request) -> Reply:
        if request.path.startswith("/m/"):
            return self.file(request)
        if (told := self.tokens(request, "ig")) is not None:
            return told
        self.known(request)
        version, *steps = request.path.split("/")[1:]
        assert version == VERSION
        match request.method, steps:
            case "GET", ["me"]:
                return Reply(200, {"user_id": USER, "username": self.name, "id": "9"})
            case "GET", [user, "content_publishing_limit"] if user == USER:
                return Reply(200, {"data": [{"quota_usage": self.quota_usage, "config": {"quota_total": 50, "quota_duration": 86400}}]})
            case "POST", [user, "media"] if user == USER:
                return self._prepare(request.form())
            case "POST", [user, "media_publish"] if user == USER:
                return self._publish(request.form()["creation_id"])
            case "GET", [user, "media"] if user == USER:
                return self.listed([one for one in self.alive() if one.wire.get("media_type") != "STORIES"], self._shown, request)
            case "GET", [user, "stories"] if user == USER:
                return self.listed([one for one in self.alive() if one.wire.get("media_type") == "STORIES"], self._shown, request)
            case "POST", [media, "comments"]:
                return self._comment(media, request)
            case "GET", [media, "comments"]:
                mine = [comment for comment in self.comments if comment.reply_to == self.one(media).id]
                return self.listed(mine, lambda one: {"id": one.id, "text": one.wire["message"], "timestamp": self.time(one)}, request)
            case "GET", [media, "insights"]:
                return self._insight(self.one(media), request.query["metric"])
            case "GET", [id]:
                return self.told(id) if id in self.containers else Reply(200, self._shown(self._any(id)))
        raise No(self.refusal("missing"))

    def _any(self, id: str) -> Message:
        return next((comment for comment in self.comments if comment.id == id), None) or self.one(id)

    def _prepare(self, form: dict[str, str]) -> Reply:
        kind = form.get("media_type", "")
        if kind == "CAROUSEL":
            children = [self.containers.get(id) for id in form["children"].split(",")]
            if not 2 <= len(children) <= 10 or not all(
                one and one.state == "FINISHED" and one.form.get("is_carousel_item") for one in children
            ):
                raise No(error(100, 2207028, "The carousel is invalid"))
        elif "video_url" in form and kind in ("REELS", "STORIES", "VIDEO"):
            self.fetched(form["video_url"])
        elif "image_url" in form and kind in ("", "STORIES"):
            if not self.fetched(form["image_url"]).startswith(b"\xff\xd8"):
                raise No(error(36001, 2207005, "The image format is not supported"))
        else:
            raise No(error(100, 2207023, "The media type is unknown"))
        if len(form.get("caption", "")) > 2200:
            raise No(error(100, 2207010, "The caption is too long"))
        if "alt_text" in form and (kind == "STORIES" or "video_url" in form):
            raise No(error(100, 0, "alt_text is for images"))
        return self.prepare(form)

    def _publish(self, id: str) -> Reply:
        container = self.containers.get(id)
        if container is None:
            raise No(error(24, 2207006, "The media could not be found"))
        if container.state != "FINISHED":
            raise No(error(9007, 2207027, "The media is not ready to be published"))
        return self.publish(id, f"http://{self.host}/p/{{}}/")

    def _comment(self, media: str, request: Request) -> Reply:
        form = request.form()
        assert set(form) == {"message"} and not request.query, "with `fields` the server answers an error after it took the comment"
        parent = self.one(media)
        comment = Message(f"1780{len(self.comments) + 1:013d}", parent.url, form, parent.id)
        self.comments.append(comment)
        self.times[comment.id] = self.times[parent.id]
        return Reply(200, {"id": comment.id})

    def _insight(self, message: Message, metric: str) -> Reply:
        if metric not in METRICS:
            raise No(error(100, 0, "metric must be one of the known values"))
        counts = self.counts.get(message.id, {})
        data = [{"name": metric, "period": "lifetime", "values": [{"value": counts[metric]}]}] if metric in counts else []
        return Reply(200, {"data": data})

    def _shown(self, message: Message) -> dict[str, Any]:
        counts = self.counts.get(message.id, {})
        kind = {"CAROUSEL": "CAROUSEL_ALBUM", "REELS": "VIDEO"}.get(message.wire.get("media_type", ""), "IMAGE")
        likes = {name: counts[name] for name in ("like_count", "comments_count") if name in counts}
        caption = {"caption": message.wire["caption"]} if "caption" in message.wire else {}
        return {"id": message.id, "permalink": message.url, "timestamp": self.time(message), "media_type": kind, **caption, **likes}


class Stage(GraphStage):
    """The stage of Instagram."""

    server: Instagram
    answers = ANSWERS | {"never-ready", "rejected-later"}

    def received(self) -> list[Mapping[str, Any]]:
        return [self.composed(message) for message in (*self.server.messages, *self.server.comments)]

    def composed(self, message: Message) -> Mapping[str, Any]:
        form = message.wire
        if "message" in form:
            return form
        children = [self.server.containers[id].form for id in form["children"].split(",")] if "children" in form else [form]
        kind = {"media_type": form["media_type"]} if "media_type" in form else {}
        caption = {"caption": form.get("caption", "")} if form.get("media_type") != "STORIES" else {}
        return {"media": [self.medium(child) for child in children], **kind, **caption}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.counts[delivery.id] = {"like_count": 7, "comments_count": 0, "views": 120, "saved": 2}
        return {"likes": 7, "replies": 0, "views": 120, "saves": 2}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[Stage]:
    """A fresh server for the contract; a container that is never ready is waited for as long as a test can."""
    monkeypatch.setattr(containers, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(containers, "POLL_SECONDS", 0.03)
    with Instagram(folder).running() as server:
        there = Stage(server, FACTS.pictures)
        there.build()
        yield there
