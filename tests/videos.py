"""Videos for the tests: a second or two of a few pixels, made here with FFmpeg's libraries."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO

import av


@cache
def video(
    width: int = 64,
    height: int = 64,
    *,
    seconds: float = 1,
    rate: int = 24,
    sound: bool = True,
    codec: str = "libx264",
    ending: str = ".mp4",
    turned: int = 0,
    faststart: bool = False,
) -> bytes:
    """A video, grey as its time passes; `turned`: degrees by which players turn it."""
    with tempfile.NamedTemporaryFile(suffix=ending) as file:
        options = {"movflags": "faststart"} if faststart else {}
        with av.open(file.name, "w", format=ending[1:], options=options) as container:
            shown = container.add_stream(codec, rate=rate)
            shown.width, shown.height, shown.pix_fmt = width, height, "yuv420p"
            if turned:
                shown.set_display_rotation(-turned)
            heard = container.add_stream("libopus" if ending == ".webm" else "aac", rate=48_000) if sound else None
            for number in range(max(1, int(seconds * rate))):
                frame = av.VideoFrame(width, height, "yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, rate)
                for plane in frame.planes:
                    plane.update(bytes([number * 5 % 256]) * plane.buffer_size)
                container.mux(shown.encode(frame))
            container.mux(shown.encode(None))
            if heard is not None:
                for number in range(int(seconds * 48_000 / 1024)):
                    sample = av.AudioFrame(format="fltp", layout="mono", samples=1024)
                    sample.sample_rate, sample.pts = 48_000, number * 1024
                    sample.planes[0].update(bytes(sample.planes[0].buffer_size))
                    container.mux(heard.encode(sample))
                container.mux(heard.encode(None))
        return Path(file.name).read_bytes()


def patched(data: bytes, mark: bytes, offset: int, new: bytes) -> bytes:
    """The file with other bytes that far behind the first such mark: what a liar writes."""
    at = data.index(mark) + len(mark) + offset
    return data[:at] + new + data[at + len(new) :]


CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:00.900\nOn ouvre le jardin.\n"


@contextmanager
def opened(data: bytes) -> Iterator[IO[bytes]]:
    """The bytes as a file on the disk."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(data)
        file.flush()
        file.seek(0)
        yield file
