"""A Mastodon server on loopback, with a memory: HTTP as https://docs.joinmastodon.org/methods/ has it, seen 2026-11-25.

    with Mastodon(folder).running() as server:      # account @jardin@127.0.0.1:PORT, token `TOKEN`
        server.order("refused")                     # the next toot, whoever sends it
        server.order("cut-after-accept", times=2)
        server.order("wait", header={"Retry-After": "120"})
        server.order("processing", on="media")      # 202, then 206 once
        server.toots()                              # what stands there, in order: the request as it came, and what became of it
        server.delete(toot_id)                      # as the account's owner may
        server.keyless = True                       # as two of three other servers: Idempotency-Key means nothing

Other processes reach it by its address; its memory (toots.jsonl, media/, orders.jsonl) is the folder, which outlives it.

Answers to a toot: `fine`, `refused` (422), `locked` (401), `forbidden` (403), `wait` (429), `moved` (308), `missing` (404), `slow`; and `unknown-…` (500), `cut-…` (the
connection ends), `html-…`, `empty-…`, `odd-…` (an id that is none), each `before-accept` or `after-accept`; and those of `fakes.loopback`; and `late` (the connection ends, and the toot
appears after `seconds`).
Answers to deleting (`delete`) and correcting (`edit`): as those to a toot, but for `late`. Answers on media: `fine`, `processing`, `refused`, `locked`, `missing`, `wait`, `unknown`, `cut`. Answers on find, and on there (one toot by its id): `fine`, `wait`, `unknown`, `html`, `missing`, `forbidden`.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fakes.consent import ConsentPage
from fakes.loopback import ANSWERS, HastyWeb, answering, misbehave, waiting
from marronnier.networks.kit.fediverse import client

TOKEN = "hush-7f3c9b2e41d8"
NAME = "jardin"
LIMITS = {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}
ALT = 1500


@dataclass
class Order:
    """An order: how to answer the next requests."""

    answer: str
    on: str = "send"
    times: int = 1
    header: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Mastodon:
    """The fake server."""

    ready = True
    """Whether a picture is ready when its state is asked for."""
    software: str | None = "mastodon"
    """What NodeInfo says; None for a server without it."""
    version = "4.4.1"
    source_url: str | None = "https://github.com/mastodon/mastodon"
    lists = frozenset({"public", "unlisted", "private", "direct"})
    """The visibilities that the list of an account's own toots shows."""
    shows = frozenset({"public", "unlisted", "private", "direct"})
    """The visibilities of toots that are given by their id."""

    def __init__(self, folder: Path | str, *, token: str = TOKEN, limits: Mapping[str, int] | None = None) -> None:
        self.folder = Path(folder)
        (self.folder / "media").mkdir(parents=True, exist_ok=True)
        self.token = token
        self.scopes = "read write:statuses write:media"
        self.limits = {**LIMITS, **(limits or {})}
        self.consent = ConsentPage({})
        self.keyless = False
        self.clock = timedelta()
        """How far the server's clock is ahead."""
        self.name = NAME
        self.port = 0
        self.asked: list[str] = []
        """Method and path of each request, in order."""
        self.counts: dict[str, dict[str, int]] = {}
        """What the server counts of a toot, by its id."""
        self._lock = threading.RLock()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def account(self) -> str:
        return f"@{self.name}@{self.host}"

    @contextmanager
    def running(self) -> Iterator[Mastodon]:
        """Answer on loopback until the end of the `with`."""
        with answering(type("Answering", (_Answering,), {"mastodon": self})) as self.port:
            yield self

    def order(self, answer: str, *, on: str = "send", times: int = 1, header: dict[str, str] | None = None, seconds: float = 0.0) -> None:
        """Order how to answer the next requests."""
        with self._lock, (self.folder / "orders.jsonl").open("a", encoding="utf-8") as orders:
            orders.write(json.dumps(asdict(Order(answer, on, times, header or {}, seconds))) + "\n")

    def next_order(self, on: str) -> Order:
        with self._lock:
            path = self.folder / "orders.jsonl"
            orders = [Order(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
            for order in orders:
                if order.on == on and order.times > 0:
                    order.times -= 1
                    path.write_text("".join(json.dumps(asdict(each)) + "\n" for each in orders if each.times > 0), encoding="utf-8")
                    return order
            return Order("fine", on)

    def toots(self) -> list[dict[str, Any]]:
        """The toots in order: `request`, `key`, `at`, `id`."""
        path = self.folder / "toots.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]] if path.exists() else []

    def delete(self, toot_id: str) -> None:
        """Delete a toot; its id is not given again."""
        with self._lock, (self.folder / "deleted").open("a", encoding="utf-8") as deleted:
            deleted.write(f"{toot_id}\n")

    def edit(self, toot: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
        """Give a toot other words, pictures and alternative texts; what is not named of it stays."""
        kept = {name: value for name, value in toot["request"].items() if name in ("visibility", "in_reply_to_id", "language")}
        for one in body.get("media_attributes", ()):
            path = self.folder / "media" / f"{one['id']}.json"
            path.write_text(
                json.dumps({**json.loads(path.read_text(encoding="utf-8")), "description": one["description"]}), encoding="utf-8"
            )
        named = {name: value for name, value in body.items() if name != "media_attributes" and value not in ("", False)}
        with self._lock:
            edited = {**toot, "request": {**kept, **named}}
            lines = [edited if one["id"] == toot["id"] else one for one in self.toots()]
            (self.folder / "toots.jsonl").write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
        return edited

    def alive(self) -> list[dict[str, Any]]:
        """The toots that nobody deleted, in order."""
        path = self.folder / "deleted"
        deleted = set(path.read_text(encoding="utf-8").split("\n")) if path.exists() else set()
        return [toot for toot in self.toots() if toot["id"] not in deleted]

    def picture(self, media_id: str) -> dict[str, Any]:
        """An upload: `description`, `type`, `sha256`, and its bytes in `path`."""
        return json.loads((self.folder / "media" / f"{media_id}.json").read_text(encoding="utf-8"))

    def upload(self, data: bytes, description: str, kind: str) -> str:
        with self._lock:
            media_id = str(900001 + len(list((self.folder / "media").glob("*.json"))))
            path = self.folder / "media" / f"{media_id}.bin"
            path.write_bytes(data)
            told = {"description": description, "type": kind, "sha256": hashlib.sha256(data).hexdigest(), "path": str(path), "looks": 0}
            (self.folder / "media" / f"{media_id}.json").write_text(json.dumps(told), encoding="utf-8")
            return media_id

    def accept(self, request: dict[str, Any], key: str) -> dict[str, Any]:
        """Accept a toot; the earlier one when its key was used within an hour."""
        with self._lock:
            there = self.toots()
            now = datetime.now(UTC) + self.clock
            if key and not self.keyless:
                for toot in there:
                    if toot["key"] == key and toot not in self.alive() and now - datetime.fromisoformat(toot["at"]) < timedelta(hours=1):
                        raise LookupError(key)
                    if toot["key"] == key and now - datetime.fromisoformat(toot["at"]) < timedelta(hours=1):
                        return toot
            toot = {"id": str(113550000000000001 + len(there)), "at": now.isoformat(), "key": key, "request": request}
            with (self.folder / "toots.jsonl").open("a", encoding="utf-8") as toots:
                toots.write(json.dumps(toot, ensure_ascii=False) + "\n")
            return toot

    def wrong(self, request: dict[str, Any]) -> str:
        """Why the server refuses a toot, as Mastodon's validators do; empty when it accepts it."""
        text, poll, media = str(request.get("status", "")), request.get("poll"), request.get("media_ids") or []
        if not text.strip() and not media:
            return "Validation failed: Text can't be blank"
        if length(str(request.get("spoiler_text", "")), text) > self.limits["max_characters"]:
            return f"Validation failed: Text character limit of {self.limits['max_characters']} exceeded"
        if len(media) > self.limits["max_media_attachments"]:
            return "Validation failed: Cannot attach more than 4 files"
        if media and poll:
            return "Validation failed: Cannot attach a poll and files"
        if any(not (self.folder / "media" / f"{one}.json").exists() for one in media):
            return "Validation failed: Media not found"
        if len(media) > 1 and any(self.picture(one)["type"].startswith("video/") for one in media):
            return "Validation failed: Cannot attach a video to a post that already contains images"
        if any((self.folder / "media" / f"{one}.waits").exists() for one in media):
            return "Validation failed: Cannot attach files that have not finished processing. Try again in a moment!"
        if poll and not (2 <= len(poll["options"]) <= 4 and all(0 < len(option) <= 50 for option in poll["options"])):
            return "Validation failed: Poll options are invalid"
        if poll and not 300 <= poll["expires_in"] <= 2_629_746:
            return "Validation failed: Poll expires in is invalid"
        if request.get("visibility") not in ("public", "unlisted", "private", "direct"):
            return "Validation failed: Visibility is not included in the list"
        return ""

    def rejection(self) -> tuple[int, bytes, str]:
        """The answer to a token that the server does not know: status, body, type."""
        return 401, json.dumps({"error": "The access token is invalid"}).encode(), "application/json"

    def refusal(self, wrong: str) -> tuple[int, dict[str, str]]:
        """The answer to a toot that the server does not take."""
        return 422, {"error": wrong}

    def rendered(self, request: Mapping[str, Any]) -> str:
        """The HTML of a toot's words."""
        return rendered(str(request.get("status", "")))

    def instance(self) -> dict[str, Any]:
        """What the server says of itself."""
        told = {
            "domain": self.host,
            "version": self.version,
            "configuration": {
                "statuses": self.limits,
                "media_attachments": {"description_limit": ALT, "image_size_limit": 16_777_216},
                "polls": {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2_629_746},
            },
        }
        return {**told, "source_url": self.source_url} if self.source_url else told

    def shown(self, toot: dict[str, Any]) -> dict[str, Any]:
        """The Status entity."""
        request = toot["request"]
        return {
            "id": toot["id"],
            "created_at": toot["at"].replace("+00:00", "Z"),
            "in_reply_to_id": request.get("in_reply_to_id"),
            "sensitive": bool(request.get("sensitive")),
            "spoiler_text": request.get("spoiler_text", ""),
            "visibility": request["visibility"],
            "language": request.get("language"),
            "uri": f"http://{self.host}/users/{self.name}/statuses/{toot['id']}",
            "url": f"http://{self.host}/@{self.name}/{toot['id']}",
            **self.counts.get(toot["id"], {}),
            "content": self.rendered(request),
            "application": {"name": "Marronnier", "website": None},
            "media_attachments": [
                {"id": one, "type": self.picture(one)["type"].partition("/")[0], "description": self.picture(one)["description"] or None}
                for one in request.get("media_ids") or []
            ],
            "poll": {"id": "7", "options": [{"title": option} for option in request["poll"]["options"]]} if "poll" in request else None,
        }


def length(warning: str, text: str) -> int:
    """The length of a toot, computed in another way than in the network's code, on purpose: what does not count is removed."""
    links = re.findall(r"https?://[^\s<>]+[^\s<>.,;:!?)»”]", text)
    rest = re.sub(r"https?://[^\s<>]+[^\s<>.,;:!?)»”]", "", text)
    rest = re.sub(r"(?<![\w/])(@\w+)@[\w.-]+\w", r"\1", rest)
    return 23 * len(links) + clusters(warning + rest)


def clusters(text: str) -> int:
    """The number of graphemes, approximately: joined emoji, combining marks and flags count as one."""
    text = re.sub(r"[\U0001f1e6-\U0001f1ff]{2}", "x", text)
    text = re.sub(r"\u200d.", "", text)
    return sum(
        1 for sign in text if not unicodedata.combining(sign) and sign not in "\ufe0f\ufe0e" and not "\U0001f3fb" <= sign <= "\U0001f3ff"
    )


def rendered(text: str) -> str:
    """The HTML of a toot: paragraphs, breaks, shortened links, mentions without their host."""

    def marked(found: re.Match[str]) -> str:
        said = found.group()
        if said.startswith("http"):
            bare = re.sub(r"^https?://(www\.)?", "", said)
            before, shown, after = said[: len(said) - len(bare)], bare[:30], bare[30:]
            css = "ellipsis" if after else ""
            return (
                f'<a href="{html.escape(said)}" target="_blank" rel="nofollow noopener noreferrer" translate="no"><span class="invisible">'
                f'{html.escape(before)}</span><span class="{css}">{html.escape(shown)}</span><span class="invisible">{html.escape(after)}</span></a>'
            )
        if said.startswith("@"):
            user, host = said[1:].split("@")
            return f'<span class="h-card" translate="no"><a href="https://{host}/@{user}" class="u-url mention">@<span>{user}</span></a></span>'
        return f'<a href="http://127.0.0.1/tags/{html.escape(said[1:])}" class="mention hashtag" rel="tag">#<span>{html.escape(said[1:])}</span></a>'

    pieces, at = [], 0
    for found in re.finditer(r"https?://[^\s<>]+[^\s<>.,;:!?)»”]|(?<![\w/])@\w+@[\w.-]+\w|(?<![\w/])#\w*[^\W\d_]\w*", text):
        pieces += [html.escape(text[at : found.start()]), marked(found)]
        at = found.end()
    body = "".join([*pieces, html.escape(text[at:])])
    paragraphs = [part.replace("\n", "<br />") for part in re.split(r"\n{2,}", body)]
    return "".join(f"<p>{part}</p>" for part in paragraphs)


class _Answering(BaseHTTPRequestHandler):
    """One request."""

    mastodon: Mastodon
    protocol_version = "HTTP/1.1"

    def log_message(self, *_said: object) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return (datetime.now(UTC) + self.mastodon.clock).strftime("%a, %d %b %Y %H:%M:%S GMT")

    def do_GET(self) -> None:
        self._note()
        path = urlsplit(self.path)
        if path.path == "/api/v2/instance":
            return self._say(200, self._instance())
        if path.path == "/.well-known/nodeinfo" and self.mastodon.software:
            rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
            return self._say(200, {"links": [{"rel": rel, "href": f"http://{self.mastodon.host}/nodeinfo/2.0"}]})
        if path.path == "/nodeinfo/2.0" and self.mastodon.software:
            return self._say(200, {"version": "2.0", "software": {"name": self.mastodon.software, "version": self.mastodon.version}})
        if path.path == "/.well-known/nodeinfo":
            return self._raw(404, b"", "text/html")
        if page := re.fullmatch(r"/@\w+/(\d+)", path.path):
            return self._page(page[1])
        if path.path == "/oauth/authorize":
            reply = self.mastodon.consent.page({name: values[0] for name, values in parse_qs(path.query).items()})
            return self._raw(reply.status, b"", "text/html", reply.headers)
        if not self._known():
            return None
        if path.path == "/api/v1/accounts/verify_credentials":
            return self._say(
                200, {"id": "42", "username": self.mastodon.name, "acct": self.mastodon.name, "url": f"http://{self.mastodon.host}/@jardin"}
            )
        if path.path == "/api/v1/apps/verify_credentials":
            return self._say(200, {"name": "Marronnier", "scopes": self.mastodon.scopes.split()})
        if path.path == "/api/v1/accounts/42/statuses":
            return self._own(parse_qs(path.query))
        if toot := re.fullmatch(r"/api/v1/statuses/(\d+)", path.path):
            return self._one(toot[1])
        if media := re.fullmatch(r"/api/v1/media/(\d+)", path.path):
            return self._media(media[1])
        return self._say(404, {"error": "Record not found"})

    def do_DELETE(self) -> None:
        self._note()
        order = self.mastodon.next_order("delete")
        what, _, when = order.answer.partition("-")
        if not self._known() or (not when.startswith("after") and self._answered(what, order)):
            return None
        for toot in self.mastodon.alive():
            if self.path == f"/api/v1/statuses/{toot['id']}":
                self.mastodon.delete(toot["id"])
                return None if when.startswith("after") and self._answered(what, order) else self._say(200, self.mastodon.shown(toot))
        return self._say(404, {"error": "Record not found"})

    def do_PUT(self) -> None:
        self._note()
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        order = self.mastodon.next_order("edit")
        what, _, when = order.answer.partition("-")
        if not self._known() or (not when.startswith("after") and self._answered(what, order)):
            return None
        for toot in self.mastodon.alive():
            if self.path == f"/api/v1/statuses/{toot['id']}":
                if wrong := self.mastodon.wrong({**body, "visibility": toot["request"]["visibility"]}):
                    return self._say(*self.mastodon.refusal(wrong))
                edited = self.mastodon.edit(toot, body)
                return None if when.startswith("after") and self._answered(what, order) else self._say(200, self.mastodon.shown(edited))
        return self._say(404, {"error": "Record not found"})

    def do_POST(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path in ("/api/v1/apps", "/oauth/token"):
            return self._authorize({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if not self._known():
            return None
        if self.path == "/api/v2/media":
            return self._upload(body)
        if self.path == "/api/v1/statuses":
            return self._toot(json.loads(body))
        return self._say(404, {"error": "Record not found"})

    def _authorize(self, form: dict[str, str]) -> None:
        """https://docs.joinmastodon.org/methods/apps/#create and https://docs.joinmastodon.org/methods/oauth/#token, seen 2026-11-28"""
        consent = self.mastodon.consent
        if self.path == "/api/v1/apps":
            id = f"client-{len(consent.clients)}"
            consent.clients[id] = f"client-hush-{len(consent.clients)}-d4c3b2"
            consent.redirects.add(form["redirect_uris"])
            self.mastodon.scopes = form["scopes"]
            return self._say(200, {"id": "7", "name": form["client_name"], "client_id": id, "client_secret": consent.clients[id]})
        assert form["grant_type"] == "authorization_code"
        if problem := consent.problem(form):
            return self._say(400, {"error": "invalid_grant", "error_description": problem})
        return self._say(200, {"access_token": self.mastodon.token, "token_type": "Bearer", "scope": self.mastodon.scopes, "created_at": 1})

    def _note(self) -> None:
        self.mastodon.asked.append(f"{self.command} {self.path}")

    def _known(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {self.mastodon.token}":
            return True
        self._raw(*self.mastodon.rejection())
        return False

    def _toot(self, request: dict[str, Any]) -> None:
        order = self.mastodon.next_order("send")
        what, _, when = order.answer.partition("-") if order.answer.endswith("-accept") else (order.answer, "", "")
        moment = when.removesuffix("-accept") if when else ""
        if moment != "after" and self._answered(what, order):
            return None
        if wrong := self.mastodon.wrong(request):
            return self._say(*self.mastodon.refusal(wrong))
        parent = request.get("in_reply_to_id")
        if parent and parent not in {toot["id"] for toot in self.mastodon.alive()}:
            return self._say(404, {"error": "Record not found"})
        key = self.headers.get("Idempotency-Key", "")
        if what == "late":
            threading.Timer(order.seconds, self.mastodon.accept, (request, key)).start()
            self._answered("cut", order)
            return None
        try:
            toot = self.mastodon.accept(request, key)
        except LookupError:
            # Mastodon looks for the toot that had this key, and it was deleted: app/services/post_status_service.rb, seen 2026-11-27.
            return self._say(404, {"error": "Record not found"})
        if moment == "after" and self._answered(what, order):
            return None
        return self._say(200, self.mastodon.shown(toot))

    def _answered(self, what: str, order: Order) -> bool:
        """Carry out the order, and tell whether it was an answer."""
        match what:
            case "refused":
                self._say(422, {"error": "Validation failed: Text is not wanted"})
            case "locked":
                self._say(401, {"error": f"The access token {self.mastodon.token} was revoked"})
            case "forbidden":
                self._say(403, {"error": "This action is outside the authorized scopes"})
            case "wait-date" | "wait-epoch" | "wait-iso" | "wait-bare":
                reply = waiting(what)
                assert reply is not None
                self._say(429, {"error": "Too many requests"}, reply.headers)
            case "wait":
                header = order.header or {
                    "X-RateLimit-Reset": (datetime.now(UTC) + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
                }
                self._say(429, {"error": "Too many requests"}, header)
            case "missing":
                self._raw(404, b"<html>Nothing here</html>", "text/html")
            case "moved":
                self._say(308, {}, {"Location": "https://elsewhere.example/api/v1/statuses"})
            case "unknown":
                self._say(500, {"error": "Something went wrong"})
            case "html":
                self._raw(200, b"<html><title>Down for maintenance</title></html>", "text/html")
            case "empty":
                self._raw(200, b"", "application/json")
            case "odd":
                self._say(200, {"id": "../../x", "url": "javascript:alert(1)"})
            case "cut":
                self.close_connection = True
                self.connection.close()
            case "slow" if order.seconds:
                threading.Event().wait(order.seconds)
                return False
            case _:
                return misbehave(self, what)
        return True

    def _upload(self, body: bytes) -> None:
        order = self.mastodon.next_order("media")
        if order.answer != "processing" and self._answered(order.answer, order):
            return None
        fields = BytesParser().parsebytes(f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + body)
        parts = {part.get_param("name", header="Content-Disposition"): part for part in fields.get_payload()}  # type: ignore[union-attr]
        data = parts["file"].get_payload(decode=True)
        description = parts["description"].get_payload(decode=True).decode() if "description" in parts else ""
        if clusters(description) > ALT:
            return self._say(422, {"error": "Validation failed: Description is too long"})
        media_id = self.mastodon.upload(data, description, parts["file"].get_content_type())
        waits = order.answer == "processing"
        if waits:
            (self.mastodon.folder / "media" / f"{media_id}.waits").write_text("1")
        return self._say(202 if waits else 200, {"id": media_id, "type": "image", "url": None if waits else "https://files.example/x"})

    def _media(self, media_id: str) -> None:
        if not (self.mastodon.folder / "media" / f"{media_id}.json").exists():
            return self._say(404, {"error": "Record not found"})
        waiting = self.mastodon.folder / "media" / f"{media_id}.waits"
        if waiting.exists():
            if self.mastodon.ready:
                waiting.unlink()
            return self._raw(206, b"", "application/json")
        return self._say(200, {"id": media_id, "type": "image"})

    def _one(self, toot_id: str) -> None:
        order = self.mastodon.next_order("there")
        if self._answered(order.answer, order):
            return None
        for toot in self.mastodon.alive():
            if toot["id"] == toot_id and toot["request"]["visibility"] in self.mastodon.shows:
                return self._say(200, self.mastodon.shown(toot))
        return self._say(404, {"error": "Record not found"})

    def _own(self, query: dict[str, list[str]]) -> None:
        order = self.mastodon.next_order("find")
        if self._answered(order.answer, order):
            return None
        toots = [toot for toot in reversed(self.mastodon.alive()) if toot["request"]["visibility"] in self.mastodon.lists]
        if before := query.get("max_id"):
            toots = [toot for toot in toots if int(toot["id"]) < int(before[0])]
        return self._say(200, [self.mastodon.shown(toot) for toot in toots[: min(40, int(query.get("limit", ["20"])[0]))]])

    def _instance(self) -> dict[str, Any]:
        return self.mastodon.instance()

    def _page(self, toot_id: str) -> None:
        for toot in self.mastodon.alive():
            if toot["id"] == toot_id:
                return self._raw(200, self.mastodon.shown(toot)["content"].encode(), "text/html")
        return self._raw(404, b"gone", "text/html")

    def _say(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        self._raw(status, json.dumps(body).encode(), "application/json; charset=utf-8", headers)

    def _raw(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Stage:
    """The fake server for the contract tests."""

    secrets: Mapping[str, str] = {"token": TOKEN}
    answers = ANSWERS | {"never-ready"}

    def __init__(self, server: Mastodon) -> None:
        self.server = server
        self.web = HastyWeb(loopback=True)
        self.channel = {"account": server.account}
        self._drawn: dict[str, str] = {}
        """The digest of each picture, by its colour."""

    def read(self, picture: Any) -> bytes:
        from networks.posts import drawn

        self._drawn[picture.sha256[:6]] = picture.sha256
        return drawn(picture)

    def order(self, answer: str, *, on: str = "send") -> None:
        if answer == "never-ready":
            self.server.ready = False
            answer, on = "processing", "media"
        self.server.order(answer, on="there" if on == "read" else on)

    def received(self) -> list[Mapping[str, Any]]:
        return [self._wire(toot["request"]) for toot in self.server.toots()]

    def replies(self) -> list[str | None]:
        return [toot["request"].get("in_reply_to_id") for toot in self.server.toots()]

    def open(self, delivery: Any) -> Mapping[str, Any] | None:
        answer = self.web.request("GET", delivery.url)
        assert answer.status == 200 and delivery.url.endswith(f"/@{NAME}/{delivery.id}")
        (toot,) = [toot for toot in self.server.toots() if toot["id"] == delivery.id]
        assert answer.body.decode() == self.server.shown(toot)["content"]
        return self._wire(toot["request"])

    def delete(self, delivery: Any) -> None:
        self.server.delete(delivery.id)

    def has(self, delivery: Any) -> bool:
        return delivery.id in {toot["id"] for toot in self.server.alive()}

    def count(self, delivery: Any) -> Mapping[str, int]:
        self.server.counts[delivery.id] = {"replies_count": 2, "reblogs_count": 0, "favourites_count": 7}
        return {"replies": 2, "reposts": 0, "likes": 7}

    def _wire(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The part's `wire` as it arrived, with pictures by the digest they were drawn from."""
        from PIL import Image

        wire = {name: value for name, value in request.items() if name not in ("media_ids", "in_reply_to_id")}
        media = []
        for media_id in request.get("media_ids", ()):
            told = self.server.picture(media_id)
            with Image.open(told["path"]) as image:
                colour = bytes(image.convert("RGB").getpixel((3, 3))).hex()  # type: ignore[arg-type]
            media.append({"sha256": self._drawn[colour], "alt": told["description"]})
        return {**wire, "media": media} if media else wire


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[Stage]:
    """A fresh fake server that ignores idempotency keys, as two of three real ones do. Nobody waits long for its uploads."""
    monkeypatch.setattr(client, "UPLOAD_SECONDS", 5.0)
    monkeypatch.setattr(client, "_POLL_SECONDS", 0.1)
    with Mastodon(folder).running() as server:
        server.keyless = True
        yield Stage(server)
