"""The header of a picture file, read without decoding it: its size, its frames, the work that decoding takes, and its metadata.

Plain Python over bytes, with a limit on every loop: a few bytes may ask for hours of work, and are refused before any begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from marronnier.sandbox.file_types import AVIF, GIF, JPEG, PNG, FileType

MAX_PIXELS = 8192 * 6144
"""The most pixels of a picture, or of all frames of an animation together: a phone's photograph, at four bytes a pixel in 192 MiB."""
MAX_CANVAS = 4096 * 4096
"""The most pixels in a format whose decoder holds several copies of the picture: GIF, WebP, and animated PNG."""
MAX_FRAMES = 600
"""The most frames of an animation: a minute at ten a second."""
MAX_BLOCKS = 100_000
"""The most blocks of a file: a photograph has some dozens, an animation some thousands."""
MAX_SCANS = 12
"""The most scans of a JPEG of the most pixels; a smaller one may have more. A progressive JPEG has about ten (libjpeg-turbo's `jpegtran`)."""

_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class BadPicture(Exception):
    """A picture that is not decoded; `problem` is a code of `sandbox.describe_problem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(slots=True)
class PictureHeader:
    """What the header of a picture file says."""

    width: int = 0
    height: int = 0
    frames: int = 1
    scans: int = 1
    carries: set[str] = field(default_factory=set)
    """`exif`, `xmp`, `iptc`, `icc`, `text`, `c2pa`, `pictures`, `after`."""
    copies: bool = False
    """Whether the decoder holds several copies of the picture."""
    lossless: bool = True

    def check_limits(self) -> None:
        """Raises BadPicture for a picture with too many pixels, frames or scans, or with none."""
        pixels = self.width * self.height
        if self.frames > MAX_FRAMES:
            raise BadPicture("too-many-frames")
        if pixels * self.frames > MAX_PIXELS or (self.copies and pixels > MAX_CANVAS):
            raise BadPicture("too-many-pixels" if self.frames == 1 else "too-many-frames")
        if pixels * self.scans > MAX_PIXELS * MAX_SCANS or self.scans > 500:
            raise BadPicture("too-costly")
        if not pixels or not self.frames:
            raise BadPicture("damaged")


def read_header(kind: FileType, data: bytes) -> PictureHeader:
    """The header of a picture of that type. Raises BadPicture for a damaged file, or one with too many blocks or frames."""
    read = {JPEG: _read_jpeg, PNG: _read_png, GIF: _read_gif, AVIF: _read_avif}.get(kind, _read_webp)
    return read(data)


def _read_jpeg(data: bytes) -> PictureHeader:
    """Markers and their segments (ITU-T T.81 annex B, https://www.w3.org/Graphics/JPEG/itu-t81.pdf, seen 2026-11-25)."""
    header = PictureHeader(scans=0, lossless=False)
    at = 2
    for _number in range(MAX_BLOCKS // 50):
        match = _MARKER.search(data, at)
        if match is None:
            return header
        marker, at = match[1][0], match.end()
        if marker == 0xD9:
            if data[at:].strip(b"\0"):
                header.carries.add("after")
            return header
        if marker in (0x01, 0xD8):
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        body = data[at + 2 : at + length]
        at += max(2, length)
        if marker in _SIZE_MARKERS:
            header.height, header.width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
        elif marker == 0xDA:
            header.scans += 1
        elif metadata := _jpeg_metadata(marker, body):
            header.carries.add(metadata)
    raise BadPicture("too-costly")


def _jpeg_metadata(marker: int, body: bytes) -> str:
    """The kind of metadata in a segment of a JPEG; empty for none."""
    if marker == 0xFE:
        return "text"
    for first_bytes, metadata in ((b"Exif", "exif"), (b"http://ns.adobe.com/", "xmp"), (b"ICC_PROFILE", "icc"), (b"MPF\0", "pictures"), (b"Photoshop", "iptc"),
                            (b"JP", "c2pa"), (b"JFXX", "pictures")):  # fmt: skip
        if body.startswith(first_bytes):
            return metadata
    # JFIF and Adobe's own segment tell how to decode the picture. All others belong to a camera's or a program's maker.
    return "exif" if 0xE0 <= marker <= 0xEF and not body.startswith((b"JFIF", b"Adobe")) else ""


_PNG_CARRIES = {b"eXIf": "exif", b"tEXt": "text", b"zTXt": "text", b"iTXt": "text", b"tIME": "text", b"iCCP": "icc", b"caBX": "c2pa"}


def _read_png(data: bytes) -> PictureHeader:
    """Chunks (https://www.w3.org/TR/png-3/, seen 2026-11-25)."""
    header = PictureHeader()
    at, animation_frames = 8, 0
    for _number in range(MAX_BLOCKS):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if len(kind) < 4 or length > len(data) - at:
            raise BadPicture("damaged")
        body = at + 8
        at = body + length + 4
        if kind == b"IHDR":
            header.width, header.height = int.from_bytes(data[body : body + 4], "big"), int.from_bytes(data[body + 4 : body + 8], "big")
        elif kind == b"fcTL":
            animation_frames += 1
        elif kind == b"IEND":
            if at < len(data):
                header.carries.add("after")
            header.frames, header.copies = max(1, animation_frames), animation_frames > 1
            return header
        elif kind in (b"tEXt", b"zTXt", b"iTXt") and data.startswith((b"XML:com.adobe.xmp", b"Raw profile type xmp"), body):
            header.carries.add("xmp")
        elif kind in (b"tEXt", b"zTXt", b"iTXt") and data.startswith((b"Raw profile type exif", b"Raw profile type APP1"), body):
            header.carries.add("exif")
        elif kind in _PNG_CARRIES:
            header.carries.add(_PNG_CARRIES[kind])
    raise BadPicture("too-costly")


def _read_gif(data: bytes) -> PictureHeader:
    """Blocks (https://www.w3.org/Graphics/GIF/spec-gif89a.txt, seen 2026-11-25)."""
    header = PictureHeader(frames=0, copies=True)
    header.width, header.height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    at = 13 + _colour_table_size(data[10:11])
    left = 3 * MAX_BLOCKS
    while at < len(data):
        kind = data[at]
        at += 1
        if kind == 0x3B:
            if data[at:].strip(b"\0"):
                header.carries.add("after")
            return header
        if kind == 0x21:
            label, name = data[at : at + 1], data[at + 2 : at + 13]
            if label in (b"\xfe", b"\x01"):
                header.carries.add("text")
            elif label == b"\xff" and name not in (b"NETSCAPE2.0", b"ANIMEXTS1.0"):
                header.carries.add("xmp" if name.startswith(b"XMP Data") else "text")
            at += 1
        elif kind == 0x2C:
            header.frames += 1
            at += 10 + _colour_table_size(data[at + 8 : at + 9])
        else:
            # Bytes between blocks are skipped, as decoders do.
            left -= 1
            continue
        while at < len(data) and data[at] and left:
            at += data[at] + 1
            left -= 1
        at += 1
        left -= 1
        if left <= 0 or header.frames > MAX_FRAMES:
            raise BadPicture("too-many-frames" if header.frames > MAX_FRAMES else "too-costly")
    return header


def _colour_table_size(packed: bytes) -> int:
    """The bytes of a colour table, from the packed field before it."""
    return 3 << ((packed[0] & 7) + 1) if packed and packed[0] & 0x80 else 0


_WEBP_CARRIES = {b"EXIF": "exif", b"XMP ": "xmp", b"ICCP": "icc", b"C2PA": "c2pa"}
_WEBP_KNOWN = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))


