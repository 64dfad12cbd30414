"""Pictures for the tests: small ones made here, with all that a camera, a phone or a program may write into them."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from documents import document
from videos import video

PLACE = "50.8467"
"""A latitude, as the tests look for it."""
SECRETS = (
    b"Canon Marronnier",
    b"SERIAL-4711",
    b"Nadia",
    b"GPSLatitude",
    b"c2pa",
    b"http://ns.adobe.com",
    b"Photoshop 3.0",
    b"XMP",
    b"kept for later",
)
"""What `loaded` hides in a picture."""
FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WEBP"}


def drawn(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture in which every corner differs."""
    image = Image.new("RGB", (width, height), (240, 240, 220))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 30))
    pen.rectangle((width // 2, height // 2, width, height), fill=(30, 60, 200))
    pen.ellipse((width // 3, height // 3, width // 2, height // 2), fill=(20, 160, 60))
    return image.convert(mode)


@cache
def picture(ending: str = ".jpg", width: int = 64, height: int = 48) -> bytes:
    """A plain picture of the kind that a file's name ends with."""
    made = io.BytesIO()
    drawn(width, height).save(made, FORMATS[ending])
    return made.getvalue()


def moving(ending: str = ".gif", frames: int = 3, size: int = 32) -> bytes:
    """A picture that moves."""
    made = io.BytesIO()
    shots = [Image.new("RGB", (size, size), (40 * number % 256, 90, 200)) for number in range(frames)]
    shots[0].save(made, FORMATS[ending], save_all=True, append_images=shots[1:], duration=80, loop=0)
    return made.getvalue()


def exif(*, place: bool = True, orientation: int = 1) -> Image.Exif:
    """What a camera writes: its maker, its number, its owner, and where it stood."""
    told = Image.Exif()
    told[0x010F], told[0x0110], told[0x0112], told[0x013B] = "Canon Marronnier", "A 1", orientation, "Nadia"
    told.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    if place:
        told.get_ifd(0x8825).update({1: "N", 2: (50.0, 50.0, 48.1), 3: "E", 4: (4.0, 21.0, 9.0)})
    return told


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="50,50.8467N">Nadia XMP</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def profile() -> bytes:
    """An ICC profile of another space than sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


@cache
def loaded(ending: str = ".jpg") -> bytes:
    """A picture that carries all that its format can, and something behind its end. Made once: its profile notes the second."""
    made = io.BytesIO()
    image = drawn()
    match ending:
        case ".jpg":
            image.save(made, "JPEG", exif=exif(), icc_profile=profile(), comment=b"Nadia", xmp=XMP)
            data = made.getvalue()
            thumbnail = b"JFXX\0\x10" + picture(".jpg", 16, 12)
            iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x50\0\x05Nadia"
            more = _segment(0xE0, thumbnail) + _segment(0xED, iptc) + _segment(0xEB, b"JP\0\1\0\0\0\1jumbc2pa made by Nadia")
            return data[:2] + more + data[2:] + b"kept for later"
        case ".png":
            told = PngInfo()
            told.add_text("Author", "Nadia")
            told.add_text("Comment", "Nadia" * 9, zip=True)
            told.add_itxt("XML:com.adobe.xmp", XMP.decode())
            image.save(made, "PNG", exif=exif(), icc_profile=profile(), pnginfo=told, dpi=(300, 300))
            data = made.getvalue()
            return (
                data[:-12]
                + chunk(b"caBX", b"jumbc2pa made by Nadia")
                + chunk(b"tIME", b"\x07\xea\x0c\x05\x0a\0\0")
                + data[-12:]
                + b"kept for later"
            )
        case ".gif":
            image.save(made, "GIF", comment=b"Nadia")
            data = made.getvalue()
            return data[:-1] + b"\x21\xff\x0bXMP DataXMP" + bytes([len(XMP[:250])]) + XMP[:250] + b"\0" + b";" + b"kept for later"
        case _:
            image.save(made, "WEBP", exif=exif(), icc_profile=profile(), xmp=XMP)
            data = made.getvalue() + b"C2PA" + struct.pack("<I", 22) + b"jumbc2pa made by Nadia"
            return data[:4] + struct.pack("<I", len(data) - 8) + data[8:] + b"kept for later"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *more: bytes, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    """A PNG that says it is that large, whatever it holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def swapped() -> bytes:
    """An ICC profile whose red is green and whose green is red: the one of sRGB, under another name."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = made.index(b"rXYZ") + 4, made.index(b"gXYZ") + 4
    made[red : red + 8], made[green : green + 8] = made[green : green + 8], made[red : red + 8]
    return bytes(made).replace("sRGB".encode("utf-16-be"), "other".encode("utf-16-be")[:8])


def photograph() -> bytes:
    """As a phone makes it: it tells its maker, its owner and where it stood."""
    made = io.BytesIO()
    drawn().save(made, "JPEG", exif=exif())
    return made.getvalue()


def described(path: str, words: str) -> bytes:
    """The file that a page of a rule describes between brackets: `(a picture)`."""
    ending = path[path.rindex(".") :]
    match words.strip():
        case "(a picture)":
            return picture(ending)
        case "(a picture as PNG)":
            return picture(".png")
        case "(a photograph from a phone that noted where it was)":
            return photograph()
        case "(a picture with the words of the program that made it)":
            told = PngInfo()
            told.add_text("parameters", "a garden, by Nadia")
            made = io.BytesIO()
            drawn().save(made, "PNG", pnginfo=told)
            return made.getvalue()
        case "(the first half of a picture)":
            return picture(ending, 200, 150)[:900]
        case "(a picture that says it is 60,000 pixels wide and high)":
            return png(60_000, 60_000)
        case "(a picture of 40 MB)":
            return picture(ending) + bytes(40 << 20)
        case "(a video)":
            return video(sound=False)
        case "(a video with sound)":
            return video()
        case "(a video of two seconds, as WebM, without sound)":
            return video(96, 64, seconds=2, codec="libvpx-vp9", ending=".webm", sound=False)
        case "(a PDF)":
            return document()
        case "(a PDF of 12 MB)":
            return document(filled=11_990_000)
        case "(a GIF that moves)":
            return moving(".gif")
        case _:
            raise ValueError(f"{path}: nobody knows how to make {words!r}")
