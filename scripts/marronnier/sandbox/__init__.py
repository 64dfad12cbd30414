"""Untrusted media: pictures and videos are opened in a limited child process only. Pictures are re-encoded before they are sent or shown.

Videos and documents are never re-encoded: their headers are read. Sound is never opened: only its first bytes and its size are read.
"""

from __future__ import annotations

import hashlib
import mmap
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from marronnier.messages import _
from marronnier.model.picture_limits import PictureLimits
from marronnier.sandbox import file_types
from marronnier.sandbox.file_types import extension
from marronnier.sandbox.picture_header import MAX_FRAMES, MAX_PIXELS

__all__ = [
    "MAX_BYTES",
    "MAX_FRAMES",
    "MAX_PIXELS",
    "CleanPicture",
    "MediaInfo",
    "PictureLimits",
    "Prepared",
    "Unsafe",
    "VideoInfo",
    "clean",
    "describe_problem",
    "extension",
    "inspect",
    "inspect_file",
    "prepare",
    "usual_extension",
]

MAX_BYTES = 32 << 20
"""The largest picture that is opened, in bytes."""

_VIDEO_LOCATION_MARKS = (b"com.apple.quicktime.location", b"loci\0\0\0\0", b"GPSLatitude", b"GPSLongitude")
"""Marks of the place in a video's metadata (QuickTime File Format, metadata; 3GPP TS 26.244 8.3; seen 2026-11-25; XMP's names of EXIF)."""
_VIDEO_PLACE = re.compile(rb"\xa9xyz[\0-\xff]{0,12}?[+-][0-9]{2}")
"""The place in QuickTime's user data. Its four bytes alone stand by chance in one of forty videos of 100 MB."""
_GOPRO_TRACK, _GOPRO_PLACES = b"GoPro MET", (b"GPS5", b"GPS9")
"""The track of a camera's sensors, and its kinds of places: https://github.com/gopro/gpmf-parser, seen 2026-11-28."""
_PROBED = (*file_types.VIDEO_TYPES, file_types.PDF)
_HEAD = 8192
"""The first bytes of a file, which tell its type."""


