"""Pictures in the text of a site's post: in Markdown, by reference, as HTML, or by a template call; found, and given other addresses."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from marronnier.files.document import Document
from marronnier.model.foreign_keys import FOREIGN_KEYS
from marronnier.text.code_fences import classify_lines
from marronnier.text.inline_pictures import find_inline_pictures

_VARIABLE = r"\{\{-?[^{}]*-?\}\}"
_TARGET = re.compile(rf"(?P<before>!\[[^\[\]\n]*\]\(\s*<?|\bsrc\s*=\s*[\"'])(?P<address>(?:{_VARIABLE}|[^\s()<>\"'{{}}])+)")
_DEFINITION = re.compile(rf"^(?P<before> {{0,3}}\[[^\[\]\n]+\]:[ \t]*<?)(?P<address>(?:{_VARIABLE}|[^\s<>\"'{{}}])+)", re.MULTILINE)
_QUOTED = re.compile(r"\{\{-?\s*(?:\"([^\"]*)\"|'([^']*)')\s*\|[^{}]*\}\}")
_SITE_ROOT = re.compile(r"\{\{-?\s*site\.(?:baseurl|url|github\.url)\b[^{}]*\}\}")
_IMG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`|([^\s\"'>{}]+))")
_FIGURE = re.compile(r"\{\{[<%]\s*figure\s+(?P<attributes>(?:\"[^\"]*\"|'[^']*'|`[^`]*`|[^\"'`{}])*?)/?\s*[>%]\}\}")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")

_COVER_KEYS = ("cover", "featured_image", "featuredImage", "feature_image", "thumbnail", "header")
"""Keys of common themes for the picture at the head of a post. In a brand they are ignored by name: its own key is `media`."""


class BodyPicture(NamedTuple):
    """A picture in the text of a post."""

    address: str
    """As typed; that of a file without the escapes of an address."""
    alt: str


def resolve_variables(body: str) -> str:
    """The text with the addresses of its pictures as the site's generator writes them, where that is certain: below the site's root.

    `{{ site.baseurl }}/a.png` and `{{ "/a.png" | relative_url }}` become `/a.png`.
    """

    def resolve(match: re.Match[str]) -> str:
        address = _QUOTED.sub(lambda quoted: quoted[1] or quoted[2] or "", _SITE_ROOT.sub("", match["address"]))
        return match["before"] + address

    return _DEFINITION.sub(resolve, _TARGET.sub(resolve, body)) if "{{" in body else body


def figures_as_pictures(body: str) -> str:
    """The text with Hugo's `figure` calls as Markdown pictures, each with its caption below it.

    https://gohugo.io/shortcodes/figure/, seen 2026-11-27.
    """

    def picture(match: re.Match[str]) -> str:
        attributes = _attributes(match["attributes"])
        if not attributes.get("src"):
            return match[0]
        alt = " ".join((attributes.get("alt") or attributes.get("caption") or attributes.get("title") or "").split())
        image = f"![{_label(alt)}]({_destination(attributes['src'])})"
        if attributes.get("link"):
            image = f"[{image}]({_destination(attributes['link'])})"
        # What readers see below the picture; the alternative text is for those who do not see it.
        shown = [attributes.get(name, "").strip() for name in ("title", "caption", "attr")]
        if attributes.get("attrlink"):
            shown[2] = f"[{shown[2] or _label(attributes['attrlink'])}]({_destination(attributes['attrlink'])})"
        return "\n\n".join((image, *(text for text in shown if text)))

    return _FIGURE.sub(picture, body) if "figure" in body else body


def remote_pictures(document: Document) -> list[str]:
    """The addresses on the web under the keys of pictures: our own reading of such a key leaves them out."""
    addresses = []
    for key, value in document.data.items():
        if FOREIGN_KEYS.get(key) == "media":
            for entry in value if isinstance(value, list) else [value]:
                srcs = (
                    [entry]
                    if isinstance(entry, str)
                    else [entry.get(name) for name in ("path", "src", "url")]
                    if isinstance(entry, Mapping)
                    else []
                )
                addresses += [src for src in srcs if isinstance(src, str) and src.startswith(("http://", "https://", "//"))]
    return addresses


def cover_pictures(document: Document) -> list[tuple[str, str]]:
    """The addresses and alternative texts of the pictures that themes show at the head of a post, or in lists of posts."""
    pictures = []
    for key in _COVER_KEYS:
        value = document.data.get(key)
        entry = value if isinstance(value, Mapping) else {"image": value}
        alt = entry.get("alt")
        srcs = (entry.get(name) for name in ("image", "path", "src", "url", "overlay_image", "teaser"))
        pictures += [(src, alt if isinstance(alt, str) else "") for src in srcs if isinstance(src, str) and re.search(r"[./]", src)]
    return pictures


def find_pictures(body: str) -> tuple[BodyPicture, ...]:
    """The pictures of a text, in Markdown first, then in HTML; those in code do not count."""
    pictures = [BodyPicture(_file_or_address(picture.src), " ".join(picture.alt.split())) for picture in find_inline_pictures(body)]
    for tag in _IMG.findall(_without_code(body)) if "<" in body else ():
        attributes = _attributes(tag)
        if attributes.get("src"):
            pictures.append(BodyPicture(_file_or_address(attributes["src"].strip()), " ".join(attributes.get("alt", "").split())))
    return tuple(dict.fromkeys(pictures))


def replace_addresses(text: str, targets: Mapping[str, str]) -> str:
    """The text with other addresses for its pictures, by the address as typed; links to the same address stay."""

    def replace(match: re.Match[str]) -> str:
        typed = html.unescape(match["address"])
        whole = f"https:{typed}" if typed.startswith("//") else typed
        names = (typed, unquote(typed), whole.partition("#")[0])
        target = next((targets[name] for name in names if name in targets), None)
        return match[0] if target is None else match["before"] + target.replace(" ", "%20")

    if not targets:
        return text
    lines = [_DEFINITION.sub(replace, _TARGET.sub(replace, line)) if is_prose else line for _number, line, is_prose in classify_lines(text)]
    return "\n".join(lines)


def _file_or_address(src: str) -> str:
    return src if "://" in src or src.startswith("//") else unquote(src)


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a tag or of a template call, the first of each name."""
    attributes: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        attributes.setdefault(name.casefold(), html.unescape(next(filter(None, values), "")))
    return attributes


def _label(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _destination(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _without_code(body: str) -> str:
    """The text with spaces in place of its code."""
    lines = [line if is_prose else "" for _number, line, is_prose in classify_lines(body)]
    return _CODE_SPAN.sub(lambda span: " " * len(span[0]), "\n".join(lines))
