"""Small, complete publications for the tests of networks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from marronnier.model.brand import Channel, Limits
from marronnier.model.post import FrontMatter, Post, Variant
from marronnier.model.publication import Picture, Publication, Words


def picture(name: str, alt: str) -> Picture:
    """A picture whose bytes are its name."""
    return Picture(f"content/media/{name}", sha256(name.encode()).hexdigest(), alt, credit="Fonds communal")


def drawn(image: Picture) -> bytes:
    """A PNG of eight by eight pixels of one colour, the first bytes of the picture's digest."""
    rows = (b"\0" + bytes.fromhex(image.sha256[:6]) * 8) * 8
    chunks = ((b"IHDR", struct.pack(">2I5B", 8, 8, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def publication(
    network: str, text: str, *, post_id: str = "portes-ouvertes", channel_name: str = "place", channel: Mapping[str, Any] | None = None, **words: Any
) -> Publication:  # fmt: skip
    """A post on a channel of that network; `channel` holds the channel's other values in channels.yml."""
    limit = words.pop("limit", None)
    spoken_on = Channel(network=network, limits=Limits(text=limit), **(channel or {}))
    said = Words(network=network, account="", title="", text=text, lang="fr", format="post", limit=limit)
    post = Post(post_id, f"content/posts/2026/12/{post_id}.md", FrontMatter(), (Variant((), text, 1),), text, "")
    return Publication(post, channel_name, spoken_on, replace(said, **words))