def _read_webp(data: bytes) -> PictureHeader:
    """Chunks of a RIFF (https://developers.google.com/speed/webp/docs/riff_container, seen 2026-11-25)."""
    header = PictureHeader(copies=True, lossless=False)
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise BadPicture("damaged")
    if len(data) > end + 1:
        header.carries.add("after")
    at, animation_frames = 12, 0
    for _number in range(MAX_BLOCKS):
        if at + 8 > end:
            header.frames = max(1, animation_frames)
            return header
        kind, length, body = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little"), at + 8
        at = body + length + length % 2
        if kind == b"VP8X":
            header.width = int.from_bytes(data[body + 4 : body + 7], "little") + 1
            header.height = int.from_bytes(data[body + 7 : body + 10], "little") + 1
        elif kind == b"VP8 " and not header.width:
            header.width = int.from_bytes(data[body + 6 : body + 8], "little") & 0x3FFF
            header.height = int.from_bytes(data[body + 8 : body + 10], "little") & 0x3FFF
        elif kind == b"VP8L":
            header.lossless = True
            if not header.width:
                bits = int.from_bytes(data[body + 1 : body + 5], "little")
                header.width, header.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif kind == b"ANMF":
            animation_frames += 1
        elif kind not in _WEBP_KNOWN:
            header.carries.add(_WEBP_CARRIES.get(kind, "text"))
    raise BadPicture("too-costly")


_AVIF_CARRIES = {b"Exif\0": "exif", b"rdf+xml\0": "xmp", b"colrprof": "icc", b"c2pa": "c2pa"}
_AVIF_SIZE = re.compile(rb"ispe\0\0\0\0(.{8})", re.DOTALL)
_AVIF_HEAD = 1 << 20


def _read_avif(data: bytes) -> PictureHeader:
    """The largest size among the boxes `ispe` (https://aomediacodec.github.io/av1-avif/, seen 2026-11-28). The decoder tells the frames."""
    header = PictureHeader(copies=True, lossless=False)
    head = data[:_AVIF_HEAD]
    for number, found in enumerate(_AVIF_SIZE.finditer(head)):
        if number > MAX_BLOCKS // 100:
            raise BadPicture("too-costly")
        width, height = int.from_bytes(found[1][:4], "big"), int.from_bytes(found[1][4:], "big")
        if width * height > header.width * header.height:
            header.width, header.height = width, height
    header.carries |= {name for mark, name in _AVIF_CARRIES.items() if mark in head}
    return header
