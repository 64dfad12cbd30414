"""SVG drawings: only those without scripts and links are harmless."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    (
        *("svg", "g", "title", "desc", "defs"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern"),
    )
)
_ACTIVE_ATTRIBUTE = re.compile(r"^on|href$|^src$", re.IGNORECASE)


def is_harmless(data: bytes) -> bool:
    """Whether a drawing may be served: it holds shapes and words only. A browser that opens a drawing runs the scripts in it."""
    return _parse_harmless(data) is not None


def clean(data: bytes) -> bytes | None:
    """A harmless drawing without comments and without the metadata of drawing programs; None for one that is not harmless."""
    tree = _parse_harmless(data)
    if tree is None:
        return None
    for element in tree.iter():
        for name in [name for name in element.attrib if name.startswith("{")]:
            del element.attrib[name]
    ElementTree.register_namespace("", _SVG[1:-1])
    text: bytes = ElementTree.tostring(tree, encoding="utf-8")
    return text


def _parse_harmless(data: bytes) -> ElementTree.Element | None:
    """The root of a harmless drawing; None for one that is not harmless or not XML."""
    if len(data) > 1_000_000 or b"<!" in data.replace(b"<!--", b"") or b"<?xml-stylesheet" in data:
        return None
    try:
        tree = ElementTree.fromstring(data)  # noqa: S314 - no DOCTYPE, so no entity to expand; refused above
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    return tree if all(_is_harmless_element(element) for element in tree.iter()) else None


def _is_harmless_element(element: ElementTree.Element) -> bool:
    if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _ELEMENTS:
        return False
    return not any(
        _ACTIVE_ATTRIBUTE.search(name.rpartition("}")[2]) or "javascript:" in value.lower() or re.search(r"url\(\s*[^#\s)]", value)
        for name, value in element.attrib.items()
    )
