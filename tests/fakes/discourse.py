"""A Discourse forum on loopback, as https://docs.discourse.org/ and the code of its controllers have it, seen 2026-11-27.

A topic's `external_id` is taken once, also by one that was deleted; an identical request within 120 seconds gets the first answer, which tests
switch off with `memo = False`. Nobody here had a forum to try it on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery

USER, KEY = "jardin", "d1c5f0e2a47b9983"
_BLANKS = re.compile("[\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""Blanks that a forum keeps as plain ones: https://github.com/discourse/discourse/blob/main/lib/text_cleaner.rb, seen 2026-11-28."""


@dataclass
class Topic:
    """A topic: its posts are those with its number."""

    id: int
    title: str
    external_id: str
    tags: list[Any] = field(default_factory=list)
    category: int = 1
    deleted: bool = False
    views: int = 0


@dataclass
class ForumReply:
    """A post of a topic, the first one too."""

    id: int
    topic: Topic
    number: int
    raw: str
    likes: int | None = None
    deleted: bool = False


class Discourse(Loopback):
    """The fake forum."""

    enqueues = False
    """Whether moderators approve posts first."""
    memo = False
    extensions = ("jpg", "jpeg", "png", "gif", "webp", "mp4", "pdf")
    """`authorized_extensions`: administrators allowed videos and documents, which a new forum does not."""
    tag_ids: Any = 1
    """The id of a tag in the list of tags: a number since 2026.01, a word before."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.topics: list[Topic] = []
        self.posts: list[ForumReply] = []
        self.files: dict[str, bytes] = {}
        self.queue: list[dict[str, Any]] = []
        self._answers: dict[bytes, Reply] = {}

    def operation(self, request: Request) -> str:
        path, method = request.path, request.method
        if path == "/uploads.json":
            return "media"
        if path == "/posts.json":
            return "send"
        if method in ("DELETE", "PUT"):
            return "delete" if method == "DELETE" else "edit"
        if path.startswith("/t/external_id/"):
            return "find"
        return "there" if path.startswith("/posts/") else "other"

    def refusal(self, answer: str) -> Reply:
        status, kind, said = {
            "refused": (422, "action", "Body is too short"),
            "locked": (403, "invalid_access", "You are not permitted"),
            "forbidden": (403, "invalid_access", "You are not permitted"),
            "missing": (404, "not_found", "The requested URL could not be found"),
        }[answer]
        return Reply(status, {"errors": [said], "error_type": kind})

    def act(self, request: Request) -> Reply:
        path = request.path
        if (request.headers.get("api-key"), request.headers.get("api-username")) != (KEY, USER):
            raise No(self.refusal("locked"))
        if path == "/posts.json":
            return self._create(request)
        if path == "/uploads.json":
            return self._upload(request)
        if path == f"/u/{USER}.json":
            return Reply(200, {"user": {"id": 3, "username": USER}})
        if path == "/site.json":
            return Reply(200, {"categories": [{"id": 5, "name": "Annonces"}]})
        if path == "/tags.json":
            return Reply(200, {"tags": [{"id": self.tag_ids, "name": "verger"}]})
        if found := re.fullmatch(r"/t/external_id/([\w-]+)\.json", path):
            topic = next((one for one in self.topics if one.external_id == found[1] and not one.deleted), None)
            return Reply(301, b"", {"Location": f"http://{self.host}/t/un-jardin/{topic.id}.json"}) if topic else self.refusal("missing")
        if found := re.fullmatch(r"/t/(?:-/)?(\d+)\.json", path):
            return self._topic(request, int(found[1]))
        if found := re.fullmatch(r"/posts/(\d+)\.json", path):
            return self._post(request, int(found[1]))
        raise No(self.refusal("missing"))

    def _create(self, request: Request) -> Reply:
        if self.memo and request.body in self._answers:
            return self._answers[request.body]
        asked = request.json()
        if not asked["raw"].strip() or len(asked["raw"]) > 32_000:
            raise No(self.refusal("refused"))
        if self.enqueues:
            self.queue.append(asked)
            return Reply(200, {"action": "enqueued", "success": True, "pending_count": len(self.queue)})
        parent = None
        if "topic_id" in asked:
            topic = next((one for one in self.topics if one.id == asked["topic_id"] and not one.deleted), None)
            if topic is None:
                raise No(self.refusal("missing"))
            place = asked.get("reply_to_post_number", 1)
            parent = self._id(next(one for one in self.posts if one.topic is topic and one.number == place))
        else:
            if any(one.external_id == asked["external_id"] for one in self.topics):
                raise No(Reply(422, {"action": "create_post", "errors": ["External has already been taken"]}))
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,50}", asked["external_id"]) and asked["title"]
            topic = Topic(len(self.topics) + 70, asked["title"], asked["external_id"], asked.get("tags", []), asked.get("category", 1))
            self.topics.append(topic)
        number = 1 + sum(one.topic is topic for one in self.posts)
        post = ForumReply(len(self.posts) + 900, topic, number, _kept(asked["raw"]))
        self.posts.append(post)
        self.messages.append(Message(self._id(post), f"http://{self.host}/t/{topic.id}/{number}", asked, parent))
        self._answers[request.body] = Reply(200, self._shown(post))
        return self._answers[request.body]

    def _id(self, post: ForumReply) -> str:
        return f"{post.topic.id}.{post.number}.{post.id}"

    def _shown(self, post: ForumReply) -> dict[str, Any]:
        likes = [] if post.likes is None else [{"id": 2, "count": post.likes}]
        named = {"id": post.id, "topic_id": post.topic.id, "topic_slug": "un-jardin", "post_number": post.number, "username": USER}
        return {
            **named,
            "raw": post.raw,
            "cooked": "",
            "post_url": f"/t/un-jardin/{post.topic.id}/{post.number}",
            "reply_count": 0,
            "actions_summary": likes,
        }

    def _topic(self, request: Request, id: int) -> Reply:
        topic = next((one for one in self.topics if one.id == id and not one.deleted), None)
        if topic is None:
            raise No(self.refusal("missing"))
        posts = [one for one in self.posts if one.topic is topic and not one.deleted]
        if request.method == "DELETE":
            topic.deleted = True
            for post in posts:
                self.delete(self._id(post))
        if request.method == "PUT":
            asked = request.json()
            topic.title, topic.tags = asked["title"], asked["tags"]
            message = next(one for one in self.messages if one.id == self._id(posts[0]))
            message.wire = {**message.wire, "title": topic.title, "tags": topic.tags}
            return Reply(200, {"basic_topic": {"id": id, "title": topic.title}})
        return Reply(200, {"id": id, "views": topic.views, "post_stream": {"stream": [one.id for one in posts]}})

    def _post(self, request: Request, id: int) -> Reply:
        post = next((one for one in self.posts if one.id == id and not one.deleted), None)
        if post is None:
            raise No(self.refusal("missing"))
        if request.method == "DELETE":
            self.delete(self._id(post))
            return Reply(200, {})
        if request.method == "PUT":
            asked = request.json()["post"]["raw"]
            post.raw = _kept(asked)
            message = next(one for one in self.messages if one.id == self._id(post))
            message.wire = {**message.wire, "raw": asked}
            return Reply(200, {"post": self._shown(post)})
        return Reply(200, self._shown(post))

    def delete(self, id: str) -> None:
        super().delete(id)
        for post in self.posts:
            if self._id(post) == id:
                post.deleted = True
                post.topic.deleted = post.topic.deleted or post.number == 1

    def _upload(self, request: Request) -> Reply:
        parts = request.parts()
        name, data, kind = parts["file"]
        assert parts["upload_type"][1] == b"composer" and parts["synchronous"][1] == b"true" and name
        ending = name.rpartition(".")[2]
        if ending not in self.extensions:
            said = f"Sorry, the file you are trying to upload is not authorized (authorized extensions: {', '.join(self.extensions)})."
            raise No(Reply(422, {"errors": [said]}))
        assert kind.startswith("video/" if ending in ("mp4", "webm", "mov") else "application/pdf" if ending == "pdf" else "image/")
        address = f"upload://q{len(self.files) + 1}Fk3.{ending}"
        self.files[address] = data
        return Reply(200, {"id": len(self.files), "url": "/uploads/x.png", "short_url": address, "width": 8, "height": 8})


def _kept(raw: str) -> str:
    """The words as a forum keeps them: `setup_post` of lib/post_creator.rb and `cleanup_whitespaces` of lib/post_revisor.rb, seen 2026-11-28."""
    return _BLANKS.sub(" ", raw).rstrip()


class DiscourseStage(LoopbackStage):
    """The stage of the fake forum."""

    server: Discourse

    def order(self, answer: str, *, on: str = "send") -> None:
        # Whether a post is there is asked before its counters are.
        super().order(answer, on="there" if on == "read" else on)

    def composed(self, message: Message) -> Mapping[str, Any]:
        wire = {name: value for name, value in message.wire.items() if name in ("raw", "title")}
        for address, data in self.server.files.items():
            if address in wire["raw"]:
                wire["raw"] = wire["raw"].replace(address, f"upload://sha256/{self.digest_of(data)}")
        if tags := message.wire.get("tags"):
            wire["tags"] = [tag if isinstance(tag, str) else tag["name"] for tag in tags]
        return wire

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        post = next(one for one in self.server.posts if self.server._id(one) == delivery.id)
        post.likes, post.topic.views = 3, 40
        return {"likes": 3, "replies": 0, "views": 40}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[DiscourseStage]:
    """A fresh forum for the contract."""
    with Discourse(folder).running() as server:
        yield DiscourseStage(server, secrets={"key": KEY}, channel={"account": f"{USER}/5", "host": server.host})
