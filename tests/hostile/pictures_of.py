"""The hostile pictures: bombs, halves, masks, and what tells too much."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

import pictures
from hostile.files import POST, Hostile, named, post

ENDINGS = (".jpg", ".png", ".gif", ".webp")


def shown(row: str, outcome: str, rules: str, name: str, ending: str, data: bytes, why: str = "") -> Hostile:
    files = {POST: post(f"media:\n  - {{src: serre{ending}, alt: La serre sous la neige}}"), f"content/media/serre{ending}": data}
    return named(row, outcome, rules, files, name, why=why)


def _frame(width: int = 1, height: int = 1) -> bytes:
    return b"\x2c\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\2\2D\1\0"


def _jpeg(width: int, height: int, scans: int = 1, more: bytes = b"") -> bytes:
    head = b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", height, width) + b"\1\1\x11\0"
    return b"\xff\xd8" + more + head + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * scans + b"\xff\xd9"


def bombs() -> dict[str, tuple[str, bytes]]:
    """By name: the ending, and the bytes."""
    idat = zlib.compress(bytes(64 << 20), 6)
    huge = pictures.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50 << 20)))
    gif = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
    webp = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\x3f\0" * 2
    head = pictures.png(20_000, 20_000)[:33]
    return {
        "png-of-four-billion": (".png", pictures.png(65_535, 65_535)), "png-of-400-megapixels": (".png", head + pictures.chunk(b"IDAT", idat) + pictures.chunk(b"IEND", b"")),
        "png-as-wide-as-may-be": (".png", pictures.png(2**31 - 1, 1)), "png-without-pixels": (".png", pictures.png(0, 0)), "png-text": (".png", pictures.png(1, 1, huge, rows=b"\0\1\2\3")),
        "png-profile": (".png", pictures.png(1, 1, pictures.chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50 << 20))), rows=b"\0\1\2\3")),
        "png-chunks": (".png", pictures.png(1, 1, pictures.chunk(b"teXt", b"") * 200_000)), "png-of-16-bits": (".png", pictures.png(30_000, 30_000, depth=16, colour=6)),
        "png-chunk-longer-than-the-file": (".png", pictures.png(9, 9)[:33] + b"\x7f\xff\xff\xffIDAT"), "png-frames": (".png", pictures.png(1, 1, *[pictures.chunk(b"fcTL", bytes(26))] * 10_000)),
        "gif-frames": (".gif", gif + _frame() * 10_000 + b";"), "gif-canvas": (".gif", b"GIF89a\xff\xff\xff\xff\0\0\0" + _frame() + b";"),
        "gif-canvas-and-frames": (".gif", b"GIF89a\xd0\x07\xd0\x07\0\0\0" + _frame() * 300 + b";"), "gif-comments": (".gif", b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\1a\0" * 500_000 + b";"),
        "gif-rubbish": (".gif", b"GIF89a\1\0\1\0\0\0\0" + b"\x01" * 3_000_000), "gif-without-a-frame": (".gif", gif + b";"), "gif-frame-larger-than-canvas": (".gif", gif + _frame(65_535, 65_535) + b";"),
        "webp-canvas": (".webp", b"RIFF" + struct.pack("<I", len(webp)) + webp), "webp-chunks": (".webp", b"RIFF" + struct.pack("<I", 4 + 8 * 200_000) + b"WEBP" + b"ABCD\0\0\0\0" * 200_000),
        "webp-longer-than-the-file": (".webp", b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(40)), "jpeg-scans": (".jpg", _jpeg(5_000, 5_000, 1_000)), "jpeg-segments": (".jpg", _jpeg(9, 9, more=b"\xff\xfe\0\2" * 500_000)),
        "jpeg-canvas": (".jpg", _jpeg(65_535, 65_535)), "jpeg-without-size": (".jpg", b"\xff\xd8\xff\xda\0\x08\1\1\0\0\x3f\0\xff\xd9"), "jpeg-zero": (".jpg", _jpeg(0, 0)),
        "jpeg-scans-of-nothing": (".jpg", _jpeg(8_000, 6_000, 11)), "jpeg-fill-bytes": (".jpg", b"\xff\xd8" + b"\xff" * 3_000_000), "jpeg-length-of-zero": (".jpg", b"\xff\xd8" + b"\xff\xe0\0\0" * 1_000),
    }  # fmt: skip


def c14() -> Iterator[Hostile]:
    """Pictures that harm whoever opens them."""
    for name, (ending, data) in bombs().items():
        yield shown("c14", "refused", "unsafe-media", f"bomb-{name}", ending, data)
    yield shown("c14", "refused", "media-too-large", "heavy", ".jpg", pictures.picture() + bytes(40 << 20))
    for ending in ENDINGS:
        made = io.BytesIO()
        Image.effect_noise((200, 150), 90).convert("RGB").save(made, pictures.FORMATS[ending])
        whole = made.getvalue()
        for percent in (1, 10, 50, 90):
            yield shown("c14", "refused", "unsafe-media", f"cut-{percent}{ending}", ending, whole[: max(12, len(whole) * percent // 100)])
        for other in ENDINGS:
            if other != ending:
                yield shown("c14", "refused", "unsafe-media", f"{other[1:]}-named{ending}", ending, pictures.picture(other))
        scrambled = whole[:200] + bytes(byte ^ 0xA5 for byte in whole[200:])
        lossy = ending in (".jpg", ".webp")
        why = "any bits are some picture to its reader, and it is made anew" if lossy else ""
        yield shown(
            "c14",
            "passes" if ending == ".webp" else "refused" if not lossy else "told",
            "unsafe-media",
            f"scrambled{ending}",
            ending,
            scrambled,
            why,
        )
    masks = {"shell": b"#!/bin/sh\nid\n", "html": b"<html><script>alert(1)</script>", "elf": b"\x7fELF" + bytes(60), "windows": b"MZ\x90\0" + bytes(60), "pdf": b"%PDF-1.7\n", "zip": b"PK\3\4" + bytes(60),
             "lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "empty": b"", "php": b"<?php system('id'); ?>", "postscript": b"%!PS-Adobe-3.0", "tiff": b"II*\0" + bytes(60),
             "bmp": b"BM" + bytes(60), "heic": b"\0\0\0\x18ftypheic" + bytes(60), "avif": b"\0\0\0\x18ftypavif" + bytes(60), "mvg": b"push graphic-context\nimage over 0,0 0,0 'https://x.example/'",
             "mp4": b"\0\0\0\x20ftypisom" + bytes(60)}  # fmt: skip
    for name, data in masks.items():
        yield shown("c14", "refused", "unsafe-media", f"mask-{name}", ".jpg", data)
    svg = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink'{more}>{within}</svg>"
    drawings = {
        "script": svg.format(more="", within="<script>alert(1)</script>"), "onload": svg.format(more=" onload='alert(1)'", within=""),
        "foreign": svg.format(more="", within="<foreignObject><b/></foreignObject>"), "link": svg.format(more="", within="<a x:href='javascript:alert(1)'><rect/></a>"),
        "use": svg.format(more="", within="<use x:href='https://x.example/a.svg#b'/>"), "style": svg.format(more="", within="<style>@import 'https://x.example/'</style>"),
        "fill": svg.format(more="", within="<rect fill='url(https://x.example/)'/>"), "entity": "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + svg.format(more="", within="<text>&a;</text>"),
        "laughs": "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>" + svg.format(more="", within="<text>&b;</text>"), "deep": "<svg>" + "<g>" * 50_000,
        "animate": svg.format(more="", within="<set attributeName='x' to='javascript:alert(1)'/>"), "stylesheet": "<?xml-stylesheet href='https://x.example/'?>" + svg.format(more="", within=""),
        "cut": "<svg xmlns='http://www.w3.org/2000/svg'><rect", "deep-and-closed": "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * 30_000 + "</g>" * 30_000 + "</svg>",
    }  # fmt: skip
    for name, text in drawings.items():
        may = name == "deep-and-closed"
        yield shown(
            "c14",
            "passes" if may else "refused",
            "unsafe-media",
            f"drawing-{name}",
            ".svg",
            text.encode(),
            "shapes in shapes, and no more" if may else "",
        )
    tails = {"zip": b"PK\3\4", "html": b"<script>alert(1)</script>", "shell": b"\n#!/bin/sh\nid\n"}
    for name, tail in tails.items():
        yield shown("c14", "told", "unsafe-media", f"polyglot-{name}", ".jpg", pictures.picture() + tail)


def c15() -> Iterator[Hostile]:
    """Pictures that tell more than they show: told here, and gone from all that is made of them."""
    for ending in ENDINGS:
        yield shown("c15", "told", "unsafe-media", f"loaded{ending}", ending, pictures.loaded(ending))
    yield shown("c15", "told", "unsafe-media", "photograph", ".jpg", pictures.photograph())
    bad = io.BytesIO()
    pictures.drawn().save(bad, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x88\x25\0\4\0\0\0\1\0\0\0\x08" * 40)
    yield shown("c15", "told", "unsafe-media", "exif-that-turns-in-circles", ".jpg", bad.getvalue())
    yield shown("c15", "refused", "unsafe-media", "film-with-its-place", ".mp4", b"\0\0\0\x20ftypisom moov udta \xa9xyz+50.8467+004.3525/")
