"""Decoding and re-encoding of pictures with Pillow. Runs in the child process only: see `sandbox.worker`."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import AvifImagePlugin, GifImagePlugin, Image, ImageCms, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from marronnier.model.picture_limits import PictureLimits, loses_motion, misfit
from marronnier.sandbox.file_types import AVIF, GIF, JPEG, PICTURE_TYPES, PNG, WEBP, FileType, detect_type
from marronnier.sandbox.picture_header import BadPicture, PictureHeader, read_header

_DECODERS: dict[FileType, type[ImageFile.ImageFile]] = {
    JPEG: JpegImagePlugin.JpegImageFile,
    PNG: PngImagePlugin.PngImageFile,
    GIF: GifImagePlugin.GifImageFile,
    WEBP: WebPImagePlugin.WebPImageFile,
    AVIF: AvifImagePlugin.AvifImageFile,
}
"""The decoder of each format: Pillow's `open` would try others."""

_QUALITIES = (90, 82, 74, 66)
_MIN_SIDE = 32
"""The fewest pixels of the longer side to which a picture is scaled down."""

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
"""The transposition that sets a picture upright, by its EXIF orientation (CIPA DC-008 4.6.5, Pillow's `ImageOps.exif_transpose`, seen 2026-11-25)."""


def preload_modules() -> None:
    """Decode and encode small pictures of our own, so that all modules are loaded: the limited process can open no file."""
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif.get_ifd(_GPS)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    # A limited process can start no thread.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    for kind in PICTURE_TYPES:
        file = io.BytesIO()
        more = [Image.new("RGB", (9, 9), 255)] if kind not in (JPEG, AVIF) else []
        # Pillow 13.0 crashes where it writes the metadata of a small AVIF.
        metadata = {"exif": exif, "icc_profile": profile} if kind not in (GIF, AVIF) else {}
        Image.new("RGB", (9, 9)).save(file, kind.mime.removeprefix("image/").upper(), save_all=bool(more), append_images=more, **metadata)
        inspect(file.getvalue())
        clean(file.getvalue(), PictureLimits(max_side=8))


