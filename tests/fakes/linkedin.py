"""A fake of LinkedIn's API on loopback: one page's posts, uploads, comments and counters, and those of one member.

It holds what the documents say: versioned headers on each request, URNs in headers, little text that ends at an unescaped mark, uploads that the
author owns and that are ready before a post names them. Sources: `networks/kit/linkedin`. No real server of this kind can be had:
what only LinkedIn itself can tell stays unverified.

    server.order("refused"); server.order("never-ready", on="status"); server.order("rejected-later")
    server.member = True        # a member's token: it may not read posts or uploads
    server.comments_allowed = False
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fakes.consent import ConsentPage
from fakes.loopback import ANSWERS, Loopback, LoopbackStage, Message, No, Reply, Request
from marronnier.model.publication import Delivery

TOKEN = "AQX-jardin-5d1f7c"
PAGE, MEMBER = "urn:li:organization:2414183", "urn:li:person:q7Jk_2"
_ELEMENT = re.compile(r"@\[[^\[\]]+\]\(urn:li:(?:person|organization):[\w-]+\)|\\.|#(?=\w)|[^\\|{}@\[\]()<>#*_~]", re.DOTALL)
_CODES = {"refused": "INVALID_VALUE_FOR_FIELD", "locked": "REVOKED_ACCESS_TOKEN", "forbidden": "ACCESS_DENIED", "missing": "NOT_FOUND"}


def until_unescaped(commentary: str) -> str:
    """What LinkedIn keeps of a little text: all before the first mark that is neither escaped nor part of an element."""
    at = 0
    while found := _ELEMENT.match(commentary, at):
        at = found.end()
    return commentary[:at]


@dataclass
class Asset:
    """Something uploaded."""

    owner: str
    status: str = "WAITING_UPLOAD"
    data: bytes = b""
    etags: list[str] = field(default_factory=list)
    size: int = 0


class Linkedin(Loopback):
    """The API. Texts are of at most 3,000 characters with their backslashes."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        self.member = False
        self.comments_allowed = True
        self.tells_accounts = True
        """Whether the token may ask whose it is."""
        self.assets: dict[str, Asset] = {}
        self.states: dict[str, str] = {}
        """The lifecycleState of each post."""
        self.changed: dict[str, int] = {}
        """When each post was made and last changed, in milliseconds."""
        self.comments: list[dict[str, Any]] = []
        self.statistics: dict[str, dict[str, int]] = {}
        self.range_size = 1000
        self.refusals: list[Reply] = []
        """What the next posts are answered."""
        self.bytes_host = ""
        """Another host to which uploads are sent."""
        self.deaf_to_edits = False
        """Whether it agrees to corrections, and makes none."""
        self.expires_at = int(time.time()) + 40 * 86400
        self.consent = ConsentPage()
        self.issued: list[str] = []
        """Tokens that were given here, beside the first."""
        self.refresh_token = ""
        """The token that renews, where LinkedIn lets the application renew."""
        self.scopes = "w_organization_social,r_organization_social,w_member_social"

    @property
    def author(self) -> str:
        return MEMBER if self.member else PAGE

    def operation(self, request: Request) -> str:
        path, method = request.path, request.method
        if re.match(r"/rest/(images|videos|documents)", path):
            if method == "GET":
                return "status"
            return "media" if request.query.get("action") == "initializeUpload" else "other"
        if path == "/rest/posts":
            return "send" if method == "POST" else "find"
        if path.startswith("/rest/posts/"):
            return {"POST": "edit", "DELETE": "delete"}.get(method, "there")
        if path.startswith(("/rest/organizationalEntityShareStatistics", "/rest/memberCreatorPostAnalytics")):
            return "read"
        if path.startswith("/rest/socialActions/"):
            return "other"
        return "session" if path.startswith(("/rest/organizationAcls", "/v2/userinfo", "/oauth")) else "other"

    def refusal(self, answer: str) -> Reply:
        status = {"refused": 400, "locked": 401, "forbidden": 403, "missing": 404}[answer]
        return self.error(status, _CODES[answer])

    def odd(self, operation: str) -> Reply:
        return Reply(201, {"id": "../../x"}, {"x-restli-id": "../../x"})

    def error(self, status: int, code: str, message: str = "") -> Reply:
        return Reply(status, {"status": status, "code": code, "serviceErrorCode": 100, "message": message or f"this is {code}"})

    def act(self, request: Request) -> Reply:
        path, method = unquote(request.path), request.method
        if path.startswith("/bytes/"):
            return self._receive(path, request)
        if path == "/oauth/v2/introspectToken":
            return self._introspect(request.form())
        if path == "/oauth/v2/authorization":
            return self.consent.page(request.query)
        if path == "/oauth/v2/accessToken":
            return self._give_token(request.form())
        if request.headers.get("authorization") not in {f"Bearer {token}" for token in (TOKEN, *self.issued)}:
            raise No(self.refusal("locked"))
        if not self.tells_accounts and path in ("/v2/userinfo", "/rest/organizationAcls"):
            raise No(self.refusal("forbidden"))
        if path == "/v2/userinfo":
            return Reply(200, {"sub": MEMBER.rpartition(":")[2], "name": "Inès"})
        if not re.fullmatch(r"20\d{4}", request.headers.get("linkedin-version", "")):
            raise No(self.error(400, "VERSION_MISSING"))
        assert request.headers["x-restli-protocol-version"] == "2.0.0"
        assert ":" not in request.path.removeprefix("/"), "URNs in paths are encoded"
        if path == "/rest/organizationAcls":
            assert request.query["q"] == "roleAssignee" and request.query["state"] == "APPROVED"
            return Reply(200, {"elements": [{"organization": PAGE, "role": request.query["role"], "state": "APPROVED"}]})
        kind = path.split("/")[2]
        if kind in ("images", "videos", "documents"):
            return self._upload(kind, path, request)
        if kind == "posts":
            return self._post(path.removeprefix("/rest/posts").removeprefix("/"), method, request)
        if kind == "socialActions":
            return self._comment(path.split("/")[3], method, request)
        return self._count(kind, request)

    def _give_token(self, form: Mapping[str, str]) -> Reply:
        """https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and .../programmatic-refresh-tokens, seen 2026-11-28"""
        if form["grant_type"] == "refresh_token":
            problem = "" if self.refresh_token and form["refresh_token"] == self.refresh_token else "The refresh token is none"
            assert form["client_secret"] == self.consent.clients[form["client_id"]]
        else:
            assert form["grant_type"] == "authorization_code"
            problem = self.consent.problem(form)
        if problem:
            return Reply(400, {"error": "invalid_request", "error_description": problem})
        self.issued.append(f"AQX-hush-new-{len(self.issued)}-84e1d0")
        self.expires_at = int(time.time()) + 60 * 86400
        told: dict[str, Any] = {"access_token": self.issued[-1], "expires_in": 5_184_000, "scope": self.scopes}
        return Reply(
            200, told | ({"refresh_token": self.refresh_token, "refresh_token_expires_in": 31_536_000} if self.refresh_token else {})
        )

    # Uploads.

    def _upload(self, kind: str, path: str, request: Request) -> Reply:
        if request.method == "GET":
            return self._state(path.rpartition("/")[2])
        if request.query["action"] == "finalizeUpload":
            asked = request.json()["finalizeUploadRequest"]
            asset = self.assets[asked["video"]]
            assert asked["uploadToken"] == f"token-of-{asked['video']}" and asked["uploadedPartIds"] == asset.etags
            assert len(asset.data) == asset.size
            asset.status = "AVAILABLE"
            return Reply(200, b"")
        asked = request.json()["initializeUploadRequest"]
        if asked["owner"] != self.author:
            raise No(self.error(400, "INVALID_URN_ID"))
        urn = f"urn:li:{kind[:-1]}:C4D{len(self.assets)}"
        asset = self.assets[urn] = Asset(asked["owner"])
        address = f"http://{self.bytes_host or self.host}/bytes/{urn.rpartition(':')[2]}"
        if kind != "videos":
            return Reply(200, {"value": {"uploadUrl": address, kind[:-1]: urn, "uploadUrlExpiresAt": 1796000000000}})
        asset.size = asked["fileSizeBytes"]
        assert asked["uploadCaptions"] is False and asked["uploadThumbnail"] is False
        ranges = [(first, min(first + self.range_size, asset.size) - 1) for first in range(0, asset.size, self.range_size)]
        told = [{"uploadUrl": f"{address}/{first}", "firstByte": first, "lastByte": last} for first, last in ranges]
        return Reply(200, {"value": {"video": urn, "uploadToken": f"token-of-{urn}", "uploadInstructions": told}})

    def _receive(self, path: str, request: Request) -> Reply:
        urn, asset = next((urn, one) for urn, one in self.assets.items() if urn.rpartition(":")[2] == path.split("/")[2])
        assert request.method == "PUT"
        assert ("authorization" in request.headers) == (":video:" not in urn), "ranges of a video go without the token"
        asset.data += request.body
        asset.etags.append(f"etag-{len(asset.etags)}")
        if ":video:" not in urn:
            asset.status = "AVAILABLE"
        return Reply(201, b"", {"ETag": f'"{asset.etags[-1]}"'})

    def _state(self, urn: str) -> Reply:
        if self.member:
            raise No(self.refusal("forbidden"))
        if self.ordered == "never-ready":
            self.assets[urn].status = "PROCESSING"
        if urn not in self.assets:
            raise No(self.refusal("missing"))
        return Reply(200, {"id": urn, "owner": self.author, "status": self.assets[urn].status})

    # Posts.

    def _post(self, urn: str, method: str, request: Request) -> Reply:
        if not urn:
            return self._create(request.json()) if method == "POST" else self._find(request)
        message = next((one for one in self.alive() if one.id == urn), None)
        if method == "DELETE":
            assert request.headers["x-restli-method"] == "DELETE"
            self.delete(urn)
            return Reply(204, b"")
        if self.member and method == "GET":
            raise No(self.refusal("forbidden"))
        if message is None:
            raise No(self.refusal("missing"))
        if method == "GET":
            return Reply(200, self._shown(message))
        assert request.headers["x-restli-method"] == "PARTIAL_UPDATE"
        patch = request.json()["patch"]["$set"]
        assert set(patch) == {"commentary"}
        if not self.deaf_to_edits:
            message.wire = {**message.wire, "commentary": self._kept(patch["commentary"])}
            self.changed[urn] = _now()
        return Reply(204, b"")

    def _create(self, asked: dict[str, Any]) -> Reply:
        if self.refusals:
            raise No(self.refusals.pop(0))
        for name in ("author", "commentary", "visibility", "distribution", "lifecycleState"):
            if name not in asked:
                raise No(self.error(400, "MISSING_FIELD"))
        if asked["author"] != self.author:
            raise No(self.refusal("forbidden"))
        if asked["visibility"] not in ("PUBLIC", "CONNECTIONS", "LOGGED_IN") or asked["lifecycleState"] != "PUBLISHED":
            raise No(self.refusal("refused"))
        self._check_content(asked.get("content", {}))
        urn = f"urn:li:share:{7130000000000000000 + len(self.messages)}"
        wire = {**asked, "commentary": self._kept(asked["commentary"])}
        self.messages.append(Message(urn, f"https://www.linkedin.com/feed/update/{urn}/", wire))
        self.states[urn] = "PUBLISH_FAILED" if self.ordered == "rejected-later" else "PUBLISHED"
        self.changed[urn] = _now()
        return Reply(201, b"", {"x-restli-id": urn})

    def _kept(self, commentary: str) -> str:
        if len(commentary) > 3000:
            raise No(self.error(400, "FIELD_LENGTH_TOO_LONG"))
        return until_unescaped(commentary)

    def _check_content(self, content: Mapping[str, Any]) -> None:
        assert set(content) <= {"media", "multiImage", "article", "poll"} and len(content) <= 1
        if "article" in content:
            assert content["article"]["source"].startswith("http") and content["article"]["title"]
        if poll := content.get("poll"):
            assert len(poll["question"]) <= 140 and 2 <= len(poll["options"]) <= 4
            assert poll["settings"]["duration"] in ("ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS")
        images = content.get("multiImage", {}).get("images", [])
        assert not images or 2 <= len(images) <= 20
        for medium in [*images, *([content["media"]] if "media" in content else [])]:
            asset = self.assets.get(medium["id"])
            if asset is None or asset.owner != self.author:
                raise No(self.error(400, "INVALID_URN_ID"))
            if asset.status != "AVAILABLE":
                raise No(self.error(400, "MEDIA_ASSET_WAITING_UPLOAD"))
            assert "title" in medium or ":document:" not in medium["id"], "a document has a title"
            assert len(medium.get("altText", "")) <= 4086

    def _find(self, request: Request) -> Reply:
        if self.member:
            raise No(self.refusal("forbidden"))
        assert request.headers["x-restli-method"] == "FINDER"
        assert (request.query["q"], request.query["author"], request.query["sortBy"]) == ("author", PAGE, "LAST_MODIFIED")
        posts = sorted(self.alive(), key=lambda message: self.changed[message.id], reverse=True)
        return self._listed([self._shown(message) for message in posts], request)

    def _listed(self, elements: list[Any], request: Request) -> Reply:
        start, count = int(request.query["start"]), int(request.query["count"])
        assert 0 < count <= 100
        return Reply(200, {"paging": {"start": start, "count": count}, "elements": elements[start : start + count]})

    def _shown(self, message: Message) -> dict[str, Any]:
        made = self.changed[message.id]
        # Hashtags are given back as templates.
        commentary = re.sub(r"(?<![\\&\w])#(\w+)", r"{hashtag|\\#|\1}", str(message.wire["commentary"]))
        return {
            **message.wire,
            "id": message.id,
            "commentary": commentary,
            "lifecycleState": self.states[message.id],
            **dict.fromkeys(("createdAt", "publishedAt", "lastModifiedAt"), made),
        }

    # Comments, counters, tokens.

    def _comment(self, post: str, method: str, request: Request) -> Reply:
        if method == "GET":
            return self._listed([one for one in self.comments if one["object"] == post], request)
        if not self.comments_allowed:
            raise No(self.error(403, "ACCESS_DENIED", "Not enough permissions to access: socialActions.CREATE"))
        asked = request.json()
        assert set(asked) == {"actor", "object", "message"} and asked["actor"] == self.author and asked["object"] == post
        self.comments.append({**asked, "id": str(7140000000000000000 + len(self.comments))})
        return Reply(201, self.comments[-1], {"x-restli-id": self.comments[-1]["id"]})

    def _count(self, kind: str, request: Request) -> Reply:
        told = unquote(str(request.query))
        (counted, *_others) = [*(urn for urn in self.statistics if urn in told), ""]
        gone = not any(message.id == counted for message in self.alive())
        if kind == "organizationalEntityShareStatistics":
            assert request.query["q"] == "organizationalEntity" and request.query["shares"].startswith("List(")
            return Reply(200, {"elements": [] if gone else [{"totalShareStatistics": self.statistics[counted], "share": counted}]})
        assert (
            kind == "memberCreatorPostAnalytics"
            and request.query["entity"].startswith("(share:urn")
            and request.query["aggregation"] == "TOTAL"
        )
        metric = request.query["queryType"]
        return Reply(
            200, {"elements": [] if gone or metric not in self.statistics[counted] else [{"count": self.statistics[counted][metric]}]}
        )

    def _introspect(self, asked: Mapping[str, str]) -> Reply:
        known = {("app", "app-secret"), *self.consent.clients.items()}
        if (asked["client_id"], asked["client_secret"]) not in known:
            raise No(self.error(401, "invalid_client"))
        return Reply(200, {"active": True, "status": "active", "expires_at": self.expires_at, "scope": self.scopes, "auth_type": "3L"})


