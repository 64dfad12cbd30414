"""Re-encoded pictures: they look the same, and hold no metadata."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

import pictures
from marronnier import sandbox

ENDINGS = (".jpg", ".png", ".gif", ".webp")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, from 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))).mean)


@pytest.mark.parametrize("ending", ENDINGS)
def test_c15_nothing_but_the_pixels_is_left(ending: str) -> None:
    data = pictures.loaded(ending)
    assert any(secret in data for secret in pictures.SECRETS)
    made = sandbox.clean(data)
    assert [secret for secret in pictures.SECRETS if secret in made.data] == []
    assert sandbox.inspect(made.data, f"a{ending}").carries == ()
    image = opened(made.data)
    assert dict(image.getexif()) == {}
    left = set(image.info) - {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "version",
        "background",
        "progressive",
        "progression",
        "loop",
        "duration",
        "timestamp",
    }
    assert left == set()
    assert made.data.count(b"\xff\xd8\xff") <= 1
    assert difference(image, opened(data)) < 6


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_picture_gives_the_same_bytes(ending: str) -> None:
    data = pictures.loaded(ending)
    assert sandbox.clean(data) == sandbox.clean(data)


def test_c15_metadata_does_not_change_the_encoded_bytes() -> None:
    made = io.BytesIO()
    pictures.drawn().save(made, "PNG")
    assert sandbox.clean(made.getvalue()).data == sandbox.clean(pictures.loaded(".png")).data


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp"])
def test_a_picture_is_set_upright(orientation: int, ending: str) -> None:
    upright = pictures.drawn(64, 48)
    turned = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    held = upright.transpose(Image.Transpose(turned[orientation])) if orientation > 1 else upright
    made = io.BytesIO()
    held.save(made, pictures.FORMATS[ending], exif=pictures.exif(orientation=orientation))
    cleaned = sandbox.clean(made.getvalue())
    assert (cleaned.width, cleaned.height) == (64, 48)
    assert difference(opened(cleaned.data), upright) < 8


def test_c15_colours_of_another_space_become_those_of_srgb() -> None:
    made = io.BytesIO()
    Image.new("RGB", (16, 16), (230, 10, 10)).save(made, "PNG", icc_profile=pictures.swapped())
    red, green, _blue = opened(sandbox.clean(made.getvalue()).data).convert("RGB").getpixel((8, 8))
    assert green > 200 > 60 > red


def test_print_colours_become_those_of_a_screen() -> None:
    made = io.BytesIO()
    pictures.drawn().convert("CMYK").save(made, "JPEG", quality=95)
    image = opened(sandbox.clean(made.getvalue()).data)
    assert image.mode == "RGB"
    assert difference(image, pictures.drawn()) < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_to_hold_pixels_stays_the_picture(mode: str) -> None:
    made = io.BytesIO()
    source = (
        pictures.drawn().convert("L").point(lambda value: value * 257, "I").convert("I;16")
        if mode == "I;16"
        else pictures.drawn().convert(mode)
    )
    source.save(made, "PNG")
    expected = pictures.drawn().convert("L") if mode == "I;16" else source
    assert difference(opened(sandbox.clean(made.getvalue()).data), expected) < 2


@pytest.mark.parametrize("ending", [".png", ".gif", ".webp"])
def test_what_shows_through_still_does(ending: str) -> None:
    image = pictures.drawn().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda value: 0 if value < 128 else 255))
    made = io.BytesIO()
    image.save(made, pictures.FORMATS[ending], lossless=True)
    for most in (None, 2_000):
        cleaned = opened(sandbox.clean(made.getvalue(), max_bytes=most, max_side=40 if most else None).data).convert("RGBA")
        assert cleaned.getpixel((5, 2))[3] < 30 and cleaned.getpixel((5, cleaned.height - 3))[3] > 225


@pytest.mark.parametrize("ending", [".png", ".gif", ".webp"])
def test_what_moves_still_does(ending: str) -> None:
    made = sandbox.clean(pictures.moving(ending, 4))
    image = opened(made.data)
    assert (made.frames, image.n_frames) == (4, 4)
    image.seek(2)
    image.load()
    assert abs(image.convert("RGB").getpixel((5, 5))[0] - 80) < 4
    assert image.info["duration"] == 80
    assert sandbox.clean(pictures.moving(ending, 4), still=True).frames == 1


def noise(ending: str, mode: str = "RGB") -> bytes:
    made = io.BytesIO()
    channels = [Image.effect_noise((640, 480), 80 + 20 * number) for number in range(len(mode))]
    Image.merge(mode, channels).save(made, pictures.FORMATS[ending], **({"quality": 95} if ending == ".jpg" else {"lossless": True}))
    return made.getvalue()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("most", [200_000, 40_000, 4_000])
def test_a_picture_is_made_to_fit(ending: str, most: int) -> None:
    data = noise(ending)
    assert len(data) > most
    made = sandbox.clean(data, max_bytes=most)
    assert most / 8 < len(made.data) <= most
    image = opened(made.data)
    assert image.size == (made.width, made.height)
    assert Image.MIME[image.format] == made.mime
    assert abs(image.width / image.height - 4 / 3) < 0.06


def test_what_shows_through_never_becomes_a_jpeg() -> None:
    assert sandbox.clean(noise(".png", "RGBA"), max_bytes=60_000).mime == "image/png"


def test_what_fits_stays_as_large_as_it_was() -> None:
    made = sandbox.clean(pictures.picture(".png"), max_bytes=100_000, max_side=4_096)
    assert (made.width, made.height, made.mime) == (64, 48, "image/png")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_longer_side_is_bounded(ending: str) -> None:
    made = sandbox.clean(pictures.picture(ending, 900, 300), max_side=300)
    assert (made.width, made.height) == (300, 100)


def test_what_no_size_makes_fit_is_told() -> None:
    with pytest.raises(sandbox.Unsafe, match="too large"):
        sandbox.clean(noise(".jpg"), max_bytes=100)


def test_a_drawing_is_not_sent() -> None:
    with pytest.raises(sandbox.Unsafe, match="neither sent nor shown"):
        sandbox.clean(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


@settings(max_examples=60)
@given(st.sampled_from(ENDINGS), st.data())
def test_c14_any_damage_is_reported_or_harmless(ending: str, data: st.DataObject) -> None:
    file = bytearray(pictures.loaded(ending))
    for _number in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    looked = sandbox.inspect(bytes(file), f"a{ending}")
    try:
        made = sandbox.clean(bytes(file))
    except sandbox.Unsafe as unsafe:
        assert str(unsafe)
    else:
        assert [secret for secret in pictures.SECRETS if secret in made.data] == []
        assert looked.problem in ("", "misnamed", "damaged")
