"""Untrusted media: pictures are opened in a limited child process only, and re-encoded before they are sent or shown.

Videos and sound are never opened: only their first bytes and their size are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from marronnier.messages import _
from marronnier.sandbox import file_types
from marronnier.sandbox.file_types import extension
from marronnier.sandbox.picture_header import MAX_FRAMES, MAX_PIXELS

__all__ = [
    "MAX_BYTES",
    "MAX_FRAMES",
    "MAX_PIXELS",
    "CleanPicture",
    "MediaInfo",
    "Unsafe",
    "clean",
    "describe_problem",
    "extension",
    "inspect",
    "usual_extension",
]

MAX_BYTES = 32 << 20
"""The largest picture that is opened, in bytes."""

_VIDEO_LOCATION_MARKS = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci\0\0\0\0")
"""Marks of the place in a video's metadata (QuickTime File Format, user data and metadata; 3GPP TS 26.244 8.3; seen 2026-11-25)."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """The type, size and problems of a media file."""

    category: str
    """`image`, `video`, `audio`; empty for a type that no post can have."""
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


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A re-encoded picture: its pixels upright in sRGB, without metadata."""

    data: bytes
    mime: str
    width: int
    height: int
    frames: int = 1


class Unsafe(Exception):
    """A file that cannot be re-encoded. The message is a sentence for people."""

    def __init__(self, problem: str) -> None:
        super().__init__(describe_problem(problem))
        self.problem = problem


def describe_problem(problem: str) -> str:
    """The sentence for the code of a problem."""
    sentences = {
        "unknown-kind": _("it is not a picture, video or sound that Marronnier supports"),
        "other-kind": _("this file type is neither sent nor shown"),
        "misnamed": _("its file extension does not match its content"),
        "damaged": _("it is damaged or incomplete"),
        "too-heavy": _("the file is too large"),
        "too-many-pixels": _("it has too many pixels"),
        "too-many-frames": _("it has too many frames, or too many pixels in all"),
        "too-costly": _("opening it takes more memory or time than any picture should"),
        "drawing-acts": _("it is a drawing that contains more than shapes and text"),
    }
    return sentences[problem]


def usual_extension(info: MediaInfo) -> str:
    """The usual extension of files of that format, `.jpg`; empty for an unknown format."""
    return next((kind.extensions[0] for kind in file_types.postable_types() if kind.name == info.format), "")


def inspect(data: bytes, name: str) -> MediaInfo:
    """The type, size and problems of a file with that name. Raises Trouble when no child process can be started."""
    kind = file_types.detect_type(data)
    if kind is None:
        return MediaInfo("", "", "", len(data), problem="unknown-kind")
    problem = "" if extension(name) in kind.extensions else "misnamed"
    info = MediaInfo(kind.category, kind.name, kind.mime, len(data), problem=problem)
    if kind is file_types.SVG:
        from marronnier.sandbox import svg

        return info if svg.is_harmless(data) else replace(info, problem="drawing-acts")
    if not kind.category:
        return replace(info, problem="other-kind")
    if kind not in file_types.PICTURE_TYPES:
        return replace(info, carries=("gps",)) if any(place in data for place in _VIDEO_LOCATION_MARKS) else info
    if len(data) > MAX_BYTES:
        return replace(info, problem="too-heavy")
    from marronnier.sandbox import worker_process

    answer, _no_picture = worker_process.ask_worker("inspect", data)
    if "problem" in answer:
        return replace(info, problem=str(answer["problem"]))
    width, height, frames = int(answer["width"]), int(answer["height"]), int(answer["frames"])
    return replace(info, width=width, height=height, frames=frames, carries=tuple(map(str, answer["carries"])))


def clean(data: bytes, *, max_bytes: int | None = None, max_side: int | None = None, still: bool = False) -> CleanPicture:
    """Re-encode a picture: upright, in sRGB, without metadata, in its own format where that fits.

    `max_bytes`: the picture loses quality, then pixels, until it fits; one without transparency may become a JPEG for that.
    `max_side`: the most pixels of the longer side. `still`: keep the first frame only.
    The same picture gives the same bytes with the same version of Pillow.
    Raises Unsafe for a file that cannot be re-encoded, Trouble when no child process can be started.
    """
    kind = file_types.detect_type(data)
    if kind not in file_types.PICTURE_TYPES:
        raise Unsafe("unknown-kind" if kind is None else "other-kind")
    if len(data) > MAX_BYTES:
        raise Unsafe("too-heavy")
    from marronnier.sandbox import worker_process

    answer, picture = worker_process.ask_worker("clean", data, max_bytes=max_bytes, max_side=max_side, still=still)
    if "problem" in answer:
        raise Unsafe(str(answer["problem"]))
    return CleanPicture(picture, str(answer["mime"]), int(answer["width"]), int(answer["height"]), int(answer["frames"]))
