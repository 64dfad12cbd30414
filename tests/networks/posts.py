"""Posts to say on a network, small and complete."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from marronnier.model.brand import Channel, Limits
from marronnier.model.post import FrontMatter, Post, Variant
from marronnier.model.publication import Picture, Publication, Words


def picture(name: str, alt: str) -> Picture:
    """A picture whose bytes are its name."""
    return Picture(f"content/media/{name}", sha256(name.encode()).hexdigest(), alt, credit="Fonds communal")


def publication(network: str, text: str, *, post_id: str = "portes-ouvertes", channel_name: str = "place", **words: Any) -> Publication:
    """One post on one channel of that network."""
    limit = words.pop("limit", None)
    channel = Channel(network=network, limits=Limits(text=limit))
    said = Words(network=network, account="", title="", text=text, lang="fr", format="post", limit=limit)
    post = Post(post_id, f"content/posts/2026/12/{post_id}.md", FrontMatter(), (Variant((), text, 1),), text, "")
    return Publication(post, channel_name, channel, replace(said, **words))
