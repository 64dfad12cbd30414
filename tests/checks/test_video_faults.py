"""Videos beside what networks take, and the FFmpeg command that would make them fit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import videos
from marronnier import sandbox
from marronnier.checks.video_faults import ffmpeg_line, video_faults
from marronnier.networks import bluesky, mastodon
from marronnier.networks.kit.facts import Fact, Lacks, OneOf, Ratios, VideoLimits

HERE = {"source": "https://example.org", "seen": "2026-11-28"}


def limits(**more: object) -> VideoLimits:
    names = {"containers": OneOf(("mp4",), **HERE), "codecs": OneOf(("h264",), **HERE), "captions": Lacks("none")}
    return VideoLimits(**{**names, **more})  # type: ignore[arg-type]


NARROW = limits(
    audio_codecs=OneOf(("aac",), **HERE),
    size=Fact(2500, **HERE, unit="bytes"),
    longest=Fact(1, **HERE, unit="seconds"),
    ratio=Ratios((4, 5), (1, 1), **HERE),
    side=Fact(48, **HERE, unit="pixels"),
    rate=Fact(20, **HERE),
    area=Fact(2000, **HERE),
    frames=Fact(10, **HERE),
)
WIDE = videos.video(96, 64, seconds=2, codec="libvpx-vp9", ending=".webm")


def test_every_limit_is_compared() -> None:
    info = sandbox.inspect(WIDE, "a.webm")
    read = {(fault.read, fault.expected) for fault in video_faults(info, NARROW)}
    assert read == {
        ("it is WebM", "mp4"),
        ("its picture is encoded as vp9", "h264"),
        ("its sound is encoded as opus", "aac"),
        ("it has 1 MB", "at most 0 MB"),
        ("it lasts 2 seconds", "at most 1 seconds"),
        ("it has 96 × 64 pixels", "at most 48 pixels on its longer side"),
        ("it has 96 × 64 pixels", "at most 2000 pixels in all"),
        ("it has 24 pictures a second", "at most 20 pictures a second"),
        ("it has 48 pictures in all", "at most 10 pictures in all"),
        ("it has 96 × 64 pixels", "a ratio from 4:5 to 1:1"),
    }
    assert [fault.read for fault in video_faults(info, limits(shortest=Fact(3, **HERE)))][-1] == "it lasts 2 seconds"
    short = sandbox.inspect(videos.video(), "a.mp4")
    assert [fault.read for fault in video_faults(short, limits(shortest=Fact(3, **HERE)))][-1] == "it lasts 1 second"


def test_what_fits_has_no_fault() -> None:
    info = sandbox.inspect(videos.video(), "a.mp4")
    assert not list(video_faults(info, mastodon.FACTS.video)) and not list(video_faults(info, bluesky.FACTS.video))  # type: ignore[arg-type]


def test_the_command_names_what_is_changed_and_nothing_else() -> None:
    info = sandbox.inspect(videos.video(96, 64, codec="libvpx-vp9", ending=".webm", sound=False), "a.webm")
    assert ffmpeg_line("la neige.webm", info, [limits()]) == (
        "ffmpeg -i 'la neige.webm' -c:v libx264 -pix_fmt yuv420p -movflags +faststart 'la neige.mp4'"
    )
    assert ffmpeg_line("$(touch a).mp4", info, [limits()]).startswith("ffmpeg -i '$(touch a).mp4' ")


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("turned", [0, 90])
def test_the_command_makes_it_fit(tmp_path: Path, turned: int) -> None:
    asked = limits(ratio=Ratios((4, 5), (1, 1), **HERE), side=Fact(48, **HERE), rate=Fact(20, **HERE), longest=Fact(1, **HERE))
    for name, data in (("a.webm", WIDE), ("b.mp4", videos.video(96, 64, seconds=2, turned=turned))):
        (tmp_path / name).write_bytes(data)
        line = ffmpeg_line(name, sandbox.inspect(data, name), [asked, mastodon.FACTS.video])  # type: ignore[list-item]
        subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True, capture_output=True)
        made = tmp_path / line.rpartition(" ")[2]
        assert not list(video_faults(sandbox.inspect_file(made, made.name), asked))
