"""Facets of a text as Bluesky shows it, with shortened links: each link, hashtag and mention with its position in bytes of UTF-8."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marronnier.networks.kit.atproto.identifiers import is_handle
from marronnier.text import entities
from marronnier.text.graphemes import byte_length, count_graphemes
from marronnier.text.plain_text import remove_shields

_MAX_SHOWN_PATH = 15
"""The longest path, query and fragment that are shown whole; longer ones lose two characters more and get three dots, as in Bluesky's own app.
https://github.com/bluesky-social/social-app/blob/main/src/lib/strings/url-helpers.ts (toShortUrl), seen 2026-11-25"""
_FACET = "app.bsky.richtext.facet"
_MAX_TAG = 64
_MAX_TAG_BYTES = 640
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json, seen 2026-11-25"""


_TAG = re.compile(r"(?<![\w/&#＃@])[#＃](?!\ufe0f)[^\s\x01-\x05\u00ad\u2060\u200a-\u200d\u20e2#＃,;!?…/()\[\]{}<>\"«»“”„]+")
"""A hashtag as Bluesky's own app finds it: `#foo-bar` and `#🌳` are whole. Unlike there, one also ends before a bracket, a quotation mark,
a comma or another hashtag. https://github.com/bluesky-social/atproto/blob/main/packages/api/src/rich-text/util.ts (TAG_REGEX), seen 2026-11-27"""


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
    return remove_shields(text)


def add_facets(text: str) -> FacetedText:
    """The text as Bluesky shows it, with facets for its links, hashtags and mentions.

    A mention holds its handle in place of its DID, which is only known when the post is sent.
    """
    marks: list[tuple[entities.Entity, Callable[[str], dict[str, Any] | None]]] = [
        *((entity, _link_feature) for entity in entities.find_links(text)),
        *((entity, _mention_feature) for entity in entities.find_mentions(text)),
        *((entity, _tag_feature) for entity in find_tags(text)),
    ]
    pieces, facets, position, size = [], [], 0, 0
    for entity, make_feature in sorted(marks, key=lambda pair: pair[0].start):
        shown = remove_shields(shorten_link(entity.text) if make_feature is _link_feature else entity.text)
        before = remove_shields(text[position : entity.start])
        begin = size + byte_length(before)
        size = begin + byte_length(shown)
        pieces += [before, shown]
        position = entity.end
        feature = make_feature(entity.text)
        if feature is not None:
            facets.append({"index": {"byteStart": begin, "byteEnd": size}, "features": [feature]})
    return FacetedText("".join([*pieces, remove_shields(text[position:])]), tuple(facets))


def find_tags(text: str) -> list[entities.Entity]:
    """The hashtags of a text outside links and mentions, each with its `#` and without the punctuation of the sentence around it."""
    if "#" not in text and "＃" not in text:
        return []
    taken = [*entities.find_links(text), *entities.find_mentions(text)]
    tags = []
    for match in _TAG.finditer(text):
        tag = match[0]
        while unicodedata.category(tag[-1]).startswith("P") and len(tag) > 1:
            tag = tag[:-1]
        names = any(not ("0" <= char <= "9") and not unicodedata.category(char).startswith("P") for char in tag[1:])
        end = match.start() + len(tag)
        if names and not any(other.start < end and match.start() < other.end for other in taken):
            tags.append(entities.Entity(match.start(), end, tag))
    return tags


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
