"""XRPC client of a server, for one account: a session that lives as long as it is valid, records and blobs.

https://atproto.com/specs/xrpc, seen 2026-11-25.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from urllib.parse import urlencode

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.atproto import identifiers
from marronnier.networks.kit.atproto.identifiers import RecordRef
from marronnier.networks.kit.seam import CounterName, Locked
from marronnier.web import TIMEOUT, Answer, InvalidAnswer, Web

_COUNTERS: Mapping[str, CounterName] = {
    "likeCount": "likes",
    "repostCount": "reposts",
    "replyCount": "replies",
    "quoteCount": "quotes",
    "bookmarkCount": "bookmarks",
}
_EXPIRED_SESSION = frozenset({"ExpiredToken", "InvalidToken"})
_CLOSED_ACCOUNT = frozenset(
    {"AccountTakedown", "AccountDeactivated", "RepoTakendown", "RepoDeactivated", "RepoSuspended", "AccountSuspended"}
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8000}\Z")


@dataclass(frozen=True, slots=True)
class Session:
    """An authenticated session."""

    did: str
    handle: str
    token: str = field(repr=False)
    audience: str = ""
    """The DID of the server that holds the account's blobs."""


_sessions: dict[tuple[str, str, str], Session] = {}
"""One session for each server, account and password, for the life of the process: servers allow 300 a day, some of them 100.
https://docs.bsky.app/docs/advanced-guides/rate-limits, https://github.com/bluesky-social/bsky-docs/issues/183, seen 2026-11-25"""


