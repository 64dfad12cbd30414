"""Pictures of another tool's posts: fetched from where they stand, or something that stands in for them, and says so."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from marronnier import web
from marronnier.files.atomic_write import write
from marronnier.messages import _
from marronnier.web import Web

MEDIA = "content/media"
STAND_IN = "stand-in"
"""The folder of pictures that only stand in for others: the rule `missing-media` knows it."""
FETCHED = "imported"
HOPS = 5
"""How often a picture's address may lead to another one."""
MOST = 40_000_000
"""Bytes of a picture as it stands on the net."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_SIZE = (320, 180)


class NoPicture(Exception):
    """There is no picture to be had; the message says why, in a sentence for people."""


@dataclass(slots=True)
class PictureFiles:
    """What became of the pictures of a crossing."""

    standing_in: list[str] = field(default_factory=list)
    """Names of those that something stands in for."""
    fetched: dict[str, str] = field(default_factory=dict)
    """What posts call the others now, by name."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why some could not be fetched, by address."""

    def placed(self, text: str) -> str:
        """The text of a post with the pictures that were fetched in place of what stood in for them."""
        for name in set(re.findall(rf"{STAND_IN}/([0-9a-f]{{16}})\.png", text)) & self.fetched.keys():
            text = text.replace(f"{STAND_IN}/{name}.png", self.fetched[name])
        return text


def name_of(address: str) -> str:
    """What a picture from the net is called here: the same at every import."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def provide_pictures(addresses: Mapping[str, str], root: Path, door: Web | None) -> PictureFiles:
    """Have a file for every picture: one fetched now or before, else one that stands in for it. `door` None: nothing is fetched."""
    found = PictureFiles()
    for name, address in addresses.items():
        here = _fetched_before(root, name)
        if here is None and door is not None:
            try:
                here = _keep(root, name, fetch(address, door))
            except NoPicture as why:
                found.failed[address] = str(why)
        if here is not None:
            found.fetched[name] = here
            continue
        found.standing_in.append(name)
        place = root / MEDIA / STAND_IN / f"{name}.png"
        if not place.exists():
            write(place, stand_in(name))
    return found


def drop_stand_ins(pictures: PictureFiles, root: Path) -> None:
    """Take away what stood in for pictures that have come."""
    for name in pictures.fetched:
        (root / MEDIA / STAND_IN / f"{name}.png").unlink(missing_ok=True)


def _fetched_before(root: Path, name: str) -> str | None:
    for kind in _KINDS.values():
        if (root / MEDIA / FETCHED / f"{name}.{kind}").is_file():
            return f"{FETCHED}/{name}.{kind}"
    return None


def _keep(root: Path, name: str, data: bytes) -> str:
    """Write a picture that came from the net, made anew without what it carried along; gives what posts call it. Raises NoPicture."""
    from marronnier import sandbox

    try:
        cleaned = sandbox.clean(data)
    except sandbox.Unsafe as why:
        raise NoPicture(str(why)) from why
    src = f"{FETCHED}/{name}.{_KINDS[cleaned.mime]}"
    write(root / MEDIA / src, cleaned.data)
    return src


def fetch(address: str, door: Web) -> bytes:
    """The bytes of a picture on the net. Each address on the way is looked at like the first one. Raises NoPicture."""
    for _hop in range(HOPS):
        try:
            answer = door.request("GET", address, headers={"Accept": "image/*"}, most=MOST)
        except (web.NotSent, web.AnswerLost) as why:
            raise NoPicture(str(why)) from why
        if answer.status in _REDIRECTS and answer.headers.get("location"):
            address = urljoin(address, answer.headers["location"])
            continue
        if answer.status != 200:
            raise NoPicture(_("the server answered {status}", status=answer.status))
        return answer.body
    raise NoPicture(_("its address leads on and on"))


def stand_in(name: str) -> bytes:
    """A small picture of one colour, another one for each name: a PNG (https://www.w3.org/TR/png-3/, seen 2026-11-25)."""
    width, height = _SIZE
    colour = bytes(128 + byte // 4 for byte in hashlib.sha256(name.encode()).digest()[:3])
    rows = (b"\0" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
