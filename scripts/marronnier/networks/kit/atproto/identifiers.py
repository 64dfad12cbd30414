"""Names: the shapes of what a server calls accounts, records and their contents. Whatever it answers is held to them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import NamedTuple

POST = "app.bsky.feed.post"
"""The kind of record that a post is."""

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
# https://atproto.com/specs/handle, /did, /tid and /record-key, seen 2026-11-25
_HANDLE = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?\Z")
_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-zA-Z0-9._:%-]{1,253})\Z")
_CID = re.compile(r"b[a-z2-7]{20,120}\Z")
_RKEY = re.compile(r"[A-Za-z0-9._~:-]{1,512}\Z")
_READ_AT = re.compile(r"https://bsky\.app/profile/(?P<repo>[^/?#\s]+)/post/(?P<rkey>[^/?#\s]+)/?\Z")

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_FROM, _UNTIL = 1_672_531_200_000_000 << 10, 1_767_225_600_000_000 << 10
"""2023 to 2026, in microseconds and ten bits more: a key that is no real hour must at least not be one to come."""


class PostAddress(NamedTuple):
    """Where a record stands: whose it is, by DID or handle, and its key among their posts."""

    repo: str
    rkey: str


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A post on its server."""

    repo: str
    """The DID of who said it."""
    rkey: str
    cid: str
    """The digest of its content."""

    @property
    def uri(self) -> str:
        """Its name on every server."""
        return f"at://{self.repo}/{POST}/{self.rkey}"

    @property
    def id(self) -> str:
        """Its name and its content in one: what an answer to it must quote."""
        return f"{self.uri}#{self.cid}"

    @property
    def url(self) -> str:
        """Where people read it."""
        return f"https://bsky.app/profile/{self.repo}/post/{self.rkey}"

    @property
    def ref(self) -> dict[str, str]:
        """The reference that a record makes to it."""
        return {"uri": self.uri, "cid": self.cid}


def is_handle(name: str) -> bool:
    """Whether it is an account's name, as `jardin.bsky.social`."""
    return _HANDLE.match(name) is not None


def is_did(name: object) -> bool:
    """Whether it is the name an account keeps for life."""
    return isinstance(name, str) and _DID.match(name) is not None


def is_cid(name: object) -> bool:
    """Whether it is the digest of a record or a blob."""
    return isinstance(name, str) and _CID.match(name) is not None


def record(uri: object, cid: object) -> RecordRef | None:
    """The post a server names so; None when that is no name of a post."""
    if not (isinstance(uri, str) and isinstance(cid, str) and uri.startswith("at://") and _CID.match(cid)):
        return None
    repo, _, path = uri.removeprefix("at://").partition("/")
    kind, _, rkey = path.partition("/")
    return RecordRef(repo, rkey, cid) if kind == POST and is_did(repo) and _RKEY.match(rkey) else None


def post_of_record_key(id: str) -> RecordRef | None:
    """The post whose `Record.id` it is; None when it is something else."""
    uri, _, cid = id.rpartition("#")
    return record(uri, cid)


def post_at_url(url: str) -> PostAddress | None:
    """The post that people read at an address of bsky.app; None when it is another address."""
    found = _READ_AT.match(url)
    if found is None or not (is_did(found["repo"]) or is_handle(found["repo"])) or not _RKEY.match(found["rkey"]):
        return None
    return PostAddress(found["repo"], found["rkey"])


def record_key(*said: str) -> str:
    """The record key of what is said: the same for the same, in the form of a TID, which posts must have.

    https://atproto.com/specs/tid, seen 2026-11-25.
    """
    number = int.from_bytes(hashlib.sha256("\0".join(said).encode()).digest())
    number = _FROM + number % (_UNTIL - _FROM)
    return "".join(_DIGITS[number >> shift & 31] for shift in range(60, -1, -5))
