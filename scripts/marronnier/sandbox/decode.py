"""Opens pictures with Pillow and makes them anew. Only ever runs in the child process: see `sandbox.worker`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import GifImagePlugin, Image, ImageCms, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from marronnier.sandbox.file_types import GIF, JPEG, PICTURE_TYPES, PNG, WEBP, FileType, detect_type
from marronnier.sandbox.picture_header import BadPicture, PictureHeader, read_header

_DECODERS: dict[FileType, type[ImageFile.ImageFile]] = {
    JPEG: JpegImagePlugin.JpegImageFile,
    PNG: PngImagePlugin.PngImageFile,
    GIF: GifImagePlugin.GifImageFile,
    WEBP: WebPImagePlugin.WebPImageFile,
}
"""Each format's own reader: Pillow's `open` would try others."""

_QUALITIES = (90, 82, 74, 66)
_MIN_SIDE = 32
"""Pixels of the longer side below which a picture is none any more."""

_ORIENTATION, _GPS = 0x0112, 0x8825
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How EXIF says a picture is held, and what sets it upright (CIPA DC-008 4.6.5, Pillow's `ImageOps.exif_transpose`, seen 2026-11-25)."""


def preload_modules() -> None:
    """Open and make small pictures of our own, so that all modules are loaded: in the limited process no file can be opened any more."""
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif.get_ifd(_GPS)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    for kind in PICTURE_TYPES:
        made = io.BytesIO()
        more = [Image.new("RGB", (9, 9), 255)] if kind is not JPEG else []
        told = {"exif": exif, "icc_profile": profile} if kind is not GIF else {}
        Image.new("RGB", (9, 9)).save(made, kind.mime.removeprefix("image/").upper(), save_all=bool(more), append_images=more, **told)
        inspect(made.getvalue())
        clean(made.getvalue(), None, 8, still=False)