def inspect(data: bytes) -> dict[str, Any]:
    """The size and metadata of a picture, after decoding all of it once. Raises BadPicture."""
    kind, header = _read_limited_header(data)
    image = _open_picture(kind, data, header)
    if kind is JPEG:
        # Every byte is decoded; an eighth of the pixels is kept.
        image.draft(None, (max(1, header.width // 8), max(1, header.height // 8)))
    try:
        turned = _orientation(image) in (5, 6, 7, 8)
        carries = header.carries | ({"gps"} if _has_location(image, data) else set())
        for number in range(header.frames):
            image.seek(number)
            image.load()
    except Exception as error:
        raise _as_bad_picture(error) from error
    width, height = (header.height, header.width) if turned else (header.width, header.height)
    return {"mime": kind.mime, "width": width, "height": height, "frames": header.frames, "carries": sorted(carries)}


def clean(data: bytes, limits: PictureLimits) -> tuple[dict[str, Any], bytes]:
    """Re-encode a picture without metadata, within these limits: its type and size now, and its bytes. Raises BadPicture."""
    kind, header = _read_limited_header(data)
    image = _open_picture(kind, data, header)
    turned = _orientation(image) in (5, 6, 7, 8)
    if problem := misfit(limits, *((image.height, image.width) if turned else image.size)):
        raise BadPicture(problem)
    if kind is JPEG and limits.max_side:
        image.draft(None, (limits.max_side, limits.max_side))
    still = not limits.animated or loses_motion(limits, kind.name, header.frames)
    try:
        frames = _clean_frames(image, 1 if still else header.frames).within(limits)
        mime, encoded, size = _encode_within(frames, kind, limits, lossless=header.lossless)
    except BadPicture:
        raise
    except Exception as error:
        raise _as_bad_picture(error) from error
    new_kind = detect_type(encoded)
    if new_kind is None or read_header(new_kind, encoded).carries:
        raise BadPicture("damaged")
    return {"mime": mime, "width": size[0], "height": size[1], "frames": len(frames.images)}, encoded


def _read_limited_header(data: bytes) -> tuple[FileType, PictureHeader]:
    """The type and header of a picture. Raises BadPicture for one that asks for too much."""
    kind = detect_type(data)
    if kind not in PICTURE_TYPES:
        raise BadPicture("other-kind")
    assert kind is not None
    header = read_header(kind, data)
    header.check_limits()
    return kind, header


def _open_picture(kind: FileType, data: bytes, header: PictureHeader) -> ImageFile.ImageFile:
    """The picture, ready to be decoded. The frames of an AVIF enter its header, which does not tell them. Raises BadPicture."""
    try:
        image = _DECODERS[kind](io.BytesIO(data))
    except Exception as error:
        raise _as_bad_picture(error) from error
    # Pillow would decode a picture of this size, whatever our own reading of the header says.
    PictureHeader(*image.size).check_limits()
    if kind is AVIF:
        header.width, header.height = image.size
        header.frames = int(getattr(image, "n_frames", 1))
        header.check_limits()
    return image


def _as_bad_picture(error: Exception) -> BadPicture:
    """A BadPicture for any error of Pillow."""
    return BadPicture("too-costly" if isinstance(error, MemoryError) else "damaged")


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1, upright, when there is none that can be read."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - EXIF is written by everyone, and often badly
        return 1


def _has_location(image: Image.Image, data: bytes) -> bool:
    """Whether its EXIF or XMP holds a latitude or longitude."""
    if b"GPSLatitude" in data or b"GPSLongitude" in data:
        return True
    try:
        place = image.getexif().get_ifd(_GPS)
    except Exception:  # noqa: BLE001 - as above
        return False
    return any(tag in place for tag in (2, 4))


@dataclass(frozen=True)
class _Frames:
    """The frames of a picture without metadata, and how an animation plays them."""

    images: tuple[Image.Image, ...]
    durations: tuple[int, ...]
    """Milliseconds for which each frame is shown."""
    loop: int | None
    """How often the animation plays, 0 for ever; None when the file does not say."""

    @property
    def size(self) -> tuple[int, int]:
        return self.images[0].size

    @property
    def has_transparency(self) -> bool:
        return any(image.has_transparency_data for image in self.images)

    def within(self, limits: PictureLimits) -> _Frames:
        """Scaled down to the most pixels of a side, and of a frame where it moves."""
        factor = min(1.0, limits.max_side / max(self.size)) if limits.max_side else 1.0
        if len(self.images) > 1 and limits.max_animated_pixels:
            factor = min(factor, (limits.max_animated_pixels / (self.size[0] * self.size[1])) ** 0.5)
        return self.scaled(factor) if factor < 1 else self

    def scaled(self, factor: float) -> _Frames:
        width, height = (max(1, round(side * factor)) for side in self.size)
        images = tuple(_without_palette(image).resize((width, height), Image.Resampling.LANCZOS) for image in self.images)
        return _Frames(images, self.durations, self.loop)


def _clean_frames(image: ImageFile.ImageFile, count: int) -> _Frames:
    """The first `count` frames, upright, in sRGB, without metadata."""
    turn = _UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    loop = image.info.get("loop")
    images, durations = [], []
    for number in range(count):
        image.seek(number)
        image.load()
        durations.append(int(image.info.get("duration", 0) or 0))
        frame = _pixels_only(image, animated=count > 1)
        frame = _to_srgb(frame, profile) if profile else frame
        images.append(frame.transpose(turn) if turn is not None else frame)
    return _Frames(tuple(images), tuple(durations), int(loop) if isinstance(loop, int) else None)


def _pixels_only(image: Image.Image, *, animated: bool) -> Image.Image:
    """The pixels without metadata, in a mode that every supported format can hold."""
    mode = image.mode
    if mode == "P" and not animated:
        frame = image.copy()
        frame.info = {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
        return frame
    if mode in ("I", "I;16", "I;16B", "I;16L"):
        frame = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.has_transparency_data:
        frame = image.convert("LA" if mode == "LA" else "RGBA")
    else:
        frame = image.convert("L" if mode in ("1", "L") and not animated else "RGB") if mode != "CMYK" else image.copy()
    frame.info = {}
    return frame


def _without_palette(frame: Image.Image) -> Image.Image:
    """The frame with a colour for each pixel instead of an index into a palette."""
    if frame.mode == "P":
        frame = frame.convert("RGBA" if frame.has_transparency_data else "RGB")
        frame.info = {}
    return frame


def _on_white(frame: Image.Image) -> Image.Image:
    """The frame with white where it is transparent: a JPEG shows every pixel."""
    if not frame.has_transparency_data:
        return frame
    frame = frame.convert("RGBA")
    white = Image.new("RGBA", frame.size, "white")
    white.alpha_composite(frame)
    return white.convert("RGB")


def _to_srgb(frame: Image.Image, profile: bytes) -> Image.Image:
    """The frame with its colours converted from that ICC profile to sRGB; unchanged when the profile cannot be read."""
    if frame.mode in ("L", "LA"):
        return frame
    frame = _without_palette(frame)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source) and frame.mode != "CMYK":
            return frame
        mode = "RGB" if frame.mode == "CMYK" else frame.mode
        converted = ImageCms.profileToProfile(frame, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return frame
    if converted is None:
        return frame
    converted.info = {}
    return converted


def _encode_within(frames: _Frames, kind: FileType, limits: PictureLimits, *, lossless: bool) -> tuple[str, bytes, tuple[int, int]]:
    """The best encoding within the limits: in its own format, then as JPEG if nothing is transparent, then scaled down step by step.

    Returns the media type, the bytes, and the size in pixels. Raises BadPicture when nothing fits.
    """
    max_bytes = limits.max_bytes
    least = max(_MIN_SIDE, -(-limits.min_side * max(frames.size) // min(frames.size)))
    while True:
        smallest = 0
        for mime, options in _encodings(frames, kind, limits, lossless=lossless):
            encoded = _encode(frames, mime, options)
            if max_bytes is None or len(encoded) <= max_bytes:
                return mime, encoded, frames.size
            smallest = min(smallest, len(encoded)) if smallest else len(encoded)
        longer_side = max(frames.size)
        if longer_side <= least or max_bytes is None:
            raise BadPicture("too-heavy")
        # The bytes grow with the area, so a side shrinks with their square root.
        factor = min(0.85, max(0.3, (max_bytes / smallest) ** 0.5))
        frames = frames.scaled(max(factor, least / longer_side))


def _encodings(frames: _Frames, kind: FileType, limits: PictureLimits, *, lossless: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The media types and Pillow options to try, best quality first: in its own format where the network takes it."""
    limited = limits.max_bytes is not None
    plain = len(frames.images) == 1 and not frames.has_transparency
    name = _target_format(frames, kind, limits.formats)
    if name == "JPEG":
        yield from (("image/jpeg", {"quality": quality}) for quality in _QUALITIES)
    elif name == "WebP":
        if lossless and kind is not AVIF:
            yield "image/webp", {"lossless": True, "quality": 60}
        if not lossless or limited or kind is AVIF:
            yield from (("image/webp", {"quality": quality}) for quality in _QUALITIES)
    else:
        yield f"image/{name.lower()}", {}
        if limited and plain and "JPEG" in limits.formats:
            yield from (("image/jpeg", {"quality": quality}) for quality in _QUALITIES)


def _target_format(frames: _Frames, kind: FileType, formats: Sequence[str]) -> str:
    """The format to encode in: its own; else one that keeps transparency and movement where there is such; else the first."""
    if kind.name in formats:
        return kind.name
    keeps_all = ("WebP", "PNG") if frames.has_transparency or len(frames.images) > 1 else ("JPEG", "WebP", "PNG")
    # AVIF itself is never written: its bytes differ from machine to machine.
    return next((name for name in keeps_all if name in formats), formats[0])


def _encode(frames: _Frames, mime: str, options: dict[str, Any]) -> bytes:
    """The frames as a file of that media type."""
    first, *rest = frames.images
    file = io.BytesIO()
    if rest:
        options = {**options, "save_all": True, "append_images": rest, "duration": list(frames.durations)}
        if frames.loop is not None:
            options["loop"] = frames.loop
        if mime == "image/gif" and frames.has_transparency:
            # Each frame is complete: the frame before must not show through it.
            options["disposal"] = 2
    if mime == "image/jpeg":
        opaque = _on_white(_without_palette(first))
        (opaque if opaque.mode in ("RGB", "L") else opaque.convert("RGB")).save(file, "JPEG", optimize=True, progressive=True, **options)
    elif mime == "image/webp":
        _without_palette(first).save(file, "WEBP", method=4, **options)
    else:
        (first.convert("RGB") if first.mode == "CMYK" else first).save(file, mime.removeprefix("image/").upper(), **options)
    return file.getvalue()
