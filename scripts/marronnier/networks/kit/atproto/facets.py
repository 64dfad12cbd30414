"""Facets of a text as Bluesky shows it, with shortened links: each link, hashtag and mention with its position in bytes of UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marronnier.networks.kit.atproto.identifiers import is_handle
from marronnier.text import entities
from marronnier.text.graphemes import byte_length, count_graphemes

_MAX_SHOWN_PATH = 15
"""The longest path, query and fragment that are shown whole; longer ones lose two characters more and get three dots, as in Bluesky's own app.
https://github.com/bluesky-social/social-app/blob/main/src/lib/strings/url-helpers.ts (toShortUrl), seen 2026-11-25"""
_FACET = "app.bsky.richtext.facet"
_MAX_TAG = 64
_MAX_TAG_BYTES = 640
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json, seen 2026-11-25"""


@dataclass(frozen=True, slots=True)
class FacetedText:
    """A text as Bluesky shows it, and its facets."""

    text: str
    facets: tuple[dict[str, Any], ...]


def shorten_link(address: str) -> str:
    """A link as Bluesky shows it: host and the beginning of the path, without `https://`."""
    rest = address.partition("://")[2]
    host = rest.replace("?", "/", 1).replace("#", "/", 1).partition("/")[0]
    path = rest[len(host) :]
    host = host.rpartition("@")[2]
    if path == "/":
        return host
    return host + path if len(path) <= _MAX_SHOWN_PATH else f"{host}{path[: _MAX_SHOWN_PATH - 2]}..."


def display_text(text: str) -> str:
    """The text as Bluesky shows and counts it, with shortened links."""
    for link in reversed(entities.find_links(text)):
        text = text[: link.start] + shorten_link(link.text) + text[link.end :]
    return text


def add_facets(text: str) -> FacetedText:
    """The text as Bluesky shows it, with facets for its links, hashtags and mentions.

    A mention holds its handle in place of its DID, which is only known when the post is sent.
    """
    marks: list[tuple[entities.Entity, Callable[[str], dict[str, Any] | None]]] = [
        *((entity, _link_feature) for entity in entities.find_links(text)),
        *((entity, _mention_feature) for entity in entities.find_mentions(text)),
        *((entity, _tag_feature) for entity in entities.find_hashtags(text)),
    ]
    pieces, facets, position, size = [], [], 0, 0
    for entity, make_feature in sorted(marks, key=lambda pair: pair[0].start):
        shown = shorten_link(entity.text) if make_feature is _link_feature else entity.text
        before = text[position : entity.start]
        begin = size + byte_length(before)
        size = begin + byte_length(shown)
        pieces += [before, shown]
        position = entity.end
        feature = make_feature(entity.text)
        if feature is not None:
            facets.append({"index": {"byteStart": begin, "byteEnd": size}, "features": [feature]})
    return FacetedText("".join([*pieces, text[position:]]), tuple(facets))


def unresolved_handle(feature: dict[str, Any]) -> str:
    """The handle in a mention without a DID; empty for any other feature."""
    did = feature.get("did", "")
    return "" if feature.get("$type") != f"{_FACET}#mention" or did.startswith("did:") else did


def _link_feature(address: str) -> dict[str, Any]:
    return {"$type": f"{_FACET}#link", "uri": address}


def _mention_feature(name: str) -> dict[str, Any] | None:
    handle = name[1:]
    return {"$type": f"{_FACET}#mention", "did": handle} if is_handle(handle) else None


def _tag_feature(name: str) -> dict[str, Any] | None:
    tag = name[1:]
    return {"$type": f"{_FACET}#tag", "tag": tag} if count_graphemes(tag) <= _MAX_TAG and byte_length(tag) <= _MAX_TAG_BYTES else None
