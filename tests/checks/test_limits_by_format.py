"""A format may have limits of its own for pictures and videos: each finding stands on the line of the file, for the channel that lacks it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pictures
import videos
from checks.rule_pages import build, check
from marronnier import networks, sandbox
from marronnier.checks.video_faults import ffmpeg_line, video_faults
from marronnier.networks.kit.facts import VideoLimits

POST = "content/posts/2026/12/a.md"
CHANNELS = """\
channels:
  photos: {network: instagram, account: "@jardin", public_media: true}
  page: {network: facebook, account: jardin}
  film: {network: handoff.youtube, account: "@jardin"}
"""
BRAND = "name: Le Feuillage\nsite_url: https://feuillage.example.org/\n"


def found(folder: Path, front: str, name: str, data: bytes) -> list[tuple[int, str, str, str]]:
    """Line, level, rule and sentence of each finding about a file."""
    root = build(folder, {"brand/brand.yml": BRAND, "brand/channels.yml": CHANNELS})
    post = root / POST
    post.parent.mkdir(parents=True)
    post.write_text(f"---\ntitle: A\ndate: 2026-12-05 10:00\nmedia:\n  - {{src: {name}, alt: La serre}}\n{front}---\n")
    (post.parent / name).write_bytes(data)
    read = json.loads(check(root, "--format", "json").stdout)
    return [
        (one["line"], one["level"], one["rule"], f"{one['message']}; {one['expected']}; {one['next']}")
        for one in read
        if one["rule"] in ("unfit-picture", "unfit-video")
    ]


def test_a_tall_picture_is_for_a_story_only(tmp_path: Path) -> None:
    tall = pictures.picture(".jpg", 90, 160)
    assert found(tmp_path / "story", "channels: [photos]\nformat: story\n", "a.jpg", tall) == []
    ((line, level, rule, said),) = found(tmp_path / "post", "channels: [photos]\n", "a.jpg", tall)
    assert (line, level, rule) == (5, "error", "unfit-picture")
    assert said.startswith("`a.jpg` has 90 × 160 pixels, a ratio that `photos` does not take; a width of 0.8 to 1.91 times the height")
    own = "channels: [photos]\nformat: story\nfor:\n  photos: {format: post}\n"
    assert [rule for _line, _level, rule, _said in found(tmp_path / "own", own, "a.jpg", tall)] == ["unfit-picture"]
    assert found(tmp_path / "exact", "channels: [photos]\n", "a.jpg", pictures.picture(".jpg", 108, 135)) == []


def test_a_reel_on_facebook_is_upright_and_a_video_need_not_be(tmp_path: Path) -> None:
    wide = videos.video(96, 64, seconds=4)
    assert found(tmp_path / "post", "channels: [page]\n", "a.mp4", wide) == []
    told = found(tmp_path / "reel", "channels: [page]\nformat: reel\n", "a.mp4", wide)
    assert {(line, level, rule) for line, level, rule, _said in told} == {(5, "error", "unfit-video")}
    ratio, side = sorted((said for *_rest, said in told), key=len, reverse=True)
    assert "it has 96 × 64 pixels; a ratio from 9:16 to 9:16; run `ffmpeg -i a.mp4 -vf " in ratio
    assert "at least 540 pixels on its shorter side; take another one, or write another one under `for: {page: {media: […]}}`" in side


def test_a_short_is_square_or_taller(tmp_path: Path) -> None:
    (said,) = (said for *_rest, said in found(tmp_path / "wide", "channels: [film]\nformat: short\n", "a.mp4", videos.video(96, 64)))
    assert "it has 96 × 64 pixels; a ratio of at most 1:1; run `ffmpeg -i a.mp4 -vf pad=96:96:(ow-iw)/2:(oh-ih)/2" in said.replace("'", "")
    assert found(tmp_path / "tall", "channels: [film]\nformat: short\n", "a.mp4", videos.video(64, 96)) == []
    assert found(tmp_path / "post", "channels: [film]\n", "a.mp4", videos.video(96, 64)) == []


@pytest.mark.parametrize(("format", "most"), [("story", 60), ("reel", 900), ("post", 900)])
def test_how_long_a_video_on_instagram_may_last(format: str, most: int) -> None:
    limits = networks.get("instagram").FACTS.video_of(format)
    assert isinstance(limits, VideoLimits) and limits.longest is not None and limits.longest.value == most
    info = sandbox.inspect(videos.video(64, 96, seconds=4, rate=1), "a.mp4")
    read = [(fault.read, fault.expected) for fault in video_faults(info, limits)]
    assert read == [("it has 1 pictures a second", "at least 23 pictures a second")]
    assert "-vf fps=23 " in ffmpeg_line("a.mp4", info, [limits])


def test_a_page_tells_the_limits_of_each_format() -> None:
    page, _lang = networks.page("instagram")
    assert "| Longest video | 900 seconds |" in page and "| Longest video (story) | 60 seconds |" in page
    assert (
        "| Pictures | JPEG; at most 8.39 MB; a ratio from 0.8:1 to 1.91:1 |" in page
        and "| Pictures (story) | JPEG; at most 8.39 MB |" in page
    )
    assert "| Size of a video (reel)" not in page
    page, _lang = networks.page("facebook")
    assert (
        "| Shorter side of a video, at least (reel) | 540 pixels |" in page
        and "| Width to height of a video (reel) | 9:16 to 9:16 |" in page
    )
    table = networks.comparison().splitlines()
    assert any(line.startswith("| Facebook |") and "✓, 90 s" in line for line in table)
    names = {name for name, _known in networks.get("facebook").FACTS.sourced()}
    assert {"video.longest", "video.reel.longest"} & names == {"video.reel.longest"}