@dataclass(frozen=True, slots=True)
class AtprotoClient:
    """One account on its server."""

    base: str
    """The server's URL: `https://bsky.social`."""
    handle: str
    password: str = field(repr=False)
    web: Web = field(repr=False)
    now: datetime | None = None

    def session(self) -> Session:
        """The current session, or a new one. Raises Locked or Wait."""
        self.begin_session()
        return _sessions[self._session_key]

    def begin_session(self) -> datetime | None:
        """The server's clock, if a session had to be begun and it told; None where one is there already. Raises Locked or Wait."""
        if self._session_key in _sessions:
            return None
        _sessions[self._session_key], date = self._create_session()
        return date

    def create_post(self, record: Mapping[str, Any], key: str) -> RecordRef | None:
        """Create a post under a record key. None when a post stands there already. Raises Refused, Locked, Wait or Unknown."""
        body = {
            "repo": self.session().did,
            "collection": identifiers.POST_COLLECTION,
            "rkey": key,
            "record": record,
            "swapRecord": None,
            "validate": True,
        }
        answer = self._request("POST", "com.atproto.repo.putRecord", publishes=True, json=body)
        # `swapRecord: null` refuses a key that is taken. Tried on @atproto/pds 0.5.35, 2026-11-22.
        if _error_name(answer) == "InvalidSwap":
            return None
        self._raise_for_answer(answer, publishes=True)
        with outcomes.web_errors_as_outcomes(publishes=True):
            created = _json_object(answer, "uri", "cid")
            ref = identifiers.record_ref(created["uri"], created["cid"])
            if ref is None or (ref.repo, ref.rkey) != (self.session().did, key):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        return ref

    def get_post(self, repo: str, key: str) -> tuple[RecordRef, Mapping[str, Any]] | None:
        """The post under a record key, and its record; None when there is surely none. Raises Locked or Wait."""
        params = {"repo": repo, "collection": identifiers.POST_COLLECTION, "rkey": key}
        answer = self._request("GET", "com.atproto.repo.getRecord", params=params)
        if _error_name(answer) == "RecordNotFound":
            return None
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            body = _json_object(answer, "uri", "cid", "value")
            ref = identifiers.record_ref(body["uri"], body["cid"])
            if ref is None or ref.rkey != key or not isinstance(body["value"], dict):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        return ref, body["value"]

    def delete_post(self, key: str) -> None:
        """Delete the post under a record key; nothing happens where there is none. Raises Refused, Locked, Wait or Unknown.

        https://docs.bsky.app/docs/api/com-atproto-repo-delete-record, seen 2026-11-27
        """
        body = {"repo": self.session().did, "collection": identifiers.POST_COLLECTION, "rkey": key}
        self._raise_for_answer(self._request("POST", "com.atproto.repo.deleteRecord", publishes=True, json=body), publishes=True)

    def count_post(self, key: str) -> Mapping[CounterName, int]:
        """What is counted of a post; empty where nobody knows it. Raises Locked or Wait.

        https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json, seen 2026-11-27: each counter may be absent.
        """
        uri = f"at://{self.session().did}/{identifiers.POST_COLLECTION}/{key}"
        answer = self._request("GET", "app.bsky.feed.getPosts", params={"uris": uri})
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            posts = _json_object(answer, "posts")["posts"]
            found = [post for post in posts if isinstance(post, dict) and post.get("uri") == uri] if isinstance(posts, list) else []
        return outcomes.counters(found[0], _COUNTERS) if found else {}

    def last_change(self, repo: str) -> datetime | None:
        """When anything of an account was last written or deleted, by its server's clock; None where the server does not say. Raises Locked or Wait.

        https://docs.bsky.app/docs/api/com-atproto-sync-get-latest-commit: `rev` is a TID, and rises with each change.
        """
        answer = self._request("GET", "com.atproto.sync.getLatestCommit", params={"did": repo})
        if 400 <= answer.status < 500 or answer.status == 501:
            return None
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            return identifiers.tid_instant(_json_object(answer, "rev")["rev"])

    def upload_blob(self, data: bytes | IO[bytes], mime: str, *, size: int | None = None, within: float = TIMEOUT) -> Mapping[str, Any]:
        """Upload a blob. The reference that a record needs; nobody sees the blob before. Raises Refused, Locked or Wait.

        `size`: of a file in place of bytes.
        """
        answer = self._request("POST", "com.atproto.repo.uploadBlob", body=data, headers={"Content-Type": mime}, within=within)
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            blob = _json_object(answer, "blob")["blob"]
        return self.check_blob(blob, len(data) if isinstance(data, bytes) else size)

    def check_blob(self, blob: object, size: int | None = None) -> Mapping[str, Any]:
        """The reference to a blob, from a server's answer. Raises Wait when it is none, or of another size."""
        with outcomes.web_errors_as_outcomes(publishes=False):
            reference = blob.get("ref") if isinstance(blob, dict) else None
            cid = reference.get("$link") if isinstance(reference, dict) else None
            kind, told = (blob.get("mimeType"), blob.get("size")) if isinstance(blob, dict) else (None, None)
            if not identifiers.is_cid(cid) or not isinstance(kind, str) or not isinstance(told, int) or size not in (None, told):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": told}

    def service_token(self, audience: str, method: str, expires: str) -> str:
        """A token with which another service may call one method of the account's server. Raises Locked or Wait."""
        answer = self._request("GET", "com.atproto.server.getServiceAuth", params={"aud": audience, "lxm": method, "exp": expires})
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            token = _json_object(answer, "token")["token"]
            if not isinstance(token, str) or not _TOKEN.match(token):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        return token

    def resolve_handle(self, handle: str) -> str:
        """The DID of a handle; empty when no account has the handle. Raises Locked or Wait."""
        answer = self._request("GET", "com.atproto.identity.resolveHandle", params={"handle": handle})
        if answer.status == 400 and _error_name(answer) in ("InvalidRequest", "HandleNotFound"):
            return ""
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            did = _json_object(answer, "did")["did"]
            if not identifiers.is_did(did):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        return str(did)

    def account_info(self) -> tuple[Mapping[str, Any], Answer]:
        """The account's data with `did` and `handle`, and the answer that held them. Raises Locked or Wait."""
        answer = self._request("GET", "com.atproto.server.getSession")
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            account = _json_object(answer, "did", "handle")
            if not identifiers.is_did(account["did"]) or not isinstance(account["handle"], str):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        return account, answer

    def _create_session(self) -> tuple[Session, datetime | None]:
        credentials = {"identifier": self.handle, "password": self.password}
        answer = outcomes.request(self.web, "POST", self._url("com.atproto.server.createSession"), publishes=False, json=credentials)
        if answer.status == 401:
            raise Locked(
                _(
                    "{host} refuses the app password of {handle}; create a new one there and replace the old one",
                    host=self.base.partition("://")[2],
                    handle=self.handle,
                )
            )
        self._raise_for_answer(answer)
        with outcomes.web_errors_as_outcomes(publishes=False):
            created = _json_object(answer, "did", "handle", "accessJwt")
            token = created["accessJwt"]
            if not identifiers.is_did(created["did"]) or not isinstance(token, str) or not _TOKEN.match(token):
                raise InvalidAnswer(_("the server gave an invalid identifier"))
        audience = identifiers.server_did(created, self.base.partition("://")[2].partition(":")[0])
        return Session(created["did"], str(created["handle"]), token, audience), outcomes.server_date(answer)

    def _request(
        self, method: str, name: str, *, publishes: bool = False, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> Answer:  # fmt: skip
        """The answer. An expired session is a definite refusal: the request is then repeated once with a new session."""
        url = self._url(name) + (f"?{urlencode(params)}" if params else "")
        for may_repeat in (True, False):
            bearer = {"Authorization": f"Bearer {self.session().token}", **(headers or {})}
            if hasattr(request.get("body"), "seek"):
                request["body"].seek(0)
            answer = outcomes.request(self.web, method, url, publishes=publishes, headers=bearer, **request)
            if not (may_repeat and answer.status in (400, 401) and _error_name(answer) in _EXPIRED_SESSION):
                break
            _sessions.pop(self._session_key, None)
        return answer

    @property
    def _session_key(self) -> tuple[str, str, str]:
        return self.base, self.handle, hashlib.sha256(self.password.encode()).hexdigest()

    def _url(self, name: str) -> str:
        return f"{self.base}/xrpc/{name}"

    def _raise_for_answer(self, answer: Answer, *, publishes: bool = False) -> None:
        """Raises the outcome of an error as this protocol words it; returns when the status is 2xx."""
        if 200 <= answer.status < 300:
            return
        error, message = _error_and_message(answer)
        session = _sessions.get(self._session_key)
        reason = outcomes.redact(message or error, (self.password, session.token) if session else (self.password,))
        if error in _EXPIRED_SESSION | _CLOSED_ACCOUNT:
            raise Locked(_("the server answered {status}: {said}", status=answer.status, said=reason))
        if answer.status in (404, 501):
            raise Locked(
                _("{host} is not a Bluesky server; name the account's server in brand/channels.yml", host=self.base.partition("://")[2])
            )
        if 400 <= answer.status < 500 and answer.status != 429 and not error:
            # A 4xx without this protocol's error comes from a proxy before the server: the post is not to blame.
            with outcomes.web_errors_as_outcomes(publishes=publishes):
                raise InvalidAnswer(_("the server answered {status}", status=answer.status))
        outcomes.raise_for_answer(answer, self.now, publishes=publishes, reason=reason)


def _json_object(answer: Answer, *keys: str) -> dict[str, Any]:
    """The JSON object in an answer. Raises InvalidAnswer when it lacks one of the keys."""
    body = answer.json()
    if not isinstance(body, dict) or any(key not in body for key in keys):
        raise InvalidAnswer(_("the server gave an answer without {keys}", keys=", ".join(keys)))
    return body


def _error_and_message(answer: Answer) -> tuple[str, str]:
    """An error's name and message; empty when the answer is not of this protocol."""
    try:
        body = answer.json()
    except InvalidAnswer:
        return "", ""
    error, message = (body.get("error"), body.get("message")) if isinstance(body, dict) else ("", "")
    return (error if isinstance(error, str) else ""), (message if isinstance(message, str) else "")


def _error_name(answer: Answer) -> str:
    return "" if answer.status < 400 else _error_and_message(answer)[0]
