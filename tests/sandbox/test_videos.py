"""Videos in the sandbox: what their headers say, liars, bombs and broken files. Nothing is ever decoded here, and nothing hangs."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import videos
from marronnier import sandbox
from marronnier.sandbox import worker_process
from videos import patched, video


def test_the_headers_of_a_video_are_read() -> None:
    looked = sandbox.inspect(video(96, 64), "a.mp4")
    assert (looked.category, looked.format, looked.width, looked.height, looked.problem) == ("video", "MP4", 96, 64, "")
    assert looked.video is not None
    assert (looked.video.seconds, looked.video.frame_rate, looked.video.frames) == (1.0, 24.0, 24)
    assert (looked.video.codec, looked.video.sound, looked.video.pixels, looked.video.index_first) == ("h264", "aac", "yuv420p", False)
    fast = sandbox.inspect(video(faststart=True, sound=False), "a.mp4").video
    assert fast is not None and fast.index_first and not fast.sound


@pytest.mark.parametrize(
    ("ending", "codec", "named"), [(".webm", "libvpx-vp9", ("WebM", "vp9", "opus")), (".mov", "mpeg4", ("QuickTime", "mpeg4", "aac"))]
)
def test_other_formats_are_read_too(ending: str, codec: str, named: tuple[str, str, str]) -> None:
    looked = sandbox.inspect(video(codec=codec, ending=ending), f"a{ending}")
    assert looked.video is not None
    assert (looked.format, looked.video.codec, looked.video.sound) == named


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_video_is_measured_upright(degrees: int) -> None:
    looked = sandbox.inspect(video(96, 64, turned=degrees), "a.mp4")
    assert looked.video is not None
    assert looked.video.rotation == degrees
    assert (looked.width, looked.height) == ((64, 96) if degrees in (90, 270) else (96, 64))


@pytest.mark.parametrize("cut", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("ending", [".mp4", ".webm"])
@pytest.mark.parametrize("faststart", [False, True])
def test_a_video_that_was_cut_off_is_damaged_or_told_as_shorter(cut: float, ending: str, faststart: bool) -> None:
    data = video(codec="libvpx-vp9" if ending == ".webm" else "libx264", ending=ending, faststart=faststart and ending == ".mp4")
    looked = sandbox.inspect(data[: max(40, int(len(data) * cut))], f"a{ending}")
    # A WebM has no index that tells where it ends.
    assert looked.problem == "damaged" or ending == ".webm"


def test_a_video_that_says_it_is_short_is_told_by_its_index() -> None:
    honest = video(seconds=2, sound=False)
    liar = patched(honest, b"mvhd", 4 + 8 + 4, struct.pack(">I", 1))
    liar = patched(liar, b"mdhd", 4 + 8 + 4, struct.pack(">I", 1))
    looked = sandbox.inspect(liar, "a.mp4")
    assert looked.video is not None and looked.video.seconds > 1.8


def test_a_video_that_says_it_lasts_for_years_does_no_harm() -> None:
    looked = sandbox.inspect(patched(video(), b"mvhd", 4 + 8 + 4, b"\xff" * 4), "a.mp4")
    assert looked.video is not None and 0.9 < looked.video.seconds <= 1_000_000


def bomb_of_pixels() -> bytes:
    """60,000 pixels wide and high, says the description of its samples."""
    data = video(sound=False)
    at = data.rindex(b"avc1") + 28
    return data[:at] + struct.pack(">HH", 60_000, 60_000) + data[at + 4 :]


def bomb_of_streams(count: int) -> bytes:
    """A file with the same track so many times."""
    data = video(sound=False)
    start = data.index(b"trak") - 4
    size = struct.unpack(">I", data[start : start + 4])[0]
    moov = data.index(b"moov") - 4
    moov_size = struct.unpack(">I", data[moov : moov + 4])[0]
    more = data[start : start + size] * (count - 1)
    return data[:moov] + struct.pack(">I", moov_size + len(more)) + data[moov + 4 : start + size] + more + data[start + size :]


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def nested(depth: int) -> bytes:
    content = b""
    for _level in range(depth):
        content = box(b"udta", content)
    return box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", content)


BOMBS = {
    "pixels": bomb_of_pixels(),
    "streams": bomb_of_streams(10_000),
    "nested": nested(20_000),
    "samples": patched(video(sound=False), b"stsz", 4, struct.pack(">II", 1, 0xFFFFFFF)),
    "samples_by_time": patched(video(sound=False), b"stts", 4, struct.pack(">III", 1, 0xFFFFFFFF, 1)),
    "no_end": box(b"ftyp", b"isom\0\0\2\0isom") + b"\0\0\0\0moov" + bytes(100),
    "backwards": box(b"ftyp", b"isom\0\0\2\0isom") + b"\0\0\0\1moov" + b"\xff" * 8,
    "zeros": box(b"ftyp", b"isom\0\0\2\0isom") + bytes(1 << 20),
    "webm_of_zeros": b"\x1aE\xdf\xa3" + bytes(1 << 20),
    "webm_of_ones": b"\x1aE\xdf\xa3" + b"\xff" * (1 << 20),
    "empty": box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_told_within_a_second_and_little_memory(bomb: str, tmp_path: Path) -> None:
    data, ending = BOMBS[bomb], ".webm" if bomb.startswith("webm") else ".mp4"
    file = tmp_path / f"a{ending}"
    file.write_bytes(data)
    sandbox.inspect(video(), "warm.mp4")
    began = time.monotonic()
    answer, _made = worker_process.ask_worker("probe", b"", path=str(file), kind="WebM" if ending == ".webm" else "MP4")
    assert time.monotonic() - began < 20
    assert answer["used"][0] < 5.5 and answer["used"][1] < 400 * 1024
    looked = sandbox.inspect_file(file, file.name)
    assert looked.problem or (looked.video is not None and looked.width > 0)
    assert not looked.problem or sandbox.describe_problem(looked.problem)


def test_streams_without_number_are_refused() -> None:
    assert sandbox.inspect(BOMBS["streams"], "a.mp4").problem in ("too-costly", "damaged")


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_video_with_any_bytes_changed_is_read_or_told_as_damaged(data: st.DataObject) -> None:
    ending = data.draw(st.sampled_from([".mp4", ".webm"]))
    file = bytearray(video(codec="libvpx-vp9" if ending == ".webm" else "libx264", ending=ending))
    for _change in range(data.draw(st.integers(1, 20))):
        file[data.draw(st.integers(12, len(file) - 1))] = data.draw(st.integers(0, 255))
    looked = sandbox.inspect(bytes(file), f"a{ending}")
    assert looked.problem or (looked.video is not None and 0 <= looked.video.seconds <= 10_000_000 and looked.width > 0)


def test_what_is_no_video_is_not_opened_as_one(tmp_path: Path) -> None:
    """FFmpeg would read a playlist, and with it any file that it names."""
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n"
    assert sandbox.inspect(playlist, "a.mp4").problem == "unknown-kind"
    disguised = box(b"ftyp", b"isom\0\0\2\0isom") + playlist
    assert sandbox.inspect(disguised, "a.mp4").problem == "damaged"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.mp4").write_bytes(video())
    (tmp_path / "a.mp4").symlink_to(tmp_path / "real.mp4")
    answer, _made = worker_process.ask_worker("probe", b"", path=str(tmp_path / "a.mp4"), kind="MP4")
    assert answer["problem"] == "damaged"


def test_the_same_video_says_the_same(tmp_path: Path) -> None:
    with videos.opened(video()) as file:
        assert sandbox.inspect_file(Path(file.name), "a.mp4") == sandbox.inspect(video(), "a.mp4")
