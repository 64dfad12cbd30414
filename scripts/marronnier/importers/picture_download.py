"""Downloads the pictures of another tool's posts; a stand-in picture takes the place of each that is not downloaded."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from marronnier.files.atomic_write import write
from marronnier.importers import download, site_pictures
from marronnier.importers.download import Unavailable
from marronnier.web import Web

MEDIA_FOLDER = "content/media"
STAND_IN_FOLDER = "stand-in"
"""The folder of stand-in pictures; the rule `missing-media` knows it."""
FETCHED_FOLDER = "imported"
MAX_BYTES = 40_000_000
"""The most bytes of a downloaded picture."""

_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_SIZE = (320, 180)


@dataclass(slots=True)
class PictureFiles:
    """The files that posts show in place of web addresses."""

    stand_ins: list[str] = field(default_factory=list)
    """Names of the pictures that a stand-in replaces."""
    fetched: dict[str, str] = field(default_factory=dict)
    """The downloaded files, as posts name them, by picture name."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why a download failed, by web address."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where the pictures are on the web, by picture name."""

    def replace_stand_ins(self, text: str) -> str:
        """The text of a post with the downloaded pictures in place of their stand-ins, and of the pictures on the web in its words."""
        for name in set(re.findall(rf"{STAND_IN_FOLDER}/([0-9a-f]{{16}})\.png", text)) & self.fetched.keys():
            text = text.replace(stand_in(name), self.fetched[name])
        return site_pictures.replace_addresses(text, {self.addresses[name]: file for name, file in self.fetched.items()})


def picture_name(address: str) -> str:
    """The name of a web picture, the same at every import."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def media_entry(src: str, alt: str) -> dict[str, str]:
    """A picture as the front matter of a post names it."""
    return {"src": src, "alt": alt} if alt else {"src": src}


def stand_in(name: str) -> str:
    """The file of the stand-in for a picture, as posts name it."""
    return f"{STAND_IN_FOLDER}/{name}.png"


def provide_pictures(addresses: Mapping[str, str], root: Path, web_client: Web | None) -> PictureFiles:
    """Provide a file for every picture: one downloaded now or before, else a stand-in. Without a client nothing is downloaded."""
    files = PictureFiles(addresses=addresses)
    for name, address in addresses.items():
        file = _existing_file(root, name)
        if file is None and web_client is not None:
            try:
                file = _save_picture(root, name, download.fetch(address, web_client, "image/*", MAX_BYTES))
            except Unavailable as why:
                files.failed[address] = str(why)
        if file is not None:
            files.fetched[name] = file
            continue
        files.stand_ins.append(name)
        path = root / MEDIA_FOLDER / stand_in(name)
        if not path.exists():
            write(path, stand_in_png(name))
    return files


def remove_stand_ins(pictures: PictureFiles, root: Path) -> None:
    """Delete the stand-ins of downloaded pictures."""
    for name in pictures.fetched:
        (root / MEDIA_FOLDER / stand_in(name)).unlink(missing_ok=True)


def _existing_file(root: Path, name: str) -> str | None:
    """A file downloaded by an earlier import."""
    files = (f"{FETCHED_FOLDER}/{name}.{suffix}" for suffix in _SUFFIXES.values())
    return next((file for file in files if (root / MEDIA_FOLDER / file).is_file()), None)


def _save_picture(root: Path, name: str, data: bytes) -> str:
    """Write a downloaded picture, encoded anew without its metadata, and return how posts name it. Raises Unavailable."""
    from marronnier import sandbox

    try:
        cleaned = sandbox.clean(data)
    except sandbox.Unsafe as why:
        raise Unavailable(str(why)) from why
    src = f"{FETCHED_FOLDER}/{name}.{_SUFFIXES[cleaned.mime]}"
    write(root / MEDIA_FOLDER / src, cleaned.data)
    return src


def stand_in_png(name: str) -> bytes:
    """A small picture in a colour that depends on the name: a PNG (https://www.w3.org/TR/png-3/, seen 2026-11-25)."""
    width, height = _SIZE
    colour = bytes(128 + byte // 4 for byte in hashlib.sha256(name.encode()).digest()[:3])
    rows = (b"\0" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", header) + _png_chunk(b"IDAT", zlib.compress(rows, 9)) + _png_chunk(b"IEND", b"")


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