def _now() -> int:
    return int(time.time() * 1000)


class LinkedinStage(LoopbackStage):
    """The stage of a page."""

    server: Linkedin
    answers = ANSWERS | {"never-ready", "rejected-later"}

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        self.server.statistics[delivery.id] = {"impressionCount": 120, "clickCount": 0, "likeCount": 7, "commentCount": 2, "engagement": 1}
        return {"views": 120, "clicks": 0, "likes": 7, "replies": 2}

    def composed(self, message: Message) -> Mapping[str, Any]:
        """The request without its author, and with digests for URNs."""
        wire = json.loads(json.dumps({name: value for name, value in message.wire.items() if name != "author"}))
        content = wire.get("content", {})
        for medium in [*content.get("multiImage", {}).get("images", []), *([content["media"]] if "media" in content else [])]:
            medium["id"] = {"sha256": self.digest_of(self.server.assets[medium["id"]].data)}
        return wire  # type: ignore[no-any-return]


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[LinkedinStage]:
    """A fresh server for the contract."""
    from marronnier.networks.kit.linkedin import uploads

    monkeypatch.setattr(uploads, "READY_SECONDS", 0.5)
    monkeypatch.setattr(uploads, "POLL_SECONDS", 0.1)
    with Linkedin(folder).running() as server:
        yield LinkedinStage(server, secrets={"token": TOKEN}, channel={"account": PAGE, "host": server.host})
