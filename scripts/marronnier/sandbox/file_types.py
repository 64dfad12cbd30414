"""File types of media, detected by a file's first bytes: its name proves nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file."""

    name: str
    """The name of the format: `JPEG`."""
    category: str
    """`image`, `video`, `audio`, `document`; empty for a type that no post can have."""
    mime: str
    extensions: tuple[str, ...]
    """The extensions of its files, the usual one first."""


JPEG = FileType("JPEG", "image", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
PNG = FileType("PNG", "image", "image/png", (".png", ".apng"))
GIF = FileType("GIF", "image", "image/gif", (".gif",))
WEBP = FileType("WebP", "image", "image/webp", (".webp",))
SVG = FileType("SVG", "image", "image/svg+xml", (".svg",))
AVIF = FileType("AVIF", "image", "image/avif", (".avif",))
PICTURE_TYPES = (JPEG, PNG, GIF, WEBP, AVIF)
"""The types that are opened, and re-encoded before they are sent or shown."""

MP4 = FileType("MP4", "video", "video/mp4", (".mp4", ".m4v"))
_M4A = FileType("M4A", "audio", "audio/mp4", (".m4a",))
MOV = FileType("QuickTime", "video", "video/quicktime", (".mov",))
WEBM = FileType("WebM", "video", "video/webm", (".webm",))
VIDEO_TYPES = (MP4, MOV, WEBM)
"""The types of which the headers are read; they are sent as they are."""
_MP3 = FileType("MP3", "audio", "audio/mpeg", (".mp3",))
_OGG = FileType("Ogg", "audio", "audio/ogg", (".ogg", ".oga", ".opus"))
PDF = FileType("PDF", "document", "application/pdf", (".pdf",))
"""Its structure is read; it is sent as it is."""
_PICTURES_BY_FIRST_BYTES = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"GIF87a": GIF, b"GIF89a": GIF}
_OTHERS_BY_FIRST_BYTES = {
    b"\x1aE\xdf\xa3": WEBM,
    b"OggS": _OGG,
    **dict.fromkeys((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"), _MP3),
    b"%PDF": PDF,
    b"BM": FileType("BMP", "", "image/bmp", (".bmp",)),
    **dict.fromkeys((b"II*\0", b"MM\0*"), FileType("TIFF", "", "image/tiff", (".tif", ".tiff"))),
    b"8BPS": FileType("Photoshop", "", "image/vnd.adobe.photoshop", (".psd",)),
    b"version https://git-lfs": FileType("Git LFS", "", "text/plain", ()),
    b"PK\3\4": FileType("ZIP", "", "application/zip", (".zip",)),
}
_HEIC = FileType("HEIC", "", "image/heic", (".heic", ".heif"))
_FTYP_BRANDS = {b"avif": AVIF, b"avis": AVIF, b"heic": _HEIC, b"heix": _HEIC, b"hevc": _HEIC, b"heim": _HEIC, b"mif1": _HEIC, b"msf1": _HEIC,
           b"qt  ": MOV, b"M4A ": _M4A, b"M4B ": _M4A}  # fmt: skip
"""Types by the four bytes after `ftyp` (https://mp4ra.org/registered-types/brands, seen 2026-11-25). Any other brand is an MP4 video."""


def postable_types() -> tuple[FileType, ...]:
    """The types that a post can have."""
    return (*PICTURE_TYPES, SVG, *VIDEO_TYPES, _M4A, _MP3, _OGG, PDF)


def detect_type(data: bytes) -> FileType | None:
    """The type of a file with these bytes; None for an unknown one."""
    if picture := _type_by_first_bytes(_PICTURES_BY_FIRST_BYTES, data):
        return picture
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return _FTYP_BRANDS.get(data[8:12], MP4)
    return _type_by_first_bytes(_OTHERS_BY_FIRST_BYTES, data) or (SVG if _is_svg(data) else None)


def _type_by_first_bytes(types: Mapping[bytes, FileType], data: bytes) -> FileType | None:
    return next((kind for first_bytes, kind in types.items() if data.startswith(first_bytes)), None)


def _is_svg(data: bytes) -> bool:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return head.startswith(b"<") and b"<svg" in head


def extension(name: str) -> str:
    """The extension of a file's name, in lower case: `.jpg`."""
    return posixpath.splitext(name)[1].lower()
