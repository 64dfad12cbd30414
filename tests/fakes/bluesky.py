"""A fake of Bluesky's server: one account's posts over HTTP on loopback, for tests here and in other processes.

    with serving(folder) as server:                       # channels.yml: {network: bluesky, account: jardin.test, host: server.host}
        server.order("refused")                           # the next post, whoever sends it
        server.order("cut-after", on="send", times=2)     # taken in, and the line goes dead
        server.order("wait", headers={"Retry-After": "120"})
        server.order("say", on="upload", status=413, body="{}")
        server.received()                                 # the records that were made, in order
        server.open("https://bsky.app/profile/did:plc:…/post/3k…")

It does what `@atproto/pds` does, as far as posts go: `tests/networks/test_bluesky_server.py` asks both the same and compares.
One account, `jardin.test` with the app password `PASSWORD`; every other handle has an account too, but those that begin with `nobody`.
Its memory is the folder: `records.jsonl`, `orders.jsonl`, `asked.jsonl` (each request's name) and `blobs/`.

Answers: `fine`, `refused`, `locked` (the password too, until a session is asked for), `wait`, `say` (that status, headers and body); and before or
after the request was obeyed `cut-…` (no answer at all), `error-…` (500), `html-…` (a proxy's page with 502), `page-…` (a page with 200),
`empty-…` (200 with nothing in it) and `odd-…` (200 with names that are none).
An order is for `on`: send (putRecord), find (getRecord), session, upload, resolve, delete, read, or any other method by its own name.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from fakes.loopback import ANSWERS as ANSWERS_OF_ALL
from fakes.loopback import FAULTS, HastyWeb, misbehave, waiting
from marronnier.model.publication import Delivery, Picture
from marronnier.text import graphemes
from networks.posts import drawn

HANDLE, PASSWORD = "jardin.test", "abcd-efgh-ijkl-mnop"
NAMES = {
    "send": "com.atproto.repo.putRecord",
    "find": "com.atproto.repo.getRecord",
    "session": "com.atproto.server.createSession",
    "upload": "com.atproto.repo.uploadBlob",
    "resolve": "com.atproto.identity.resolveHandle",
    "delete": "com.atproto.repo.deleteRecord",
    "read": "app.bsky.feed.getPosts",
}
ANSWERS = {
    "fine",
    "refused",
    "locked",
    "wait",
    "say",
    *(
        f"{what}-{when}"
        for what in ("cut", "error", "html", "page", "empty", "odd", "reset", "noid", "endless", "slow")
        for when in ("before", "after")
    ),
}
POST = "app.bsky.feed.post"
SERVICE_TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.service"
_TID = re.compile(r"[234567abcdefghij][234567a-z]{12}")
_CID = re.compile(r"bafy[a-z2-7]{20,}")
_PAGE = "<!DOCTYPE html><title>Bad gateway</title>"


class No(Exception):
    """An error that the server answers."""

    def __init__(self, status: int, error: str, message: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.message, self.headers = status, error, message or error, dict(headers or {})


@dataclass
class Order:
    """An order: how to answer the next requests."""

    answer: str
    on: str
    times: int = 1
    status: int = 429
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def did_of(handle: str) -> str:
    """The DID of an account, whatever its handle."""
    return f"did:plc:{_base32(hashlib.sha256(handle.encode()).digest())[:24]}"


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().lower().rstrip("=")


def _cid(data: bytes, kind: str) -> str:
    return f"bafy{kind}{_base32(hashlib.sha256(data).digest())}"


class Server:
    """The server's records and orders."""

    def __init__(self, folder: Path | str, port: int = 0) -> None:
        self.folder = Path(folder)
        (self.folder / "blobs").mkdir(parents=True, exist_ok=True)
        self.host = f"127.0.0.1:{port}"
        self.counts: dict[str, dict[str, int]] = {}
        """What is counted of a post, by its record key."""

    def order(self, answer: str, *, on: str = "send", times: int = 1, status: int = 429, headers: Mapping[str, str] | None = None, body: str = "") -> None:  # fmt: skip
        """Order how to answer the next requests."""
        assert answer in ANSWERS, answer
        with self._alone():
            self._write(
                "orders", [*self._lines("orders"), asdict(Order(answer, NAMES.get(on, on), times, status, dict(headers or {}), body))]
            )

    def received(self) -> list[dict[str, Any]]:
        """The records that nobody deleted, in the order they were made: `rkey`, `cid` and the `record` itself."""
        return self._lines("records")

    def delete(self, rkey: str, *, alone: bool = True) -> None:
        """Delete a record, as the account's owner may; its key is free again."""
        with self._alone() if alone else nullcontext():
            self._write("records", [line for line in self.received() if line["rkey"] != rkey])
            self._changed()

    def asked(self, on: str = "") -> list[str]:
        """The names of the requests received, in order."""
        return [line["name"] for line in self._lines("asked") if NAMES.get(on, on) in ("", line["name"])]

    def open(self, url: str) -> dict[str, Any]:
        """The record at a URL. Raises KeyError when there is none."""
        for line in self.received():
            if url == f"https://bsky.app/profile/{did_of(HANDLE)}/post/{line['rkey']}":
                record: dict[str, Any] = line["record"]
                return record
        raise KeyError(url)

    def blob(self, cid: str) -> bytes:
        """The blob of that CID."""
        return (self.folder / "blobs" / cid).read_bytes()

    # What the server does, one request at a time.

    def obey(self, name: str, params: dict[str, str], body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes] | str:
        """The answer to a request, or the name of a fault that the connection carries out."""
        with self._alone():
            self._write("asked", [*self._lines("asked"), {"name": name}])
            order = self._next(name)
            what, _, when = order.answer.partition("-")
            answer: tuple[int, dict[str, str], bytes]
            try:
                if when != "before" and what != "say":
                    if order.answer in ("refused", "locked", "wait"):
                        raise self._no(order, name)
                    answer = 200, {}, json.dumps(self._done(name, params, body, headers)).encode()
            except No as no:
                answer = no.status, no.headers, json.dumps({"error": no.error, "message": no.message}).encode()
        if when and what in FAULTS and what not in ("error", "html", "empty", "odd"):
            return what
        match what:
            case "error":
                return 500, {}, json.dumps({"error": "InternalServerError", "message": "Internal Server Error"}).encode()
            case "html":
                return 502, {"Content-Type": "text/html"}, _PAGE.encode()
            case "page":
                return 200, {"Content-Type": "text/html"}, _PAGE.encode()
            case "empty":
                return 200, {}, b"{}"
            case "odd":
                return 200, {}, json.dumps({"uri": "at://../../x", "cid": "<b>", "value": 1, "did": "x", "blob": []}).encode()
            case "say":
                return order.status, order.headers, order.body.encode()
        return answer

    def _no(self, order: Order, name: str) -> No:
        if order.answer == "refused":
            return No(400, "InvalidRequest", "Invalid app.bsky.feed.post record: Record/text is not what it should be", order.headers)
        if order.answer == "wait":
            return No(429, "RateLimitExceeded", "Rate Limit Exceeded", order.headers)
        if name == NAMES["session"]:
            return No(401, "AuthenticationRequired", "Invalid identifier or password")
        return No(400, "InvalidToken", "Token could not be verified")

    def _next(self, name: str) -> Order:
        orders = [Order(**line) for line in self._lines("orders")]
        # The token expires when its turn has come, and not before.
        firsts = {order.on: order for order in reversed(orders)}
        locked = next((order for order in firsts.values() if order.answer == "locked"), None)
        if locked is not None and name != NAMES["session"] and locked.on == name:
            return locked  # it stays so until a new session is asked for, and refused
        for order in orders:
            if order.on == name or (order is locked and name == NAMES["session"]):
                order.times -= 1
                self._write("orders", [asdict(each) for each in orders if each.times > 0])
                return order
        return Order("fine", name)

    def _done(self, name: str, params: dict[str, str], body: bytes, headers: Mapping[str, str]) -> Any:
        if name == NAMES["session"]:
            return self._session(json.loads(body))
        if name == NAMES["resolve"]:
            return self._resolved(params["handle"])
        if name == "com.atproto.server.describeServer":
            return {"did": "did:web:localhost", "availableUserDomains": [".test"]}
        if name == NAMES["find"]:
            return self._found(params)
        if name == "com.atproto.sync.getLatestCommit":
            return {"cid": _cid(b"commit", "c"), "rev": (self._lines("rev") or [{"rev": "3jui7kd54zh2y"}])[-1]["rev"]}
        if name == "app.bsky.video.uploadVideo":
            return self._video_job(params, body, headers)
        if name == "app.bsky.video.getJobStatus":
            return self._job_status(params["jobId"])
        if name not in (*NAMES.values(), "com.atproto.server.getSession", "com.atproto.server.getServiceAuth"):
            raise No(501, "MethodNotImplemented", "Method Not Implemented")
        self._let_in(headers)
        if name == "com.atproto.server.getSession":
            return {"did": did_of(HANDLE), "handle": HANDLE, "active": True}
        if name == "com.atproto.server.getServiceAuth":
            assert params["aud"] == "did:web:127.0.0.1" and params["lxm"] == NAMES["upload"] and int(params["exp"]) > time.time()
            return {"token": SERVICE_TOKEN}
        if name == NAMES["upload"]:
            return self._uploaded(body, headers.get("Content-Type", ""))
        if name == NAMES["delete"]:
            self.delete(json.loads(body)["rkey"], alone=False)
            return {}
        if name == NAMES["read"]:
            return {"posts": [self._counted(line) for line in self.received() if params["uris"].endswith(f"/{line['rkey']}")]}
        return self._put(json.loads(body))

    def _counted(self, line: dict[str, Any]) -> Any:
        return {"uri": f"at://{did_of(HANDLE)}/{POST}/{line['rkey']}", "cid": line["cid"], **self.counts.get(line["rkey"], {})}

    def _session(self, asked: dict[str, Any]) -> Any:
        if str(asked.get("identifier")).lower() not in (HANDLE, did_of(HANDLE)) or asked.get("password") != PASSWORD:
            raise No(401, "AuthenticationRequired", "Invalid identifier or password")
        return {"did": did_of(HANDLE), "handle": HANDLE, "accessJwt": "eyJhbGciOiJIUzI1NiJ9.e30.jardin", "refreshJwt": "no", "active": True}

    def _let_in(self, headers: Mapping[str, str]) -> None:
        given = headers.get("Authorization")
        if not given:
            raise No(401, "AuthMissing", "Authentication Required")
        if given != "Bearer eyJhbGciOiJIUzI1NiJ9.e30.jardin":
            raise No(400, "InvalidToken", "Token could not be verified")

    def _resolved(self, handle: str) -> Any:
        if handle.startswith("nobody"):
            raise No(400, "HandleNotFound" if handle.endswith(".test") else "InvalidRequest", "Unable to resolve handle")
        return {"did": did_of(handle)}

    def _uploaded(self, body: bytes, kind: str) -> Any:
        cid = _cid(body, "k")
        (self.folder / "blobs" / cid).write_bytes(body)
        return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(body)}}

    looks = 2
    """How often the state of a video is asked for before it is ready."""

    def _video_job(self, params: dict[str, str], body: bytes, headers: Mapping[str, str]) -> Any:
        if headers.get("Authorization") != f"Bearer {SERVICE_TOKEN}" or headers.get("Content-Type") != "video/mp4":
            raise No(401, "AuthMissing", "Authentication Required")
        assert params["did"] == did_of(HANDLE) and params["name"].endswith(".mp4") and int(headers["Content-Length"]) == len(body)
        job = hashlib.sha256(body).hexdigest()[:16]
        # The service stores another file than it was given, encoded for the web.
        made = b"\0\0\0\x18ftypmp42 for the web: " + hashlib.sha256(body).digest()
        self._write("jobs", [*self._lines("jobs"), {"job": job, "looks": self.looks, "blob": self._uploaded(made, "video/mp4")["blob"]}])
        return {"jobId": job, "did": did_of(HANDLE), "state": "JOB_STATE_CREATED"}

    def _job_status(self, job: str) -> Any:
        jobs = self._lines("jobs")
        known = next((line for line in jobs if line["job"] == job), None)
        if known is None:
            raise No(400, "InvalidRequest", "Job not found")
        known["looks"] -= 1
        self._write("jobs", jobs)
        status = {"jobId": job, "did": did_of(HANDLE)}
        done = (
            {"state": "JOB_STATE_COMPLETED", "blob": known["blob"]}
            if known["looks"] < 0
            else {"state": "JOB_STATE_ENCODING", "progress": 40}
        )
        return {"jobStatus": {**status, **done}}

    def _found(self, params: dict[str, str]) -> Any:
        for line in self.received():
            if line["rkey"] == params["rkey"] and params["repo"] in (HANDLE, did_of(HANDLE)):
                return {"uri": f"at://{did_of(HANDLE)}/{POST}/{line['rkey']}", "cid": line["cid"], "value": line["record"]}
        raise No(400, "RecordNotFound", "Could not locate record")

    def _put(self, asked: dict[str, Any]) -> Any:
        if asked["repo"] not in (HANDLE, did_of(HANDLE)):
            raise No(403, "AccountNotFound", "Account not found")
        record, rkey = asked["record"], asked["rkey"]
        self._judge(record, rkey)
        cid = _cid(json.dumps(record, sort_keys=True).encode(), "r")
        earlier = next((line for line in self.received() if line["rkey"] == rkey), None)
        if earlier is not None and earlier["cid"] != cid:
            assert asked.get("swapRecord", "") is None, "a post would be written over"
            raise No(400, "InvalidSwap", f"Record was at {earlier['cid']}")
        if earlier is None:
            with (self.folder / "records.jsonl").open("a", encoding="utf-8") as records:
                records.write(json.dumps({"rkey": rkey, "cid": cid, "record": record}, ensure_ascii=False) + "\n")
            self._changed()
        return {"uri": f"at://{did_of(HANDLE)}/{POST}/{rkey}", "cid": cid, "validationStatus": "valid"}

    def _changed(self) -> None:
        """Each change has a revision: a TID of this moment."""
        number = (time.time_ns() // 1000) << 10
        self._write("rev", [{"rev": "".join("234567abcdefghijklmnopqrstuvwxyz"[number >> shift & 31] for shift in range(60, -1, -5))}])

    def _judge(self, record: dict[str, Any], rkey: str) -> None:
        """Refuse what the real server refuses."""
        images = record.get("embed", {}).get("images", [])
        video = record.get("embed", {}) if "video" in record.get("embed", {}) else None
        captions = (video or {}).get("captions", [])
        wrong = {
            "key": not _TID.fullmatch(rkey),
            "$type": record.get("$type") != POST,
            "text": not isinstance(record.get("text"), str)
            or graphemes.count_graphemes(record["text"]) > 300
            or len(record["text"].encode()) > 3000,
            "createdAt": not _is_date(record.get("createdAt")),
            "langs": len(record.get("langs", [])) > 3,
            "facets": not all(_is_facet(facet) for facet in record.get("facets", [])),
            "images": len(images) > 4 or not all(isinstance(image.get("alt"), str) for image in images),
            "video": video is not None
            and (
                video["video"]["mimeType"] != "video/mp4"
                or video["video"]["size"] > 300_000_000
                or not isinstance(video.get("alt", ""), str)
                or not all(isinstance(video["aspectRatio"][side], int) and video["aspectRatio"][side] > 0 for side in ("width", "height"))
            ),
            "captions": len(captions) > 20
            or any(one["file"]["mimeType"] != "text/vtt" or one["file"]["size"] > 20_000 or not one["lang"] for one in captions),
            "blobs": any(image["image"]["size"] > 1_000_000 for image in images),
            "reply": not all(_CID.fullmatch(ref["cid"]) and ref["uri"].startswith("at://did:") for ref in record.get("reply", {}).values()),
        }
        for part, is_wrong in wrong.items():
            if is_wrong:
                raise No(400, "InvalidRequest", f"Invalid {POST} record: {part}")
        blobs = [image["image"] for image in images] + ([video["video"]] if video else []) + [one["file"] for one in captions]
        for blob in blobs:
            if not (self.folder / "blobs" / blob["ref"]["$link"]).is_file():
                raise No(400, "BlobNotFound", "Could not find blob")

    def _lines(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]] if path.exists() else []

    def _write(self, name: str, lines: list[dict[str, Any]]) -> None:
        (self.folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_date(text: object) -> bool:
    return isinstance(text, str) and text.endswith("Z") and datetime.fromisoformat(text).tzinfo is not None


def _is_facet(facet: dict[str, Any]) -> bool:
    (feature,) = facet["features"]
    kind = feature["$type"].partition("#")[2]
    shapes = {"link": ("uri", r"\w+:(//)?[^\s/]\S*"), "mention": ("did", r"did:[a-z]+:[a-zA-Z0-9._:%-]+"), "tag": ("tag", r"(?s).{1,640}")}
    index, (key, shape) = facet["index"], shapes[kind]
    return re.fullmatch(shape, feature[key]) is not None and index["byteStart"] >= 0 and index["byteEnd"] >= 0


@contextmanager
def serving(folder: Path | str) -> Iterator[Server]:
    """Answer on loopback until the end of the `with`."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = server.obey(url.path.removeprefix("/xrpc/"), dict(parse_qsl(url.query)), body, dict(self.headers))
            if isinstance(answer, str):
                misbehave(self, answer)
                return
            status, headers, said = answer
            self.send_response_only(status)
            ours = {"Date": self.date_time_string(), "Content-Type": "application/json", "Content-Length": str(len(said))}
            for name, value in {**ours, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _answer

        def log_message(self, *_said: object) -> None: ...

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(folder, listening.server_port)
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)


class Stage:
    """The fake server for the contract tests."""

    answers = ANSWERS_OF_ALL - {"missing"}
    secrets: Mapping[str, str] = {"password": PASSWORD}

    def __init__(self, server: Server) -> None:
        self.server = server
        self.web = HastyWeb(loopback=True)
        self.channel = {"account": HANDLE, "host": server.host}
        self._pictures: dict[tuple[int, ...], str] = {}

    def read(self, picture: Picture) -> bytes:
        """A picture of one colour, which survives any encoding and identifies the picture."""
        self._pictures[tuple(bytes.fromhex(picture.sha256[:6]))] = picture.sha256
        return drawn(picture)

    def order(self, answer: str, *, on: str = "send") -> None:
        on = "upload" if on == "media" else on
        if answer in ("forbidden", "moved"):
            self.server.order("say", on=on, status=403 if answer == "forbidden" else 308, body='{"error": "Forbidden"}')
            return
        if (reply := waiting(answer)) is not None:
            self.server.order("wait", on=on, headers=reply.headers)
            return
        if answer.startswith(("gateway", "html")) and answer.endswith("accept"):
            # A page with 502, and one with 200.
            answer = answer.replace("html", "page").replace("gateway", "html")
        lost = {"unknown-before-accept": "error-before", "unknown-after-accept": "error-after", "unknown": "cut-before"}
        self.server.order(lost.get(answer, answer.removesuffix("-accept")), on=on)

    def received(self) -> list[Mapping[str, Any]]:
        return [self._composed(line["record"]) for line in self.server.received()]

    def replies(self) -> list[str | None]:
        refs = [line["record"].get("reply", {}).get("parent") for line in self.server.received()]
        return [f"{ref['uri']}#{ref['cid']}" if ref else None for ref in refs]

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        return self._composed(self.server.open(delivery.url))

    def delete(self, delivery: Delivery) -> None:
        self.server.delete(delivery.url.rpartition("/")[2])

    def has(self, delivery: Delivery) -> bool:
        return delivery.url.rpartition("/")[2] in {line["rkey"] for line in self.server.received()}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.counts[delivery.url.rpartition("/")[2]] = {"likeCount": 7, "repostCount": 0, "replyCount": 2}
        return {"likes": 7, "reposts": 0, "replies": 2}

    def _composed(self, record: dict[str, Any]) -> Mapping[str, Any]:
        """The record as it was composed: without time and reply, with handles for DIDs and digests for blobs."""
        read = json.loads(json.dumps(record))
        assert read.pop("createdAt").endswith("Z")
        read.pop("reply", None)
        for facet in read.get("facets", []):
            for feature in facet["features"]:
                if "did" in feature:
                    start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
                    handle = read["text"].encode()[start + 1 : end].decode()
                    assert feature["did"] == did_of(handle)
                    feature["did"] = handle
        for image in read.get("embed", {}).get("images", []):
            assert image.pop("aspectRatio") == {"width": 8, "height": 8}
            image["image"] = {"sha256": self._pictures[_colour(self.server.blob(image["image"]["ref"]["$link"]))]}
        return read  # type: ignore[no-any-return]


def _colour(data: bytes) -> tuple[int, ...]:
    import io

    from PIL import Image

    pixel = Image.open(io.BytesIO(data)).convert("RGB").getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(map(int, pixel))


@contextmanager
def stage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A fresh fake server for the contract tests."""
    with serving(folder) as server:
        yield Stage(server)
