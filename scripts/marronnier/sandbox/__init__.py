"""The door to media that others made: pictures are only ever opened in a limited child process, and made anew before anybody gets them.

Videos and sound are not opened at all: what they are is told by how they begin and by their size.
"""

from __future__ import annotations

from dataclasses import dataclass

from marronnier.messages import _
from marronnier.sandbox import file_types
from marronnier.sandbox.file_types import FileType, extension
from marronnier.sandbox.picture_header import MAX_FRAMES, MAX_PIXELS

__all__ = [
    "MAX_FRAMES",
    "MAX_PIXELS",
    "MOST_BYTES",
    "CleanPicture",
    "MediaInfo",
    "Unsafe",
    "clean",
    "describe_problem",
    "extension",
    "inspect",
    "usual_extension",
]

MOST_BYTES = 32 << 20
"""Of a picture: what is heavier is not opened."""

_VIDEO_LOCATION_MARKS = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci\0\0\0\0")
"""How videos say where they were filmed (QuickTime File Format, user data and metadata; 3GPP TS 26.244 8.3; seen 2026-11-25)."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file of media is."""

    category: str
    """`image`, `video`, `audio`; empty for what no post can carry."""
    format: str
    """As people call it: `JPEG`; empty when nobody knows it."""
    mime: str
    size: int
    """In bytes."""
    width: int = 0
    height: int = 0
    """In pixels, as it is held upright; 0 where it was not opened."""
    frames: int = 1
    carries: tuple[str, ...] = ()
    """What it holds besides the picture: `gps`, `exif`, `xmp`, `iptc`, `icc`, `text`, `c2pa`, `pictures`, `after`."""
    problem: str = ""
    """What is wrong with it, as `why` says it in a sentence; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture made anew: its pixels upright in sRGB, and nothing else."""

    data: bytes
    mime: str
    width: int
    height: int
    frames: int = 1


class Unsafe(Exception):
    """A file that cannot be made anew. The message is a sentence for people."""

    def __init__(self, wrong: str) -> None:
        super().__init__(describe_problem(wrong))
        self.wrong = wrong


def describe_problem(wrong: str) -> str:
    """What is wrong with a file, in a sentence."""
    said = {
        "unknown-kind": _("it is no picture, video or sound that this tool knows"),
        "other-kind": _("it is of a kind that is not sent and not shown"),
        "misnamed": _("its name says another kind than its bytes"),
        "damaged": _("it is damaged, or was cut off on its way"),
        "too-heavy": _("it has too many bytes"),
        "too-many-pixels": _("it has too many pixels"),
        "too-many-frames": _("it has too many frames, or too many pixels in all of them together"),
        "too-costly": _("opening it takes more memory or time than any picture should"),
        "drawing-acts": _("it is a drawing that holds more than shapes and words"),
    }
    return said[wrong]


def usual_extension(looked: MediaInfo) -> str:
    """How files of its kind are named: `.jpg`; empty for a kind nobody knows."""
    return next((kind.extensions[0] for kind in file_types.postable_types() if kind.name == looked.format), "")


def inspect(data: bytes, name: str) -> MediaInfo:
    """What a file is and what is wrong with it, `name` included. Raises Trouble when no process can be started."""
    kind = file_types.detect_type(data)
    if kind is None:
        return MediaInfo("", "", "", len(data), problem="unknown-kind")
    if kind is file_types.SVG:
        from marronnier.sandbox import svg

        return _media_info(kind, data, name, wrong="" if svg.is_harmless(data) else "drawing-acts")
    if not kind.category:
        return _media_info(kind, data, name, wrong="other-kind")
    if kind not in file_types.PICTURE_TYPES:
        return _media_info(kind, data, name, carries=("gps",) if any(place in data for place in _VIDEO_LOCATION_MARKS) else ())
    if len(data) > MOST_BYTES:
        return _media_info(kind, data, name, wrong="too-heavy")
    from marronnier.sandbox import worker_process

    answer, _nothing = worker_process.ask_worker("look", data)
    if "wrong" in answer:
        return _media_info(kind, data, name, wrong=str(answer["wrong"]))
    width, height, frames = int(answer["width"]), int(answer["height"]), int(answer["frames"])
    return _media_info(kind, data, name, width=width, height=height, frames=frames, carries=tuple(map(str, answer["carries"])))


def _media_info(
    kind: FileType,
    data: bytes,
    name: str,
    *,
    width: int = 0,
    height: int = 0,
    frames: int = 1,
    carries: tuple[str, ...] = (),
    wrong: str = "",
) -> MediaInfo:
    wrong = wrong or ("" if extension(name) in kind.extensions else "misnamed")
    return MediaInfo(kind.category, kind.name, kind.mime, len(data), width, height, frames, carries, wrong)


def clean(data: bytes, *, most_bytes: int | None = None, most_side: int | None = None, still: bool = False) -> CleanPicture:
    """A picture made anew, without anything that was in its file besides: upright, in sRGB, in its own format where that fits.

    `most_bytes`: it loses quality, then pixels, until it has no more; one in which nothing shows through may become a JPEG for that.
    `most_side`: pixels of its longer side. `still`: the first frame alone. The same picture gives the same bytes, on the same version
    of Pillow. Raises Unsafe; Trouble when no process can be started.
    """
    kind = file_types.detect_type(data)
    if kind not in file_types.PICTURE_TYPES:
        raise Unsafe("unknown-kind" if kind is None else "other-kind")
    if len(data) > MOST_BYTES:
        raise Unsafe("too-heavy")
    from marronnier.sandbox import worker_process

    answer, made = worker_process.ask_worker("clean", data, most_bytes=most_bytes, most_side=most_side, still=still)
    if "wrong" in answer:
        raise Unsafe(str(answer["wrong"]))
    return CleanPicture(made, str(answer["mime"]), int(answer["width"]), int(answer["height"]), int(answer["frames"]))
