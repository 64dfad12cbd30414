"""The door to media that others made: pictures are only ever opened in a limited child process, and made anew before anybody gets them.

Videos and sound are not opened at all: what they are is told by how they begin and by their size.
"""

from __future__ import annotations

from dataclasses import dataclass

from marronnier.messages import _
from marronnier.sandbox import file_types
from marronnier.sandbox.file_types import FileType, ending
from marronnier.sandbox.headers import MOST_FRAMES, MOST_PIXELS

__all__ = [
    "MOST_BYTES",
    "MOST_FRAMES",
    "MOST_PIXELS",
    "CleanPicture",
    "MediaInfo",
    "Unsafe",
    "clean",
    "ending",
    "explain",
    "inspect",
    "usual_ending",
]

MOST_BYTES = 32 << 20
"""Of a picture: what is heavier is not opened."""

_PLACES = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci\0\0\0\0")
"""How videos say where they were filmed (QuickTime File Format, user data and metadata; 3GPP TS 26.244 8.3; seen 2026-11-25)."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file of media is."""

    sort: str
    """`image`, `video`, `audio`; empty for what no post can carry."""
    kind: str
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
    wrong: str = ""
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
        super().__init__(explain(wrong))
        self.wrong = wrong


def explain(wrong: str) -> str:
    """What is wrong with a file, in a sentence."""
    said = {
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
    return said[wrong]


def usual_ending(looked: MediaInfo) -> str:
    """How files of its kind are named: `.jpg`; empty for a kind nobody knows."""
    return next((kind.endings[0] for kind in file_types.all_types() if kind.name == looked.kind), "")


def inspect(data: bytes, name: str) -> MediaInfo:
    """What a file is and what is wrong with it, `name` included. Raises Trouble when no process can be started."""
    kind = file_types.detect(data)
    if kind is None:
        return MediaInfo("", "", "", len(data), wrong="unknown-kind")
    if kind is file_types.SVG:
        from marronnier.sandbox import svg

        return _looked(kind, data, name, wrong="" if svg.is_harmless(data) else "drawing-acts")
    if not kind.sort:
        return _looked(kind, data, name, wrong="other-kind")
    if kind not in file_types.OPENED:
        return _looked(kind, data, name, carries=("gps",) if any(place in data for place in _PLACES) else ())
    if len(data) > MOST_BYTES:
        return _looked(kind, data, name, wrong="too-heavy")
    from marronnier.sandbox import process

    answer, _nothing = process.request("look", data)
    if "wrong" in answer:
        return _looked(kind, data, name, wrong=str(answer["wrong"]))
    width, height, frames = int(answer["width"]), int(answer["height"]), int(answer["frames"])
    return _looked(kind, data, name, width=width, height=height, frames=frames, carries=tuple(map(str, answer["carries"])))


def _looked(
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
    wrong = wrong or ("" if ending(name) in kind.endings else "misnamed")
    return MediaInfo(kind.sort, kind.name, kind.mime, len(data), width, height, frames, carries, wrong)


def clean(data: bytes, *, most_bytes: int | None = None, most_side: int | None = None, still: bool = False) -> CleanPicture:
    """A picture made anew, without anything that was in its file besides: upright, in sRGB, in its own format where that fits.

    `most_bytes`: it loses quality, then pixels, until it has no more; one in which nothing shows through may become a JPEG for that.
    `most_side`: pixels of its longer side. `still`: the first frame alone. The same picture gives the same bytes, on the same version
    of Pillow. Raises Unsafe; Trouble when no process can be started.
    """
    kind = file_types.detect(data)
    if kind not in file_types.OPENED:
        raise Unsafe("unknown-kind" if kind is None else "other-kind")
    if len(data) > MOST_BYTES:
        raise Unsafe("too-heavy")
    from marronnier.sandbox import process

    answer, made = process.request("clean", data, most_bytes=most_bytes, most_side=most_side, still=still)
    if "wrong" in answer:
        raise Unsafe(str(answer["wrong"]))
    return CleanPicture(made, str(answer["mime"]), int(answer["width"]), int(answer["height"]), int(answer["frames"]))
