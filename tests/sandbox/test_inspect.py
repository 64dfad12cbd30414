"""Inspection of media files in the sandbox: types, sizes, metadata, and the problems that are refused within the limits."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

import documents
import pictures
from marronnier import sandbox
from marronnier.sandbox import worker, worker_process

ENDINGS = (".jpg", ".png", ".gif", ".webp")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_picture_is_what_it_is(ending: str) -> None:
    data = pictures.picture(ending)
    looked = sandbox.inspect(data, f"jardin{ending}")
    assert (looked.category, looked.width, looked.height, looked.frames, looked.size) == ("image", 64, 48, 1, len(data))
    assert (looked.carries, looked.problem) == ((), "")


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_frames_are_counted(ending: str) -> None:
    assert sandbox.inspect(pictures.moving(ending, 5), f"a{ending}").frames == 5


def test_a_picture_held_sideways_has_the_sides_people_see() -> None:
    made = io.BytesIO()
    pictures.drawn(64, 48).save(made, "JPEG", exif=pictures.exif(orientation=6))
    looked = sandbox.inspect(made.getvalue(), "a.jpg")
    assert (looked.width, looked.height) == (48, 64)


@pytest.mark.parametrize(
    ("ending", "carries"),
    [
        (".jpg", {"exif", "gps", "xmp", "iptc", "icc", "text", "c2pa", "pictures", "after"}),
        (".png", {"exif", "gps", "xmp", "icc", "text", "c2pa", "after"}),
        (".gif", {"gps", "xmp", "text", "after"}),
        (".webp", {"exif", "gps", "xmp", "icc", "c2pa", "after"}),
    ],
)
def test_c15_all_metadata_of_a_picture_is_named(ending: str, carries: set[str]) -> None:
    looked = sandbox.inspect(pictures.loaded(ending), f"a{ending}")
    assert set(looked.carries) == carries
    assert looked.problem == ""


def test_c15_a_camera_without_gps_reports_no_place() -> None:
    made = io.BytesIO()
    exif = pictures.exif(place=False)
    exif.get_ifd(0x8825)[0] = b"\2\3\0\0"
    pictures.drawn().save(made, "JPEG", exif=exif)
    assert sandbox.inspect(made.getvalue(), "a.jpg").carries == ("exif",)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_c14_a_truncated_picture_is_damaged(ending: str, cut: float) -> None:
    made = io.BytesIO()
    noise = Image.effect_noise((200, 150), 90).convert("RGB")
    noise.save(made, pictures.FORMATS[ending])
    data = made.getvalue()
    assert sandbox.inspect(data, f"a{ending}").problem == ""
    assert sandbox.inspect(data[: int(len(data) * cut)], f"a{ending}").problem == "damaged"
    with pytest.raises(sandbox.Unsafe, match="incomplete"):
        sandbox.clean(data[: int(len(data) * cut)])


@pytest.mark.parametrize(
    ("data", "name", "wrong"),
    [
        (pictures.picture(".png"), "a.jpg", "misnamed"),
        (pictures.picture(".jpg"), "a", "misnamed"),
        (pictures.picture(".jpg"), "A.JPEG", ""),
        (b"", "a.jpg", "unknown-kind"),
        (b"(a picture)", "a.jpg", "unknown-kind"),
        (b"#!/bin/sh\nrm -rf /\n", "a.png", "unknown-kind"),
        (b"MZ\x90\0", "a.gif", "unknown-kind"),
        (documents.document(), "a.pdf", ""),
        (documents.document(), "a.jpg", "misnamed"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a.heic", "other-kind"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "a.avif", "damaged"),
        (b"PK\3\4", "a.jpg", "other-kind"),
        (b"\xff\xd8\xff", "a.jpg", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "damaged"),
        (b"GIF89a", "a.gif", "damaged"),
        (b"RIFF\0\0\0\0WEBP", "a.webp", "damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>", "a.svg", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "drawing-acts"),
        (b"<?xml version='1.0'?><svg><script>alert(1)</script></svg>", "a.svg", "drawing-acts"),
        (b"<svg><script>alert(1)</script></svg>", "a.png", "drawing-acts"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "a.mp4", "damaged"),
        (b"\0\0\0\x20ftypM4A \0\0\2\0", "a.m4a", ""),
        (b"\0\0\0\x20ftypM4A \0\0\2\0", "a.jpg", "misnamed"),
        (b"OggS\0", "a.ogg", ""),
        (b"ID3\4", "a.mp3", ""),
    ],
)
def test_c14_a_file_type_is_detected_by_its_bytes(data: bytes, name: str, wrong: str) -> None:
    looked = sandbox.inspect(data, name)
    assert looked.problem == wrong
    assert not wrong or sandbox.describe_problem(looked.problem)


def test_a_video_that_tells_where_it_was_filmed_is_told() -> None:
    film = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41\0\0\0\x30moov\0\0\0\x28udta\0\0\0\x20\xa9xyz\0\x12\x15\xc7+50.8467+004.3525/"
    assert sandbox.inspect(film, "a.mp4").carries == ("gps",)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (b"<x:xmpmeta><exif:GPSLatitude>50,50.8N</exif:GPSLatitude></x:xmpmeta>", True),
        (b"\0\0\0\x24hdlr\0\0\0\0\0\0\0\0meta GoPro MET \0 DEVC STRM GPS5l\x14\0\x11", True),
        (b"\0\0\0\x24hdlr\0\0\0\0\0\0\0\0meta GoPro MET \0 DEVC STRM ACCL", False),
        (b"\x12\xa9xyz\x81\x07\xf0\x44\x9a\xee\x01\x8b\x3c\xd2\x5f\x90", False),
        (b"noise GPS5 noise", False),
    ],
)
def test_a_place_is_told_wherever_a_camera_writes_it_and_not_where_pictures_look_like_it(held: bytes, told: bool) -> None:
    film = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41\0\0\0\x08moov" + (len(held) + 8).to_bytes(4, "big") + b"mdat" + held
    assert ("gps" in sandbox.inspect(film, "a.mp4").carries) is told


BOMBS = {
    "png_of_four_billion_pixels": (pictures.png(65_535, 65_535), "too-many-pixels"),
    "png_just_too_large": (pictures.png(8192, 6145), "too-many-pixels"),
    "png_without_any": (pictures.png(0, 10), "damaged"),
    "png_that_holds_more_than_it_says": (pictures.png(10, 10, rows=b"\0" * 3_000_000), ""),
    "png_text_that_unfolds": (
        pictures.png(1, 1, pictures.chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 50_000_000)), rows=b"\0\1\2\3"), "damaged",
    ),
    "png_of_a_million_chunks": (pictures.png(1, 1, pictures.chunk(b"teXt", b"") * 300_000), "too-costly"),
    "gif_of_ten_thousand_frames": (
        b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + b"\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0" * 10_000 + b";", "too-many-frames",
    ),
    "gif_of_a_large_canvas": (b"GIF89a\xff\xff\xff\xff\0\0\0" + b"\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0;", "too-many-pixels"),
    "gif_of_a_million_comments": (b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\1a\0" * 1_000_000 + b";", "too-costly"),
    "webp_of_a_large_canvas": (
        b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\x3f\0" * 2, "too-many-pixels",
    ),
    "jpeg_of_a_thousand_scans": (b"\xff\xd8" + b"\xff\xc2\0\x0b\x08\x13\x88\x13\x88\1\1\x11\0" + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 1_000 + b"\xff\xd9",
                                 "too-costly"),
    "jpeg_of_fill_bytes": (b"\xff\xd8" + b"\xff" * 3_000_000, "damaged"),
    "jpeg_of_a_million_segments": (b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000 + b"\xff\xd9", "too-costly"),
    "jpeg_too_large": (b"\xff\xd8" + b"\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0" + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\xff\xd9", "too-many-pixels"),
    "heavy": (b"\xff\xd8\xff" + b"\0" * sandbox.MAX_BYTES, "too-heavy"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_c14_bombs_are_refused_before_they_are_opened(bomb: str) -> None:
    data, wrong = BOMBS[bomb]
    ending = f".{bomb[:4].rstrip('_')}" if not bomb.startswith(("jpeg", "heavy")) else ".jpg"
    assert sandbox.inspect(data, f"a{ending}").problem == wrong
    if len(data) <= sandbox.MAX_BYTES:
        answer, _made = worker_process.ask_worker("inspect", data)
        seconds, kilobytes = answer["used"]
        assert seconds < 1
        assert kilobytes < 256 * 1024


def test_c14_the_largest_photograph_fits_within_the_memory_of_a_refusal() -> None:
    made = io.BytesIO()
    Image.new("RGB", (8192, 6144), (90, 120, 40)).save(made, "PNG", compress_level=1)
    answer, _made = worker_process.ask_worker("inspect", made.getvalue())
    assert (answer.get("problem"), answer["width"], answer["height"]) == (None, 8192, 6144)
    assert answer["used"][1] < 256 * 1024


def test_a_polyglot_is_the_picture_it_begins_as() -> None:
    data = pictures.picture(".jpg") + b"PK\3\4 and a page <script>alert(1)</script>"
    assert sandbox.inspect(data, "a.jpg").carries == ("after",)
    assert b"script" not in sandbox.clean(data).data


def test_the_child_is_kept_and_started_again_when_it_dies() -> None:
    sandbox.inspect(pictures.picture(), "a.jpg")
    first = worker_process._running_worker()
    sandbox.inspect(pictures.picture(".png"), "a.png")
    assert worker_process._running_worker() is first
    first.kill()
    assert sandbox.inspect(pictures.picture(), "a.jpg").problem == ""
    assert worker_process._running_worker() is not first


def limited(program: str) -> str:
    """The output of a program that runs with the limits of the process that opens pictures."""
    begun = "import os, sys, socket, subprocess\nfrom marronnier.sandbox import worker\n"
    code = f"{begun}worker.set_process_limits(worker.MEMORY['inspect'], 1)\ntry:\n    {program}\n    os.write(1, b'did it')\nexcept BaseException as error:\n    os.write(1, type(error).__name__.encode())\n"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="macOS takes some of these limits only")
@pytest.mark.parametrize(
    "program",
    [
        "open('/etc/passwd')",
        f"open({str(Path(__file__))!r})",
        "open('/tmp/left-behind', 'w')",
        "socket.socket()",
        "bytearray(400 << 20)",
        "subprocess.run(['true'])",
        "os.pipe()",
        "any(iter(int, 1))",
    ],
)
def test_nothing_but_work_is_left_to_a_picture(program: str) -> None:
    assert limited("sum(range(10))") == "did it"
    assert "did it" not in limited(program)


def test_the_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTODON_TOKEN", "hush")
    monkeypatch.setenv("HTTPS_PROXY", "hush")
    worker_process._stop_worker()
    sandbox.inspect(pictures.picture(), "a.jpg")
    held = Path(f"/proc/{worker_process._running_worker().pid}")
    if held.exists():
        assert b"hush" not in (held / "environ").read_bytes()
        opened = [str(one.readlink()) for one in (held / "fd").iterdir()]
        assert all(where.startswith("pipe:") or where == "/dev/null" for where in opened), opened


def test_a_process_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TIMEOUT", 0.2)
    monkeypatch.setattr(worker, "open_picture", lambda ask, data: time.sleep(30))
    began = time.monotonic()
    answer, _made = worker.open_picture_in_subprocess({"act": "inspect"}, b"")
    assert answer["problem"] == "too-costly"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("end", ["os.abort()", "os._exit(3)", "os.kill(os.getpid(), 11)", "bytearray(1 << 40)", "1 / 0"])
def test_a_process_that_dies_is_told(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "open_picture", lambda ask, data: exec(end))
    answer, _made = worker.open_picture_in_subprocess({"act": "inspect"}, b"")
    assert answer["problem"] == "too-costly"