class VideoInfo(NamedTuple):
    """What the headers of a video say."""

    seconds: float
    """The longest duration that any of its headers claims, or that its index tells."""
    frame_rate: float
    """Frames a second; 0 when not told."""
    frames: int
    """0 when not told."""
    codec: str
    """FFmpeg's name of the picture's encoding: `h264`, `hevc`, `vp9`."""
    pixels: str
    """FFmpeg's name of the format of its pixels: `yuv420p`."""
    sound: str
    """FFmpeg's name of the sound's encoding: `aac`; empty for a video without sound."""
    rotation: int
    """Degrees by which players turn it; width and height are given turned."""
    index_first: bool
    """Whether it can be played while it arrives: an MP4's index stands before its frames."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """The type, size and problems of a media file."""

    category: str
    """`image`, `video`, `audio`, `document`; empty for a type that no post can have."""
    format: str
    """The name of its format, `JPEG`; empty for an unknown one."""
    mime: str
    size: int
    """In bytes."""
    width: int = 0
    height: int = 0
    """Width and height in pixels, upright; 0 when the file was not opened."""
    frames: int = 1
    carries: tuple[str, ...] = ()
    """What the file holds besides the picture: `gps`, `exif`, `xmp`, `iptc`, `icc`, `text`, `c2pa`, `pictures`, `after`."""
    problem: str = ""
    """The code of what is wrong with it, see `describe_problem`; empty when nothing is."""
    video: VideoInfo | None = None
    """None for anything but a video, and for a video that cannot be read."""
    pages: int = 0
    """Of a document; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A re-encoded picture: its pixels upright in sRGB, without metadata."""

    data: bytes
    mime: str
    width: int
    height: int
    frames: int = 1


class Prepared(NamedTuple):
    """A picture as one network gets it."""

    data: bytes
    mime: str
    width: int
    height: int
    sha256: str
    """Of `data`, as 64 hex digits."""


class Unsafe(Exception):
    """A file that cannot be re-encoded. The message is a sentence for people."""

    def __init__(self, problem: str) -> None:
        super().__init__(describe_problem(problem))
        self.problem = problem


def describe_problem(problem: str) -> str:
    """The sentence for the code of a problem."""
    sentences = {
        "unknown-kind": _("it is not a picture, video, sound or PDF that Marronnier supports"),
        "other-kind": _("this file type is neither sent nor shown"),
        "misnamed": _("its file extension does not match its content"),
        "damaged": _("it is damaged or incomplete"),
        "too-heavy": _("the file is too large"),
        "too-many-pixels": _("it has too many pixels"),
        "too-many-frames": _("it has too many frames, or too many pixels in all"),
        "too-costly": _("opening it takes more memory or time than any picture should"),
        "drawing-acts": _("it is a drawing that contains more than shapes and text"),
        "no-picture": _("it has sound and no picture"),
        "encrypted": _("it is encrypted, and whoever opens it may have to type a password"),
        "no-pages": _("it has no pages"),
        "ratio": _("it is too wide or too tall, and pictures are never cropped"),
        "too-small": _("it has too few pixels, and pictures are never enlarged"),
        "no-lfs-object": _("it is a Git LFS pointer, and the object it names is not here"),
    }
    return sentences[problem]


def usual_extension(info: MediaInfo) -> str:
    """The usual extension of files of that format, `.jpg`; empty for an unknown format."""
    return next((kind.extensions[0] for kind in file_types.postable_types() if kind.name == info.format), "")


def inspect(data: bytes, name: str) -> MediaInfo:
    """The type, size and problems of a file with that name. Raises Trouble when no child process can be started."""
    info, kind = _first_look(data, len(data), name)
    if kind in _PROBED:
        import tempfile

        with tempfile.NamedTemporaryFile(suffix=".media") as file:
            file.write(data)
            file.flush()
            return inspect_file(Path(file.name), name)
    return _inspect_rest(info, kind, data)


def inspect_file(path: Path, name: str) -> MediaInfo:
    """As `inspect`, for a file on the disk: a video or a document is never in memory as a whole. Raises OSError too."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        info, kind = _first_look(file.read(_HEAD), size, name)
        if kind in file_types.VIDEO_TYPES and kind is not None:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                held = ("gps",) if _tells_place(mapped) else ()
            return _probe_video(replace(info, carries=held), kind, path)
        if kind is file_types.PDF:
            return _probe_document(info, path)
        if info.problem == "too-heavy" or (kind is not None and kind.category not in ("image", "")):
            return info
        file.seek(0)
        return _inspect_rest(info, kind, file.read(MAX_BYTES + 1))


def _tells_place(video: mmap.mmap) -> bool:
    """Whether a video's metadata hold the place where it was filmed."""
    if any(video.find(mark) >= 0 for mark in _VIDEO_LOCATION_MARKS) or _VIDEO_PLACE.search(video):
        return True
    return video.find(_GOPRO_TRACK) >= 0 and any(video.find(mark) >= 0 for mark in _GOPRO_PLACES)


def _first_look(data: bytes, size: int, name: str) -> tuple[MediaInfo, file_types.FileType | None]:
    """What the first bytes of a file tell."""
    kind = file_types.detect_type(data)
    if kind is None:
        return MediaInfo("", "", "", size, problem="unknown-kind"), None
    problem = "" if extension(name) in kind.extensions else "misnamed"
    if not kind.category:
        problem = "other-kind"
    elif kind.category == "image" and size > MAX_BYTES:
        problem = "too-heavy"
    return MediaInfo(kind.category, kind.name, kind.mime, size, problem=problem), kind


