"""The test post of a trial: made like any post, from a file that is nowhere."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from functools import cache

from marronnier.desk import post_parser
from marronnier.files import document
from marronnier.model.post import Post
from marronnier.model.publication import Picture

LINK = "https://example.org/"
_SIDE = 1080
"""Pixels: every network with a lower and an upper bound takes a square of this side."""
_PIXEL = b"\x8d\x6e\x63"


def parsed(channel_name: str, mark: str, text: str, lang: str) -> Post:
    """The post, to one channel."""
    front = {"id": mark, "title": mark, "channels": [channel_name], "lang": lang}
    lines = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items())
    data = f"---\n{lines}\n---\n{text}\n".encode()
    path = f"content/posts/{mark}.md"
    post, _post_id, findings = post_parser.parse_post(document.parse_markdown(path, data), hashlib.sha256(data).hexdigest())
    assert post is not None, findings
    return post


@cache
def picture_bytes() -> bytes:
    """A plain square, for networks that take no post without a picture: a PNG of one colour."""
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\x00" + _PIXEL * _SIDE) * _SIDE, 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def picture() -> Picture:
    """The square, with its alternative text."""
    return Picture("content/media/test.png", hashlib.sha256(picture_bytes()).hexdigest(), "A plain square")
