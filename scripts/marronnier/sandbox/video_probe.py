"""Reading of a video's headers with FFmpeg's libraries. Runs in the child process only: see `sandbox.worker`.

No frame is shown or kept; a few may be decoded where the headers alone do not tell the size of the picture.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import pkgutil
from collections.abc import Iterator
from typing import Any

import av

from marronnier.sandbox.picture_header import BadPicture

MAX_STREAMS = 32
"""The most tracks of a video: a picture, some sounds and some captions."""
MAX_SECONDS = 1_000_000
"""A longer duration is reported as this one."""

_MAX_BOXES = 200
_OPTIONS = {
    "max_streams": str(MAX_STREAMS),
    "probesize": str(4 << 20),
    "analyzeduration": str(2_000_000),
    "max_probe_packets": "500",
    "fpsprobesize": "20",
}
_DEMUXERS = {"MP4": "mp4", "QuickTime": "mov", "WebM": "webm"}
"""FFmpeg's name for the one reader of each format: its own search would try others, which open further files."""


class _File:
    """A file by its descriptor, as FFmpeg reads it: this process can open none."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0
        self.size = os.fstat(descriptor).st_size

    def read(self, size: int = -1) -> bytes:
        data = os.pread(self._descriptor, self.size if size < 0 else size, self._at)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self.size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def at(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)


def preload_modules() -> None:
    """Load every module of PyAV, which loads some when it first needs them: the limited process can open no file."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if "__main__" not in module.name:
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    av.logging.set_level(None)


def probe(descriptor: int, kind: str) -> dict[str, Any]:
    """What the headers of a video say. Raises BadPicture: `damaged`, `too-costly`, or `no-picture` for a file with sound alone."""
    file = _File(descriptor)
    boxes = dict(_boxes(file, 0, file.size)) if kind != "WebM" else {}
    if kind != "WebM" and (b"moov" not in boxes or any(end > file.size for _start, end in boxes.values())):
        raise BadPicture("damaged")
    try:
        with av.open(file, "r", format=_DEMUXERS[kind], options=_OPTIONS, metadata_errors="ignore") as container:
            return _describe(container, file, boxes)
    except BadPicture:
        raise
    except MemoryError:
        raise BadPicture("too-costly") from None
    except Exception as error:
        raise BadPicture("damaged") from error


def _describe(container: Any, file: _File, boxes: dict[bytes, tuple[int, int]]) -> dict[str, Any]:
    if not container.streams:
        raise BadPicture("damaged")
    # A cover picture is a track too, and no moving one.
    videos = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not videos:
        raise BadPicture("no-picture")
    video, sounds = videos[0], container.streams.audio
    if len(container.streams) > MAX_STREAMS:
        raise BadPicture("too-costly")
    context = video.codec_context
    width, height = context.width, context.height
    last = _last_packets(container)
    if width <= 0 or height <= 0 or any(end > file.size for _seconds, end in last):
        raise BadPicture("damaged")
    if video.sample_aspect_ratio:
        width = max(1, round(width * float(video.sample_aspect_ratio)))
    rotation = _rotation(file, boxes)
    rate = video.average_rate or video.guessed_rate
    seconds = max((*_claimed_seconds(container), *(seconds for seconds, _end in last)), default=0.0)
    return {
        "width": height if rotation in (90, 270) else width,
        "height": width if rotation in (90, 270) else height,
        "seconds": round(min(seconds, MAX_SECONDS), 3),
        "frame_rate": round(float(rate), 3) if rate else 0.0,
        "frames": int(video.frames or 0),
        "codec": context.name.removeprefix("lib"),
        "pixels": context.pix_fmt or "",
        "sound": sounds[0].codec_context.name if sounds else "",
        "rotation": rotation,
        "index_first": not boxes or _comes_first(boxes, b"moov", b"mdat"),
    }


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & stream.disposition.__class__.attached_pic)


def _claimed_seconds(container: Any) -> Iterator[float]:
    """What the file and each of its tracks say of their own duration."""
    if container.duration:
        yield _finite(container.duration / av.time_base)
    for stream in container.streams:
        if stream.duration and stream.time_base:
            yield _finite(float(stream.duration * stream.time_base))


def _last_packets(container: Any) -> list[tuple[float, int]]:
    """When the last piece of each track is shown, and where it ends in the file, by the file's own index: what a header claims may differ."""
    found = []
    for stream in container.streams:
        entries = stream.index_entries
        if len(entries) and stream.time_base:
            last = entries[len(entries) - 1]
            found.append((_finite(float(last.timestamp * stream.time_base)), last.pos + last.size))
    return found


def _finite(seconds: float) -> float:
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def _boxes(file: _File, start: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The boxes of an MP4 or QuickTime file between two offsets: name, and where its content begins and ends. ISO/IEC 14496-12, 4.2."""
    at = start
    for _number in range(_MAX_BOXES):
        head = file.at(at, 16)
        if at + 8 > end or len(head) < 8:
            return
        size, name, content = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), at + 16
        after = at + size if size else end
        if after <= at or after < content:
            return
        yield name, (content, after)
        at = after


def _comes_first(boxes: dict[bytes, tuple[int, int]], first: bytes, second: bytes) -> bool:
    return second not in boxes or (first in boxes and boxes[first] < boxes[second])


def _rotation(file: _File, boxes: dict[bytes, tuple[int, int]]) -> int:
    """Degrees by which players turn the picture, from the matrix of its track: 0, 90, 180 or 270. ISO/IEC 14496-12, 8.3.2."""
    for name, (start, end) in _boxes(file, *boxes.get(b"moov", (0, 0))):
        track = dict(_boxes(file, start, end)) if name == b"trak" else {}
        if b"tkhd" not in track:
            continue
        header = file.at(track[b"tkhd"][0], 96)
        matrix = 52 if header[:1] == b"\1" else 40
        if not int.from_bytes(header[matrix + 36 : matrix + 40], "big"):
            # A track without a width is no picture.
            continue
        a, b = (int.from_bytes(header[matrix + place : matrix + place + 4], "big", signed=True) for place in (0, 4))
        return round(math.degrees(math.atan2(b, a)) / 90) * 90 % 360
    return 0
