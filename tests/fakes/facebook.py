"""Facebook's server on loopback: posts, photos, videos, reels, comments and insights of one Page.

https://developers.facebook.com/docs/pages-api/posts, .../video-api/guides/reels-publishing and https://github.com/fbsamples/reels_publishing_apis, seen
2026-11-27; the fields of requests are those of https://pypi.org/project/facebook-business/ 26.0.3 (page.py, pagepost.py, video_uploader.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.graph import TOKEN, Graph, error
from fakes.loopback import ANSWERS, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery
from marronnier.networks.kit.graph.client import VERSION

PAGE = "104000000000001"
SCOPES = ["pages_manage_posts", "pages_read_engagement", "pages_manage_engagement"]
METRICS = ("post_media_view", "post_total_media_view_unique", "post_clicks")


@dataclass
class Film:
    """A video: its bytes so far, and the state of its publishing."""

    reel: bool
    size: int = 0
    data: bytes = b""
    state: str = "not_started"


class Facebook(Graph):
    """The Page `jardin`."""

    piece = 4096
    """The most bytes of a video that the server asks for at once."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder, "jardin")
        self.scopes = SCOPES
        self.ends = 0
        self.photos: dict[str, tuple[bytes, str]] = {}
        """Bytes and alternative text, by id."""
        self.attached: set[str] = set()
        self.films: dict[str, Film] = {}

    def operation(self, request: Request) -> str:
        steps = [step for step in request.path.split("/") if step not in ("", VERSION)]
        match request.method, steps:
            case "POST", [_, "feed" | "comments"]:
                return "send"
            case "POST", [_, "videos" | "video_reels"]:
                return "send" if self._form(request).get("upload_phase") == "finish" else "media"
            case "POST", [_, "photos"] | ["video-upload", _]:
                return "media"
            case "GET", [_, "published_posts" | "comments" | "videos" | "video_reels"]:
                return "find"
            case "GET", [_, "insights"]:
                return "read"
            case "GET", [id] if id not in ("me", "debug_token"):
                fields = request.query.get("fields", "")
                return "read" if "summary" in fields else "status" if "status" in fields else "there"
            case "POST", [_]:
                return "edit"
            case "DELETE", [_]:
                return "delete"
        return "other"

    def _login(self, request: Request, steps: list[str]) -> Reply | None:
        """Consent, and tokens of a person and of their Pages; None for any other request.

        https://developers.facebook.com/docs/facebook-login/manually-build-a-login-flow and .../guides/access-tokens/get-long-lived, seen 2026-11-28.
        """
        query = request.query
        match request.method, steps:
            case "GET", ["dialog", "oauth"]:
                return self.consent.page(query)
            case "GET", ["oauth", "access_token"] if query.get("grant_type") == "fb_exchange_token":
                assert query["client_secret"] == self.consent.clients[query["client_id"]]
                return self._give_long(query["fb_exchange_token"] in self.short)
            case "GET", ["oauth", "access_token"]:
                return self._give_short(self.consent.problem(query), {"token_type": "bearer", "expires_in": 5400})
            case "GET", ["me", "accounts"]:
                assert query["access_token"] in self.issued
                page = {"id": PAGE, "name": "Le Jardin", "username": self.name, "access_token": TOKEN}
                other = {"id": "104000000000009", "name": "Autre", "access_token": "EAAP-hush-other-page"}
                return Reply(200, {"data": [other, page]})
        return None

    def act(self, request: Request) -> Reply:
        version, *steps = [step for step in request.path.split("/") if step]
        if version == "video-upload":
            return self._bytes(steps[1], request)
        assert version == VERSION
        if (told := self._login(request, steps)) is not None:
            return told
        self.known(request)
        match request.method, steps:
            case "GET", ["me"]:
                return Reply(200, {"id": PAGE, "name": "Le Jardin", "username": self.name})
            case "GET", ["debug_token"]:
                assert request.query["input_token"] in (TOKEN, *self.issued)
                return Reply(200, {"data": {"is_valid": True, "expires_at": self.ends, "scopes": self.scopes, "type": "PAGE"}})
            case "POST", [page, "feed"] if page == PAGE:
                return self._post(request.form())
            case "POST", [page, "photos"] if page == PAGE:
                return self._photo(request)
            case "POST", [page, "videos" | "video_reels" as edge] if page == PAGE:
                return self._film(edge == "video_reels", request)
            case "GET", [page, "published_posts"] if page == PAGE:
                return self.listed([one for one in self.alive() if one.reply_to is None and one.id not in self.films], self._shown, request)
            case "GET", [page, "videos" | "video_reels" as edge] if page == PAGE:
                films = [one for one in self.alive() if one.id in self.films and self.films[one.id].reel == (edge == "video_reels")]
                return self.listed(films, self._shown, request)
            case "POST", [post, "comments"]:
                return self.add(request.form(), f"http://{self.host}/{self.name}/posts/{{}}", self.one(post).id)
            case "GET", [post, "comments"]:
                return self.listed([one for one in self.alive() if one.reply_to == self.one(post).id], self._shown, request)
            case "GET", [post, "insights"]:
                return self._insight(self.one(post), request.query["metric"])
            case "GET", [id] if id in self.films and "status" in request.query["fields"]:
                return self._state(id)
            case "GET", [id]:
                return Reply(200, self._shown(self.one(id)))
            case "POST", [id]:
                message = self.one(id)
                message.wire = {**message.wire, **self._checked(request.form())}
                return Reply(200, {"success": True})
            case "DELETE", [id]:
                self.delete(self.one(id).id)
                return Reply(200, {"success": True})
        raise No(self.refusal("missing"))

    def _form(self, request: Request) -> dict[str, str]:
        if "multipart" in request.headers.get("content-type", ""):
            return {name: data.decode() for name, (file, data, _kind) in request.parts().items() if not file}
        return request.form()

    def _checked(self, form: dict[str, str]) -> dict[str, str]:
        if len(form.get("message", "")) > 63206:
            raise No(error(100, 0, "The message is too long"))
        return form

    def _post(self, form: dict[str, str]) -> Reply:
        photos = [one["media_fbid"] for one in json.loads(form.get("attached_media", "[]"))]
        if not form.get("message") and not form.get("link") and not photos:
            raise No(error(100, 0, "The post is empty"))
        if photos and "link" in form:
            raise No(error(100, 0, "A post has photos or a link"))
        if not all(id in self.photos for id in photos):
            raise No(error(100, 0, "The photo is not there"))
        if self.attached.intersection(photos):
            raise No(error(1, 1366051, "These photos were already posted."))
        self.attached.update(photos)
        return self.add(self._checked(form), f"http://{self.host}/{self.name}/posts/{{}}")

    def _photo(self, request: Request) -> Reply:
        parts, form = request.parts(), self._form(request)
        data = parts["source"][1]
        assert form["published"] == "false"
        if len(data) > 4_000_000 or not data.startswith((b"\xff\xd8", b"\x89PNG")):
            raise No(error(324, 1366046, "Your photos couldn't be uploaded."))
        id = f"1220{len(self.photos) + 1:011d}"
        self.photos[id] = (data, form.get("alt_text_custom", ""))
        return Reply(200, {"id": id})

    def _film(self, reel: bool, request: Request) -> Reply:
        form = self._form(request)
        match form["upload_phase"]:
            case "start":
                id = f"990{len(self.films) + 1:012d}"
                film = self.films[id] = Film(reel, int(form.get("file_size", "0")))
                if reel:
                    return Reply(200, {"video_id": id, "upload_url": f"http://{self.host}/video-upload/{VERSION}/{id}"})
                return Reply(200, {"video_id": id, "upload_session_id": f"7{id}", **self._wanted(film)})
            case "transfer":
                film = self.films[form["upload_session_id"][1:]]
                assert int(form["start_offset"]) == len(film.data)
                film.data += request.parts()["video_file_chunk"][1]
                return Reply(200, self._wanted(film))
        id = form["video_id"] if reel else form["upload_session_id"][1:]
        film = self.films[id]
        if len(film.data) != film.size or not film.data:
            raise No(error(6000, 1363030, "The video was not uploaded"))
        if film.state == "not_started":
            film.state = "complete"
            wire = {name: form[name] for name in ("description", "video_state") if name in form}
            message = Message(id, f"http://{self.host}/reel/{id}", wire)
            message.deleted = self.ordered == "rejected-later"
            self.messages.append(message)
            self.times[id] = datetime.now(UTC) + timedelta(milliseconds=len(self.messages))
        return Reply(200, {"success": True})

    def _wanted(self, film: Film) -> dict[str, str]:
        begin = len(film.data)
        return {"start_offset": str(begin), "end_offset": str(min(film.size, begin + self.piece))}

    def _bytes(self, id: str, request: Request) -> Reply:
        if request.headers.get("authorization") != f"OAuth {self.token}":
            raise No(error(190, 0, "Invalid OAuth access token."))
        assert request.headers["offset"] == "0" and int(request.headers["file_size"]) == len(request.body)
        film = self.films[id]
        film.data, film.size = request.body, len(request.body)
        return Reply(200, {"success": True})

    def _state(self, id: str) -> Reply:
        film = self.films[id]
        status = {"video_status": "error" if film.state == "error" else "ready", "publishing_phase": {"status": film.state}}
        return Reply(200, {"id": id, "status": status, "permalink_url": f"/reel/{id}"})

    def _insight(self, message: Message, metric: str) -> Reply:
        if metric not in METRICS:
            raise No(error(100, 0, "metric must be one of the known values"))
        counts = self.counts.get(message.id, {})
        data = [{"name": metric, "period": "lifetime", "values": [{"value": counts[metric]}]}] if metric in counts else []
        return Reply(200, {"data": data})

    def _shown(self, message: Message) -> dict[str, Any]:
        words = {name: message.wire[name] for name in ("message", "description") if name in message.wire}
        counts = self.counts.get(message.id, {})
        edges = {
            name: {"data": [], "summary": {"total_count": counts[name]}} for name in ("comments", "reactions", "likes") if name in counts
        }
        return {"id": message.id, "permalink_url": message.url, "created_time": self.time(message), **words, **edges}


class Stage(LoopbackStage):
    """The stage of a Page."""

    server: Facebook
    answers = ANSWERS | {"rejected-later"}

    def composed(self, message: Message) -> Mapping[str, Any]:
        wire = dict(message.wire)
        attached = [self.server.photos[one["media_fbid"]] for one in json.loads(wire.pop("attached_media", "[]"))]
        if message.id in self.server.films:
            import hashlib

            return {**wire, "media": [{"sha256": hashlib.sha256(self.server.films[message.id].data).hexdigest()}]}
        if message.reply_to is None:
            wire.setdefault("message", "")
        return {**wire, **({"media": [{"sha256": self.digest_of(data), "alt": alt} for data, alt in attached]} if attached else {})}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.counts[delivery.id] = {"comments": 0, "reactions": 7, "post_media_view": 120}
        return {"replies": 0, "likes": 7, "views": 120}


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[Stage]:
    """A fresh server for the contract."""
    with Facebook(folder).running() as server:
        yield Stage(server, secrets={"token": TOKEN}, channel={"account": server.name, "host": server.host})
