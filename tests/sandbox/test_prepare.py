"""Pictures prepared within a network's limits: the same bytes each time, never cropped, never enlarged, and within every bound."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, features

import pictures
from marronnier import sandbox
from marronnier.model.picture_limits import PICTURE_FORMATS, PictureLimits, loses_motion, misfit
from marronnier.networks import bluesky, mastodon

MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WebP": "image/webp"}


def made(kind: str, width: int, height: int, *, mode: str = "RGB", orientation: int = 1, frames: int = 1) -> bytes:
    file = io.BytesIO()
    image = pictures.drawn(width, height, mode)
    exif = pictures.exif(orientation=orientation) if kind in ("JPEG", "PNG", "WEBP") else None
    options = {"exif": exif} if exif is not None else {}
    more = {"save_all": True, "append_images": [pictures.drawn(width, height).rotate(90 * number) for number in range(1, frames)]}
    image.save(file, kind, **options, **(more if frames > 1 else {}))
    return file.getvalue()


pictures_given = st.builds(
    lambda kind, width, height, orientation, alpha: made(
        kind, width, height, mode="RGBA" if alpha and kind in ("PNG", "WEBP") else "RGB", orientation=orientation
    ),
    st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]),
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from([1, 3, 6, 8]),
    st.booleans(),
)
limits_given = st.builds(
    PictureLimits,
    formats=st.lists(st.sampled_from(PICTURE_FORMATS), min_size=1, unique=True).filter(lambda names: names != ["GIF"]).map(tuple),
    max_bytes=st.none() | st.integers(600, 20_000),
    max_side=st.none() | st.integers(16, 300),
    min_side=st.integers(1, 40),
    ratio=st.none() | st.just((0.8, 1.91)),
    animated=st.booleans(),
)


@given(pictures_given, limits_given)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_prepared_is_within_every_limit_and_always_the_same(data: bytes, limits: PictureLimits) -> None:
    looked = sandbox.inspect(data, "a")
    problem = misfit(limits, looked.width, looked.height)
    try:
        prepared = sandbox.prepare(data, limits)
    except sandbox.Unsafe as unsafe:
        assert unsafe.problem == problem or (unsafe.problem == "too-heavy" and limits.max_bytes)
        return
    assert not problem
    assert sandbox.prepare(data, limits) == prepared
    assert prepared.sha256 == hashlib.sha256(prepared.data).hexdigest()
    assert prepared.mime in [MIMES[name] for name in limits.formats]
    assert limits.max_bytes is None or len(prepared.data) <= limits.max_bytes
    assert limits.max_side is None or max(prepared.width, prepared.height) <= limits.max_side
    assert prepared.width <= looked.width and prepared.height <= looked.height
    assert min(prepared.width, prepared.height) >= min(limits.min_side, looked.width, looked.height)
    with Image.open(io.BytesIO(prepared.data)) as opened:
        assert opened.size == (prepared.width, prepared.height) and not opened.getexif()


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_a_network_of_jpegs_gets_jpegs(kind: str) -> None:
    mode = "RGBA" if kind != "GIF" else "RGB"
    prepared = sandbox.prepare(made(kind, 60, 40, mode=mode), PictureLimits(formats=("JPEG",)))
    assert prepared.mime == "image/jpeg" and (prepared.width, prepared.height) == (60, 40)


def test_what_shone_through_is_white_in_a_jpeg() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(file, "PNG")
    prepared = sandbox.prepare(file.getvalue(), PictureLimits(formats=("JPEG",)))
    with Image.open(io.BytesIO(prepared.data)) as opened:
        assert min(opened.convert("RGB").getpixel((20, 20))) > 250  # type: ignore[type-var]


def test_a_network_without_png_keeps_transparency_as_webp() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (200, 0, 0, 90)).save(file, "PNG")
    assert sandbox.prepare(file.getvalue(), PictureLimits(formats=("JPEG", "WebP"))).mime == "image/webp"


def test_a_gif_stays_animated_where_it_may() -> None:
    moving = pictures.moving(".gif", 4)
    for limits, frames in ((mastodon.FACTS.pictures, 4), (bluesky.FACTS.pictures, 1), (PictureLimits(formats=("JPEG", "PNG")), 1)):
        with Image.open(io.BytesIO(sandbox.prepare(moving, limits).data)) as opened:
            assert getattr(opened, "n_frames", 1) == frames
        assert loses_motion(limits, "GIF", 4) == (frames == 1)


def test_an_animation_too_large_for_mastodon_is_scaled_down() -> None:
    file = io.BytesIO()
    shots = [Image.new("P", (1600, 900), number) for number in range(3)]
    shots[0].save(file, "GIF", save_all=True, append_images=shots[1:])
    prepared = sandbox.prepare(file.getvalue(), mastodon.FACTS.pictures)
    assert prepared.width * prepared.height <= 1280 * 720 and abs(prepared.width / prepared.height - 16 / 9) < 0.01


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_is_read_measured_and_bounded() -> None:
    data = made("AVIF", 90, 60)
    looked = sandbox.inspect(data, "a.avif")
    assert (looked.format, looked.width, looked.height, looked.problem) == ("AVIF", 90, 60, "")
    assert sandbox.inspect(data[: len(data) // 2], "a.avif").problem in ("damaged", "too-costly")
    at = data.index(b"ispe") + 8
    bomb = data[:at] + (100_000).to_bytes(4, "big") * 2 + data[at + 8 :]
    assert sandbox.inspect(bomb, "a.avif").problem == "too-many-pixels"
