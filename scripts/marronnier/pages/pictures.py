"""Media as the site shows them: only the very bytes that were meant, under names that tell nothing."""

from __future__ import annotations

import posixpath
import re
from xml.etree import ElementTree

from marronnier.files import Tree
from marronnier.model.publication import Picture

SHOWN = {".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image", ".webp": "image", ".avif": "image", ".svg": "image",
         ".mp4": "video", ".webm": "video", ".mp3": "audio", ".ogg": "audio", ".m4a": "audio"}  # fmt: skip
"""Kinds of files that the site copies, by extension; any other is only named."""

_SVG = "{http://www.w3.org/2000/svg}"
_SVG_ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "title",
        "desc",
        "defs",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
    ]
)
_OUTWARD = re.compile(r"^on|href$|^src$", re.IGNORECASE)


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
    return not picture.path.lower().endswith(".svg") or harmless(picture, tree.read(picture.path))


def harmless(picture: Picture, data: bytes) -> bool:
    """Whether the file may be served: an SVG may hold shapes and words only, for a browser that opens it runs what it holds."""
    if not picture.path.lower().endswith(".svg"):
        return True
    if len(data) > 1_000_000 or b"<!" in data.replace(b"<!--", b"") or b"<?xml-stylesheet" in data:
        return False
    try:
        tree = ElementTree.fromstring(data)  # noqa: S314 - no DOCTYPE, so no entity to expand; refused above
    except (ElementTree.ParseError, ValueError):
        return False
    return all(_harmless(element) for element in tree.iter())


def _harmless(element: ElementTree.Element) -> bool:
    if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _SVG_ELEMENTS:
        return False
    return not any(
        _OUTWARD.search(name.rpartition("}")[2]) or "javascript:" in value.lower() or re.search(r"url\(\s*[^#\s)]", value)
        for name, value in element.attrib.items()
    )
