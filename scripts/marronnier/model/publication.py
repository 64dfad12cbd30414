"""What the tool derives from posts: publications, and exactly what goes over the wire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from marronnier.model.brand import Channel
from marronnier.model.post import Post


def canonical_json(value: object) -> bytes:
    """The one JSON text of a value: keys sorted, no spaces, UTF-8. Digests are taken of it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def json_digest(value: object) -> str:
    """SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class Picture:
    """A medium as it stands in the tree."""

    path: str
    """Below the repository's root."""
    sha256: str
    """Of its bytes; empty when the file is missing."""
    alt: str
    """What it shows; empty for decoration or when not written."""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All that `compose` is given: what an approval binds, and nothing else."""

    network: str
    account: str
    title: str
    text: str
    """Markdown of the variant."""
    lang: str
    format: str
    tags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    link: str = ""
    """With its UTM parameters."""
    media: tuple[Picture, ...] = ()
    poll: tuple[str, ...] = ()
    poll_minutes: int = 0
    poll_multiple: bool = False
    first_comment: str = ""
    warning: str = ""
    """The content warning; `true` when sensitive without words."""
    thread: str = ""
    """`auto`, `none`, or empty."""
    visibility: str = ""
    limit: int | None = None
    """The channel's own text limit, when `brand/channels.yml` gives one."""

    def as_json(self) -> Mapping[str, Any]:
        """For digests and `--format json`; credits are not sent and do not count."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["media"] = tuple({"sha256": picture.sha256, "alt": picture.alt} for picture in self.media)
        return {name: value for name, value in values.items() if value not in ("", (), None, 0, False)}


@dataclass(frozen=True, slots=True)
class Publication:
    """A post on a channel, and for a repeat one occurrence of it: the unit of everything after."""

    post: Post
    channel_name: str
    channel: Channel
    words: Words
    occurrence: date | None = None
    """The day the repeat rule gave, never the shifted one."""

    @property
    def key(self) -> str:
        """`<id>@<channel>`, with `~2026-12-08` for an occurrence."""
        return publication_key(self.post.id, self.channel_name, self.occurrence)


def publication_key(post_id: str, channel_name: str, occurrence: date | None = None) -> str:
    """The key of a publication."""
    base = f"{post_id}@{channel_name}"
    return f"{base}~{occurrence.isoformat()}" if occurrence else base


def split_key(key: str) -> tuple[str, str, date | None]:
    """Post id, channel and occurrence of a key. Raises ValueError for what is no key."""
    base, _, day = key.partition("~")
    post_id, at, channel_name = base.rpartition("@")
    if not at or not post_id or not channel_name:
        raise ValueError(f"{key!r} is not a publication's key, like portes-ouvertes@journal")
    return post_id, channel_name, date.fromisoformat(day) if day else None


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a payload; a thread has several."""

    text: str
    """The words as the network's people will read them."""
    count: int
    """Its length as the network counts."""
    wire: Mapping[str, Any] = field(default_factory=dict)
    """The fields of the request, exactly as sent."""
    media: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """Exactly what goes over the wire, part by part."""

    network: str
    composer: int
    """The network's COMPOSER number."""
    parts: tuple[Part, ...]

    def as_bytes(self) -> bytes:
        """Canonical JSON: what the ledger keeps and what `compose` promised."""
        parts = [
            {"text": part.text, "count": part.count, "wire": part.wire, "media": [asdict(picture) for picture in part.media]}
            for part in self.parts
        ]
        return canonical_json({"network": self.network, "composer": self.composer, "parts": parts})

    @property
    def sha256(self) -> str:
        """Of `as_bytes`, as 64 hex digits."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> Payload:
        """Read what `as_bytes` wrote. Raises ValueError when it is something else."""
        try:
            payload = json.loads(data)
            parts = tuple(
                Part(part["text"], part["count"], part["wire"], tuple(Picture(**picture) for picture in part["media"]))
                for part in payload["parts"]
            )
            return cls(payload["network"], payload["composer"], parts)
        except (KeyError, TypeError) as error:
            raise ValueError("this is not a payload") from error


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a network answered to one part."""

    id: str
    """The network's own name for it."""
    url: str
    """Where people read it."""
