"""Facets: a plain text as Bluesky shows it, with its links short, and what stands where in it, in bytes of UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marronnier.networks.kit.atproto.identifiers import is_handle
from marronnier.text import entities
from marronnier.text.graphemes import byte_length, count_graphemes

_SHOWN = 15
"""The characters of a path, query and fragment that are shown whole; of longer ones two less, and three dots, as Bluesky's own app does.
https://github.com/bluesky-social/social-app/blob/main/src/lib/strings/url-helpers.ts (toShortUrl), seen 2026-11-25"""
_FACET = "app.bsky.richtext.facet"
_TAG = 64
_TAG_BYTES = 640
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json, seen 2026-11-25"""


@dataclass(frozen=True, slots=True)
class FacetedText:
    """A text as it is read there, and its facets."""

    text: str
    facets: tuple[dict[str, Any], ...]


def short_link(address: str) -> str:
    """A link as it is shown: host and the beginning of the path, without `https://`."""
    rest = address.partition("://")[2]
    host = rest.replace("?", "/", 1).replace("#", "/", 1).partition("/")[0]
    path = rest[len(host) :]
    host = host.rpartition("@")[2]
    if path == "/":
        return host
    return host + path if len(path) <= _SHOWN else f"{host}{path[: _SHOWN - 2]}..."


def display_text(text: str) -> str:
    """The text alone as it is read there: what is counted."""
    for link in reversed(entities.find_links(text)):
        text = text[: link.start] + short_link(link.text) + text[link.end :]
    return text


def with_facets(text: str) -> FacetedText:
    """The text as it is read there, with facets for its links, hashtags and mentions.

    The DID of a mention is not known before it is sent: its handle stands in its place until then.
    """
    found: list[tuple[entities.Entity, Callable[[str], dict[str, Any] | None]]] = [
        *((mark, _link) for mark in entities.find_links(text)),
        *((mark, _mention) for mark in entities.find_mentions(text)),
        *((mark, _tag) for mark in entities.find_hashtags(text)),
    ]
    pieces, facets, at, size = [], [], 0, 0
    for mark, feature_of in sorted(found, key=lambda pair: pair[0].start):
        words = short_link(mark.text) if feature_of is _link else mark.text
        before = text[at : mark.start]
        begin = size + byte_length(before)
        size = begin + byte_length(words)
        pieces += [before, words]
        at = mark.end
        feature = feature_of(mark.text)
        if feature is not None:
            facets.append({"index": {"byteStart": begin, "byteEnd": size}, "features": [feature]})
    return FacetedText("".join([*pieces, text[at:]]), tuple(facets))


def handle_of(feature: dict[str, Any]) -> str:
    """The handle that waits for its DID in a feature; empty in all others."""
    did = feature.get("did", "")
    return "" if feature.get("$type") != f"{_FACET}#mention" or did.startswith("did:") else did


def _link(address: str) -> dict[str, Any]:
    return {"$type": f"{_FACET}#link", "uri": address}


def _mention(name: str) -> dict[str, Any] | None:
    handle = name[1:]
    return {"$type": f"{_FACET}#mention", "did": handle} if is_handle(handle) else None


def _tag(name: str) -> dict[str, Any] | None:
    tag = name[1:]
    return {"$type": f"{_FACET}#tag", "tag": tag} if count_graphemes(tag) <= _TAG and byte_length(tag) <= _TAG_BYTES else None
