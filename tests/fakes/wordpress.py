"""A WordPress site on loopback: its REST API as https://developer.wordpress.org/rest-api/ and the code of its controllers have it, seen 2026-11-27.

A slug that is taken becomes another one (`…-2`), also for drafts (wp_unique_post_slug, called with the status `publish`); the slug of a post in
the trash is free again; look-ups by slug show published posts alone unless other statuses are asked for.
"""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery, Picture

USER, PASSWORD = "jardin", "abcd EFGH 1234 ijkl"
_API = "/wp-json/wp/v2"
_FIELDS = ("title", "content", "tags", "featured_media")


@dataclass
class Article:
    """A post of the site."""

    id: int
    slug: str
    status: str
    fields: dict[str, Any] = field(default_factory=dict)


class Wordpress(Loopback):
    """The fake site."""

    drops = ""
    """Markup that the account may not write, as a pattern: it is dropped without a word."""
    rights = frozenset({"edit_posts", "publish_posts", "upload_files"})
    on_publish = "publish"
    """The status that publishing gives."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.posts: list[Article] = []
        self.media: dict[int, dict[str, Any]] = {}
        self.terms: list[str] = []

    def operation(self, request: Request) -> str:
        path = request.path.removeprefix(_API)
        if path.startswith("/media"):
            return "media" if request.method == "POST" and path == "/media" else "other"
        if path == "/posts" and request.method == "GET":
            return "find"
        if path.startswith("/posts/"):
            if request.method == "DELETE":
                return "delete"
            if request.method == "GET":
                return "there"
            if "status" not in request.json():
                return "edit"
            return "send" if request.json()["status"] == "publish" else "other"
        return "other"

    def refusal(self, answer: str) -> Reply:
        status, code = {
            "refused": (400, "rest_invalid_param"),
            "locked": (401, "incorrect_password"),
            "forbidden": (403, "rest_cannot_publish"),
            "missing": (404, "rest_post_invalid_id"),
        }[answer]
        return _error(status, code)

    def act(self, request: Request) -> Reply:
        path = request.path.removeprefix(_API)
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if given.replace(" ", "") != f"{USER}:{PASSWORD}".replace(" ", ""):
            raise No(self.refusal("locked"))
        if path == "/users/me":
            me = {"id": 3, "username": USER, "slug": USER, "email": "jardin@example.org", "capabilities": dict.fromkeys(self.rights, True)}
            return Reply(200, me)
        if path == "/tags":
            return self._tag(request.json()["name"])
        if path == "/media":
            return self._upload(request) if request.method == "POST" else self._find_media(request.query["slug"])
        if found := re.fullmatch(r"/media/(\d+)", path):
            self.media[int(found[1])]["alt_text"] = request.json()["alt_text"]
            return Reply(200, self.media[int(found[1])])
        if path == "/posts":
            return self._create(request.json()) if request.method == "POST" else self._find(request.query)
        if found := re.fullmatch(r"/posts/(\d+)", path):
            return self._one(request, int(found[1]))
        raise No(_error(404, "rest_no_route"))

    def _find(self, query: Mapping[str, str]) -> Reply:
        statuses = query.get("status", "publish").split(",")
        return Reply(200, [self._shown(post) for post in self.posts if post.slug == query["slug"] and post.status in statuses])

    def _create(self, asked: dict[str, Any]) -> Reply:
        taken = {post.slug for post in self.posts if post.status != "trash"}
        slug = next(slug for slug in (asked["slug"], *(f"{asked['slug']}-{number}" for number in range(2, 99))) if slug not in taken)
        post = Article(len(self.posts) + 10, slug, "")
        self.posts.append(post)
        return Reply(201, self._written(post, asked))

    def _one(self, request: Request, id: int) -> Reply:
        post = next((one for one in self.posts if one.id == id), None)
        if post is None:
            raise No(self.refusal("missing"))
        if request.method == "DELETE":
            if post.status == "trash":
                raise No(_error(410, "rest_already_trashed"))
            self.delete(str(id))
        elif request.method == "POST":
            return Reply(200, self._written(post, request.json()))
        return Reply(200, self._shown(post))

    def _written(self, post: Article, asked: dict[str, Any]) -> dict[str, Any]:
        asked = {**asked, "content": re.sub(self.drops, "", asked["content"])} if self.drops and "content" in asked else asked
        post.fields |= {name: asked[name] for name in _FIELDS if name in asked}
        was, post.status = post.status, asked.get("status", post.status)
        if post.status == "publish" and was != "publish":
            post.status = self.on_publish
            self.messages.append(Message(str(post.id), self._link(post), post.fields))
        elif post.status == "publish":
            next(one for one in self.messages if one.id == str(post.id)).wire = post.fields
        return self._shown(post)

    def _link(self, post: Article) -> str:
        return f"http://{self.host}/2026/12/{post.slug}/"

    def _shown(self, post: Article) -> dict[str, Any]:
        """A post in the context `edit`."""
        raw = {name: {"raw": post.fields.get(name, ""), "rendered": ""} for name in ("title", "content")}
        named = {"id": post.id, "slug": post.slug, "status": post.status, "link": self._link(post)}
        return {**named, **raw, "tags": post.fields.get("tags", []), "featured_media": post.fields.get("featured_media", 0)}

    def delete(self, id: str) -> None:
        super().delete(id)
        for post in self.posts:
            if str(post.id) == id:
                post.slug, post.status = f"{post.slug}__trashed", "trash"

    def _tag(self, name: str) -> Reply:
        if name.casefold() in map(str.casefold, self.terms):
            number = list(map(str.casefold, self.terms)).index(name.casefold())
            return Reply(400, {"code": "term_exists", "message": "A term exists", "data": {"status": 400, "term_id": number + 1}})
        self.terms.append(name)
        return Reply(201, {"id": len(self.terms), "name": name})

    def _upload(self, request: Request) -> Reply:
        if "upload_files" not in self.rights:
            raise No(_error(400, "rest_cannot_create"))
        name = re.fullmatch(r'attachment; filename="([^"]+)"', request.headers["content-disposition"])
        assert name
        kinds = {"mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "pdf": "application/pdf", "vtt": "text/vtt"}
        ending, kind = name[1].rpartition(".")[2], request.headers["content-type"]
        assert kind == kinds[ending] if ending in kinds else kind.startswith("image/")
        id = 500 + len(self.media)
        address = f"http://{self.host}/wp-content/uploads/2026/12/{name[1]}"
        self.media[id] = {"id": id, "slug": name[1].partition(".")[0], "source_url": address, "alt_text": ""}
        (self.folder / str(id)).write_bytes(request.body)
        return Reply(201, self.media[id])

    def _find_media(self, slug: str) -> Reply:
        return Reply(200, [one for one in self.media.values() if one["slug"] == slug])


def _error(status: int, code: str) -> Reply:
    return Reply(status, {"code": code, "message": f"this is {code}", "data": {"status": status}})


class WordpressStage(LoopbackStage):
    """The stage of the fake site."""

    server: Wordpress
    _names: dict[str, str]

    def read(self, picture: Picture) -> bytes:
        self._names = {**getattr(self, "_names", {}), picture.sha256: posixpath.basename(picture.path)}
        return super().read(picture)

    def open_film(self, film: Picture) -> AbstractContextManager[IO[bytes]]:
        self._names = {**getattr(self, "_names", {}), film.sha256: posixpath.basename(film.path)}
        return super().open_film(film)

    def composed(self, message: Message) -> Mapping[str, Any]:
        # A page shows the entity as the bracket that it stands for.
        fields, content, featured, media = message.wire, message.wire["content"].replace("&#91;", "["), "", []
        used = {one["id"] for one in self.server.media.values() if one["source_url"] in content} | {fields["featured_media"]}
        for id in sorted(used - {0}):
            one = self.server.media[id]
            digest = self.digest_of((self.server.folder / str(id)).read_bytes())
            name = self._names[digest]
            content = content.replace(one["source_url"], name).replace(f' class="wp-image-{id}"', "")
            media.append({"name": name, "sha256": digest, "alt": one["alt_text"]})
            featured = name if id == fields["featured_media"] else featured
        link = re.search(r'<p><a href="(https://example\.org/[^"]*)" rel="noopener">\1</a></p>\Z', content)
        tags = [self.server.terms[number - 1] for number in fields["tags"]]
        named = {
            "title": fields["title"],
            "content": content,
            "tags": tags,
            "media": media,
            "featured": featured,
            "link": link[1] if link else "",
        }
        return {name: value for name, value in named.items() if value}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        raise AssertionError("WordPress counts nothing")


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[WordpressStage]:
    """A fresh site for the contract."""
    with Wordpress(folder).running() as server:
        yield WordpressStage(server, secrets={"password": PASSWORD}, channel={"account": USER, "host": server.host})
