"""A server and one account on it: a session kept as long as it is good, and each answer named by what must happen next.

https://atproto.com/specs/xrpc, seen 2026-11-25.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.atproto import identifiers
from marronnier.networks.kit.atproto.identifiers import RecordRef
from marronnier.networks.kit.seam import Locked
from marronnier.web import Answer, InvalidAnswer, Web

_STALE = frozenset({"ExpiredToken", "InvalidToken"})
_SHUT = frozenset({"AccountTakedown", "AccountDeactivated", "RepoTakendown", "RepoDeactivated", "RepoSuspended", "AccountSuspended"})
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8000}\Z")


@dataclass(frozen=True, slots=True)
class Session:
    """A session: who we are there, and the token that says so."""

    did: str
    handle: str
    token: str = field(repr=False)


_sessions: dict[tuple[str, str, str], Session] = {}
"""One a server, account and password, for as long as the process lives: a server gives out 300 a day, some of them 100.
https://docs.bsky.app/docs/advanced-guides/rate-limits, https://github.com/bluesky-social/bsky-docs/issues/183, seen 2026-11-25"""


@dataclass(frozen=True, slots=True)
class AtprotoClient:
    """One account on its server."""

    base: str
    """As `https://bsky.social`."""
    handle: str
    password: str = field(repr=False)
    web: Web = field(repr=False)
    now: datetime | None = None

    def session(self) -> Session:
        """The session, begun when there is none. Raises Locked or Wait."""
        if self._place not in _sessions:
            _sessions[self._place] = self._begun()
        return _sessions[self._place]

    def post(self, record: Mapping[str, Any], key: str) -> RecordRef | None:
        """The post made under that key, if none was there; None where one was. Raises Refused, Locked, Wait or Unknown."""
        wanted = {
            "repo": self.session().did,
            "collection": identifiers.POST,
            "rkey": key,
            "record": record,
            "swapRecord": None,
            "validate": True,
        }
        answer = self._ask("POST", "com.atproto.repo.putRecord", posts=True, json=wanted)
        # A key that is taken: the server makes it only where nothing was. Tried on @atproto/pds 0.5.35, 2026-11-22.
        if _error(answer) == "InvalidSwap":
            return None
        self._settle(answer, posts=True)
        with outcomes.failures(posts=True):
            there = _read(answer, "uri", "cid")
            made = identifiers.record(there["uri"], there["cid"])
            if made is None or (made.repo, made.rkey) != (self.session().did, key):
                raise InvalidAnswer(_("the server gave a name that is none"))
        return made

    def look(self, repo: str, key: str) -> tuple[RecordRef, Mapping[str, Any]] | None:
        """The post under a key and what it says; None when there is surely none. Raises Locked or Wait."""
        asked = {"repo": repo, "collection": identifiers.POST, "rkey": key}
        answer = self._ask("GET", "com.atproto.repo.getRecord", params=asked)
        if _error(answer) == "RecordNotFound":
            return None
        self._settle(answer)
        with outcomes.failures(posts=False):
            there = _read(answer, "uri", "cid", "value")
            record = identifiers.record(there["uri"], there["cid"])
            if record is None or record.rkey != key or not isinstance(there["value"], dict):
                raise InvalidAnswer(_("the server gave a name that is none"))
        return record, there["value"]

    def upload(self, data: bytes, mime: str) -> Mapping[str, Any]:
        """A blob, as a record quotes it. It is nowhere to be seen until one does. Raises Refused, Locked or Wait."""
        answer = self._ask("POST", "com.atproto.repo.uploadBlob", body=data, headers={"Content-Type": mime})
        self._settle(answer)
        with outcomes.failures(posts=False):
            blob = _read(answer, "blob")["blob"]
            cid = blob["ref"].get("$link") if isinstance(blob, dict) and isinstance(blob.get("ref"), dict) else None
            kind = blob.get("mimeType") if isinstance(blob, dict) else None
            if not identifiers.is_cid(cid) or not isinstance(kind, str) or blob.get("size") != len(data):
                raise InvalidAnswer(_("the server gave a name that is none"))
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(data)}

    def did_of(self, handle: str) -> str:
        """The DID of a handle; empty when nobody has it. Raises Locked or Wait."""
        answer = self._ask("GET", "com.atproto.identity.resolveHandle", params={"handle": handle})
        if answer.status == 400 and _error(answer) in ("InvalidRequest", "HandleNotFound"):
            return ""
        self._settle(answer)
        with outcomes.failures(posts=False):
            did = _read(answer, "did")["did"]
            if not identifiers.is_did(did):
                raise InvalidAnswer(_("the server gave a name that is none"))
        return str(did)

    def about(self) -> tuple[Mapping[str, Any], Answer]:
        """What the server says of the account, `did` and `handle` among it, and the answer that said so. Raises Locked or Wait."""
        answer = self._ask("GET", "com.atproto.server.getSession")
        self._settle(answer)
        with outcomes.failures(posts=False):
            there = _read(answer, "did", "handle")
            if not identifiers.is_did(there["did"]) or not isinstance(there["handle"], str):
                raise InvalidAnswer(_("the server gave a name that is none"))
        return there, answer

    def _begun(self) -> Session:
        wanted = {"identifier": self.handle, "password": self.password}
        answer = outcomes.request(self.web, "POST", self._url("com.atproto.server.createSession"), posts=False, json=wanted)
        if answer.status == 401:
            raise Locked(
                _(
                    "{host} does not let {handle} in; make a new app password there, and put it where the old one was",
                    host=self.base.partition("://")[2],
                    handle=self.handle,
                )
            )
        self._settle(answer)
        with outcomes.failures(posts=False):
            there = _read(answer, "did", "handle", "accessJwt")
            token = there["accessJwt"]
            if not identifiers.is_did(there["did"]) or not isinstance(token, str) or not _TOKEN.match(token):
                raise InvalidAnswer(_("the server gave a name that is none"))
        return Session(there["did"], str(there["handle"]), token)

    def _ask(
        self, method: str, name: str, *, posts: bool = False, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> Answer:  # fmt: skip
        """One answer to one question; asked once more, with a new session, where the old one was over: that was a plain no."""
        url = self._url(name) + (f"?{urlencode(params)}" if params else "")
        for again in (True, False):
            bearer = {"Authorization": f"Bearer {self.session().token}", **(headers or {})}
            answer = outcomes.request(self.web, method, url, posts=posts, headers=bearer, **request)
            if not (again and answer.status in (400, 401) and _error(answer) in _STALE):
                break
            _sessions.pop(self._place, None)
        return answer

    @property
    def _place(self) -> tuple[str, str, str]:
        return self.base, self.handle, hashlib.sha256(self.password.encode()).hexdigest()

    def _url(self, name: str) -> str:
        return f"{self.base}/xrpc/{name}"

    def _settle(self, answer: Answer, *, posts: bool = False) -> None:
        """Nothing where the server agreed; else the outcome, as this protocol says no."""
        if 200 <= answer.status < 300:
            return
        error, message = _fault(answer)
        session = _sessions.get(self._place)
        said = outcomes.redacted(message or error, (self.password, session.token) if session else (self.password,))
        if error in _STALE | _SHUT:
            raise Locked(_("the server answered {status}: {said}", status=answer.status, said=said))
        if answer.status in (404, 501):
            raise Locked(
                _("{host} is no Bluesky server; name the account's server in brand/channels.yml", host=self.base.partition("://")[2])
            )
        if 400 <= answer.status < 500 and answer.status != 429 and not error:
            # Not the server speaks here, but something before it: the post is not to blame.
            with outcomes.failures(posts=posts):
                raise InvalidAnswer(_("the server answered {status}", status=answer.status))
        outcomes.raise_for_answer(answer, self.now, posts=posts, said=said)


def _read(answer: Answer, *keys: str) -> dict[str, Any]:
    """The object in an answer. Raises InvalidAnswer when it lacks one of those keys."""
    there = answer.json()
    if not isinstance(there, dict) or any(key not in there for key in keys):
        raise InvalidAnswer(_("the server gave an answer without {keys}", keys=", ".join(keys)))
    return there


def _fault(answer: Answer) -> tuple[str, str]:
    """The name of an error and its words; empty where the answer is none of this protocol."""
    try:
        there = answer.json()
    except InvalidAnswer:
        return "", ""
    error, message = (there.get("error"), there.get("message")) if isinstance(there, dict) else ("", "")
    return (error if isinstance(error, str) else ""), (message if isinstance(message, str) else "")


def _error(answer: Answer) -> str:
    return "" if answer.status < 400 else _fault(answer)[0]
