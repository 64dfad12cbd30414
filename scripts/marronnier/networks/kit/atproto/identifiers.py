"""Identifiers of the AT protocol: handles, DIDs, record keys and CIDs, with the shapes that every answer of a server is checked against."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

POST_COLLECTION = "app.bsky.feed.post"
"""The collection of an account that holds its posts."""

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
# https://atproto.com/specs/handle, /did, /tid and /record-key, seen 2026-11-25
_HANDLE = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?\Z")
_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-zA-Z0-9._:%-]{1,253})\Z")
_CID = re.compile(r"b[a-z2-7]{20,120}\Z")
_RKEY = re.compile(r"[A-Za-z0-9._~:-]{1,512}\Z")
_POST_URL = re.compile(r"https://bsky\.app/profile/(?P<repo>[^/?#\s]+)/post/(?P<rkey>[^/?#\s]+)/?\Z")

_TID = re.compile(r"[2-7a-j][2-7a-z]{12}\Z")
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_FROM, _UNTIL = 1_672_531_200_000_000 << 10, 1_767_225_600_000_000 << 10
"""2023 to 2026, in microseconds shifted by ten bits: a derived key stands for no real time, and never for one in the future."""


class PostAddress(NamedTuple):
    """A post's account, by DID or handle, and its record key."""

    repo: str
    rkey: str


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A reference to a post."""

    repo: str
    """The DID of its account."""
    rkey: str
    """The record key."""
    cid: str
    """The digest of its content."""

    @property
    def uri(self) -> str:
        """The post's name on every server."""
        return f"at://{self.repo}/{POST_COLLECTION}/{self.rkey}"

    @property
    def id(self) -> str:
        """URI and CID in one text, as a delivery keeps them: a reply must quote both."""
        return f"{self.uri}#{self.cid}"

    @property
    def url(self) -> str:
        """The page of the post on bsky.app."""
        return f"https://bsky.app/profile/{self.repo}/post/{self.rkey}"

    @property
    def ref(self) -> dict[str, str]:
        """The post as a record refers to it."""
        return {"uri": self.uri, "cid": self.cid}


def is_handle(name: str) -> bool:
    """Whether it is a handle, as `jardin.bsky.social`."""
    return _HANDLE.match(name) is not None


def is_did(name: object) -> bool:
    """Whether it is a DID: the permanent identifier of an account."""
    return isinstance(name, str) and _DID.match(name) is not None


def is_cid(name: object) -> bool:
    """Whether it is a CID: the digest of a record or a blob."""
    return isinstance(name, str) and _CID.match(name) is not None


def record_ref(uri: object, cid: object) -> RecordRef | None:
    """The reference to a post, from a server's answer; None when URI or CID is not a post's."""
    if not (isinstance(uri, str) and isinstance(cid, str) and uri.startswith("at://") and _CID.match(cid)):
        return None
    repo, _, path = uri.removeprefix("at://").partition("/")
    kind, _, rkey = path.partition("/")
    return RecordRef(repo, rkey, cid) if kind == POST_COLLECTION and is_did(repo) and _RKEY.match(rkey) else None


def parse_record_id(id: str) -> RecordRef | None:
    """The post of a `RecordRef.id`; None for any other text."""
    uri, _, cid = id.rpartition("#")
    return record_ref(uri, cid)


def parse_post_url(url: str) -> PostAddress | None:
    """The post that a bsky.app URL shows; None for any other URL."""
    match = _POST_URL.match(url)
    if match is None or not (is_did(match["repo"]) or is_handle(match["repo"])) or not _RKEY.match(match["rkey"]):
        return None
    return PostAddress(match["repo"], match["rkey"])


def tid_instant(tid: object) -> datetime | None:
    """When a TID was made, by the clock of its server; None for anything else. https://atproto.com/specs/tid, seen 2026-11-25"""
    if not isinstance(tid, str) or not _TID.match(tid):
        return None
    number = 0
    for digit in tid:
        number = number << 5 | _DIGITS.index(digit)
    try:
        return datetime.fromtimestamp((number >> 10) / 1_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def derive_record_key(*parts: str) -> str:
    """The record key derived from the texts: equal texts give an equal key. It has the form of a TID, as post keys must.

    https://atproto.com/specs/tid, seen 2026-11-25.
    """
    number = int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest())
    number = _FROM + number % (_UNTIL - _FROM)
    return "".join(_DIGITS[number >> shift & 31] for shift in range(60, -1, -5))


def server_did(session: Mapping[str, Any], host: str) -> str:
    """The DID of the server that holds an account's blobs: by its document in the answer to a login, else that host's."""
    document = session.get("didDoc")
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            try:
                found = urlsplit(str(service.get("serviceEndpoint"))).hostname
            except ValueError:
                found = None
            if found and is_did(f"did:web:{found}"):
                return f"did:web:{found}"
    return f"did:web:{host}"