def _inspect_rest(info: MediaInfo, kind: file_types.FileType | None, data: bytes) -> MediaInfo:
    """What all bytes of a picture tell; anything else as it is."""
    if info.problem in ("unknown-kind", "other-kind", "too-heavy"):
        return info
    if kind is file_types.SVG:
        from marronnier.sandbox import svg

        return info if svg.is_harmless(data) else replace(info, problem="drawing-acts")
    if kind not in file_types.PICTURE_TYPES:
        return info
    from marronnier.sandbox import worker_process

    answer, _no_picture = worker_process.ask_worker("inspect", data)
    if "problem" in answer:
        return replace(info, problem=str(answer["problem"]))
    width, height, frames = int(answer["width"]), int(answer["height"]), int(answer["frames"])
    return replace(info, width=width, height=height, frames=frames, carries=tuple(map(str, answer["carries"])))


def _probe_document(info: MediaInfo, path: Path) -> MediaInfo:
    """What the structure of a document tells."""
    from marronnier.sandbox import worker_process

    answer, _no_picture = worker_process.ask_worker("probe", b"", path=str(path.absolute()), kind=file_types.PDF.name)
    if "problem" in answer:
        return replace(info, problem=str(answer["problem"]))
    return replace(info, pages=max(0, int(answer["pages"])))


def _probe_video(info: MediaInfo, kind: file_types.FileType, path: Path) -> MediaInfo:
    """What the headers of a video tell."""
    from marronnier.sandbox import worker_process

    answer, _no_picture = worker_process.ask_worker("probe", b"", path=str(path.absolute()), kind=kind.name)
    if "problem" in answer:
        return replace(info, problem=str(answer["problem"]))
    video = VideoInfo(
        seconds=float(answer["seconds"]),
        frame_rate=float(answer["frame_rate"]),
        frames=int(answer["frames"]),
        codec=str(answer["codec"]),
        pixels=str(answer["pixels"]),
        sound=str(answer["sound"]),
        rotation=int(answer["rotation"]),
        index_first=bool(answer["index_first"]),
    )
    return replace(info, width=int(answer["width"]), height=int(answer["height"]), video=video)


def clean(data: bytes, *, max_bytes: int | None = None, max_side: int | None = None, still: bool = False) -> CleanPicture:
    """Re-encode a picture: upright, in sRGB, without metadata, in its own format where that fits.

    `max_bytes`: the picture loses quality, then pixels, until it fits; one without transparency may become a JPEG for that.
    `max_side`: the most pixels of the longer side. `still`: keep the first frame only.
    The same picture gives the same bytes with the same version of Pillow.
    Raises Unsafe for a file that cannot be re-encoded, Trouble when no child process can be started.
    """
    return _re_encode(data, PictureLimits(max_bytes=max_bytes, max_side=max_side, animated=not still))


def prepare(data: bytes, limits: PictureLimits) -> Prepared:
    """A picture as a network takes it: upright, in sRGB, without metadata, in a format and a size within its limits.

    Never cropped, never enlarged. The same bytes and limits give the same bytes with the same version of Pillow.
    Raises Unsafe for a picture that cannot be prepared, Trouble when no child process can be started.
    """
    made = _re_encode(data, limits)
    return Prepared(made.data, made.mime, made.width, made.height, hashlib.sha256(made.data).hexdigest())


def _re_encode(data: bytes, limits: PictureLimits) -> CleanPicture:
    kind = file_types.detect_type(data)
    if kind not in file_types.PICTURE_TYPES:
        raise Unsafe("unknown-kind" if kind is None else "other-kind")
    if len(data) > MAX_BYTES:
        raise Unsafe("too-heavy")
    from marronnier.sandbox import worker_process

    answer, picture = worker_process.ask_worker("clean", data, limits=asdict(limits))
    if "problem" in answer:
        raise Unsafe(str(answer["problem"]))
    return CleanPicture(picture, str(answer["mime"]), int(answer["width"]), int(answer["height"]), int(answer["frames"]))