def inspect(data: bytes) -> dict[str, Any]:
    """What a picture is, all of it decoded once. Raises Wrong."""
    kind, said = _read_limited_header(data)
    image = _open_picture(kind, data)
    if kind is JPEG:
        # Every byte is read, an eighth of the pixels kept.
        image.draft(None, (max(1, said.width // 8), max(1, said.height // 8)))
    try:
        turned = _orientation(image) in (5, 6, 7, 8)
        carries = said.carries | ({"gps"} if _has_location(image, data) else set())
        for number in range(said.frames):
            image.seek(number)
            image.load()
    except Exception as error:
        raise _as_bad_picture(error) from error
    width, height = (said.height, said.width) if turned else (said.width, said.height)
    return {"mime": kind.mime, "width": width, "height": height, "frames": said.frames, "carries": sorted(carries)}


def clean(data: bytes, most_bytes: int | None, most_side: int | None, *, still: bool) -> tuple[dict[str, Any], bytes]:
    """The picture made anew, with nothing but its pixels: what it is now, and its bytes. Raises Wrong."""
    kind, said = _read_limited_header(data)
    image = _open_picture(kind, data)
    if kind is JPEG and most_side:
        image.draft(None, (most_side, most_side))
    try:
        film = _clean_frames(image, 1 if still else said.frames)
        if most_side and max(film.size) > most_side:
            film = film.scaled(most_side / max(film.size))
        mime, made, size = _encode_within(film, kind, most_bytes, lossless=said.lossless)
    except BadPicture:
        raise
    except Exception as error:
        raise _as_bad_picture(error) from error
    kind_now = detect_type(made)
    if kind_now is None or read_header(kind_now, made).carries:
        raise BadPicture("damaged")
    return {"mime": mime, "width": size[0], "height": size[1], "frames": len(film.frames)}, made


def _read_limited_header(data: bytes) -> tuple[FileType, PictureHeader]:
    kind = detect_type(data)
    if kind not in PICTURE_TYPES:
        raise BadPicture("other-kind")
    assert kind is not None
    said = read_header(kind, data)
    said.check_limits()
    return kind, said


def _open_picture(kind: FileType, data: bytes) -> ImageFile.ImageFile:
    try:
        image = _DECODERS[kind](io.BytesIO(data))
    except Exception as error:
        raise _as_bad_picture(error) from error
    # Whatever its outline said, this is what would be decoded.
    PictureHeader(*image.size).check_limits()
    return image


def _as_bad_picture(error: Exception) -> BadPicture:
    """Pillow says in many ways that a file is no good."""
    return BadPicture("too-costly" if isinstance(error, MemoryError) else "damaged")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - EXIF is written by everyone, and often badly
        return 1


def _has_location(image: Image.Image, data: bytes) -> bool:
    """Whether latitude or longitude stand in its EXIF or its XMP."""
    if b"GPSLatitude" in data or b"GPSLongitude" in data:
        return True
    try:
        place = image.getexif().get_ifd(_GPS)
    except Exception:  # noqa: BLE001 - as above
        return False
    return any(tag in place for tag in (2, 4))


@dataclass(frozen=True)
class _Frames:
    """Bare frames, and how long each is shown."""

    frames: tuple[Image.Image, ...]
    durations: tuple[int, ...]
    loop: int | None

    @property
    def size(self) -> tuple[int, int]:
        return self.frames[0].size

    @property
    def has_transparency(self) -> bool:
        return any(frame.has_transparency_data for frame in self.frames)

    def scaled(self, by: float) -> _Frames:
        width, height = (max(1, round(side * by)) for side in self.size)
        frames = tuple(_without_palette(frame).resize((width, height), Image.Resampling.LANCZOS) for frame in self.frames)
        return _Frames(frames, self.durations, self.loop)


def _clean_frames(image: ImageFile.ImageFile, count: int) -> _Frames:
    """Every frame upright, in sRGB, without a word."""
    turn = _UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    loop = image.info.get("loop")
    frames, durations = [], []
    for number in range(count):
        image.seek(number)
        image.load()
        durations.append(int(image.info.get("duration", 0) or 0))
        frame = _pixels_only(image, moves=count > 1)
        frame = _to_srgb(frame, profile) if profile else frame
        frames.append(frame.transpose(turn) if turn is not None else frame)
    return _Frames(tuple(frames), tuple(durations), int(loop) if isinstance(loop, int) else None)


def _pixels_only(image: Image.Image, *, moves: bool) -> Image.Image:
    """The pixels alone, in a mode that every format here can hold."""
    mode = image.mode
    if mode == "P" and not moves:
        frame = image.copy()
        frame.info = {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
        return frame
    if mode in ("I", "I;16", "I;16B", "I;16L"):
        frame = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.has_transparency_data:
        frame = image.convert("LA" if mode == "LA" else "RGBA")
    else:
        frame = image.convert("L" if mode in ("1", "L") and not moves else "RGB") if mode != "CMYK" else image.copy()
    frame.info = {}
    return frame


def _without_palette(frame: Image.Image) -> Image.Image:
    if frame.mode == "P":
        frame = frame.convert("RGBA" if frame.has_transparency_data else "RGB")
        frame.info = {}
    return frame


def _to_srgb(frame: Image.Image, profile: bytes) -> Image.Image:
    """The colours that its profile means, in sRGB; a profile that cannot be read means nothing."""
    if frame.mode in ("L", "LA"):
        return frame
    frame = _without_palette(frame)
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(theirs) and frame.mode != "CMYK":
            return frame
        mode = "RGB" if frame.mode == "CMYK" else frame.mode
        made = ImageCms.profileToProfile(frame, theirs, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return frame
    if made is None:
        return frame
    made.info = {}
    return made


def _encode_within(film: _Frames, kind: FileType, most_bytes: int | None, *, lossless: bool) -> tuple[str, bytes, tuple[int, int]]:
    """The best that fits: first in its own format, then, where nothing shows through, as JPEG, then ever smaller. Raises Wrong."""
    while True:
        smallest = 0
        for mime, options in _encodings(film, kind, lossless=lossless, pressed=most_bytes is not None):
            made = _encode(film, mime, options)
            if most_bytes is None or len(made) <= most_bytes:
                return mime, made, film.size
            smallest = min(smallest, len(made)) if smallest else len(made)
        longer = max(film.size)
        if longer <= _MIN_SIDE or most_bytes is None:
            raise BadPicture("too-heavy")
        # Bytes go with the area.
        by = min(0.85, max(0.3, (most_bytes / smallest) ** 0.5))
        film = film.scaled(max(by, _MIN_SIDE / longer))


def _encodings(film: _Frames, kind: FileType, *, lossless: bool, pressed: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    moves = len(film.frames) > 1
    if kind is JPEG:
        yield from (("image/jpeg", {"quality": quality}) for quality in _QUALITIES)
    elif kind is WEBP:
        if lossless:
            yield "image/webp", {"lossless": True, "quality": 60}
        if not lossless or pressed:
            yield from (("image/webp", {"quality": quality}) for quality in _QUALITIES)
    else:
        yield kind.mime, {}
        if pressed and not moves and not film.has_transparency:
            yield from (("image/jpeg", {"quality": quality}) for quality in _QUALITIES)


def _encode(film: _Frames, mime: str, options: dict[str, Any]) -> bytes:
    first, *rest = film.frames
    made = io.BytesIO()
    if rest:
        options = {**options, "save_all": True, "append_images": rest, "duration": list(film.durations)}
        if film.loop is not None:
            options["loop"] = film.loop
        if mime == "image/gif" and film.has_transparency:
            # Each frame is whole: what the one before showed must not shine through it.
            options["disposal"] = 2
    if mime == "image/jpeg":
        bare = _without_palette(first)
        (bare if bare.mode in ("RGB", "L") else bare.convert("RGB")).save(made, "JPEG", optimize=True, progressive=True, **options)
    elif mime == "image/webp":
        _without_palette(first).save(made, "WEBP", method=4, **options)
    else:
        (first.convert("RGB") if first.mode == "CMYK" else first).save(made, mime.removeprefix("image/").upper(), **options)
    return made.getvalue()
