"""Media as the site shows them: only the very bytes that were meant, under names that tell nothing."""

from __future__ import annotations

import posixpath

from marronnier.files import Tree
from marronnier.model.publication import Picture
from marronnier.sandbox import drawing

SHOWN = {".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image", ".webp": "image", ".avif": "image", ".svg": "image",
         ".mp4": "video", ".webm": "video", ".mp3": "audio", ".ogg": "audio", ".m4a": "audio"}  # fmt: skip
"""Kinds of files that the site copies, by extension; any other is only named."""


def kind(picture: Picture) -> str:
    """`image`, `video`, `audio`, or empty for a file the site does not show."""
    return SHOWN.get(posixpath.splitext(picture.path)[1].lower(), "") if picture.sha256 else ""


def address(picture: Picture) -> str:
    """Its path on the site: by its bytes, so that a file's name, which may tell of other plans, stays at home."""
    return f"media/{picture.sha256[:20]}{posixpath.splitext(picture.path)[1].lower()}"


def served(tree: Tree, picture: Picture) -> bool:
    """Whether the site shows it: a kind it knows, the very bytes that were meant, and nothing in them that runs.

    A file replaced since is not what people approved.
    """
    if not kind(picture) or tree.sha256(picture.path) != picture.sha256:
        return False
    return not picture.path.lower().endswith(".svg") or drawing.harmless(tree.read(picture.path))


def harmless(picture: Picture, data: bytes) -> bool:
    """Whether the file may be served: a browser that opens an SVG runs what it holds."""
    return not picture.path.lower().endswith(".svg") or drawing.harmless(data)
