"""Media as the site shows them: made anew from the very bytes that were meant, under names that tell nothing."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from marronnier import sandbox
from marronnier.desk import media
from marronnier.files import Tree
from marronnier.model.publication import Picture
from marronnier.sandbox import svg

if TYPE_CHECKING:
    from marronnier.cache import Cache

SHOWN = {".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image", ".webp": "image", ".svg": "image",
         ".mp4": "video", ".webm": "video", ".mp3": "audio", ".ogg": "audio", ".m4a": "audio"}  # fmt: skip
"""Kinds of files that the site shows, by extension; any other is only named."""

MOST_SIDE = 1600
"""Pixels of a picture's longer side on the site: twice the width of its column."""
_MADE = 1
"""Rises when pictures are made in another way, so that those of an older site are made again."""


def media_kind(picture: Picture) -> str:
    """`image`, `video`, `audio`, or empty for a file the site does not show."""
    return SHOWN.get(sandbox.extension(picture.path), "") if picture.sha256 else ""


def site_path(picture: Picture) -> str:
    """Its path on the site: by its bytes, so that a file's name, which may tell of other plans, stays at home."""
    return f"media/{picture.sha256[:20]}{posixpath.splitext(picture.path)[1].lower()}"


def digest(picture: Picture) -> str:
    """Of what the site's file is made from."""
    return hashlib.sha256(f"{picture.sha256} {MOST_SIDE} {_MADE}".encode()).hexdigest()


@dataclass(frozen=True)
class Gallery:
    """The media of a site's tree."""

    tree: Tree
    remembered: Callable[[], Cache | None] = lambda: None
    """What was seen in pictures before."""
    _served: dict[Picture, bool] = field(default_factory=dict)

    @cached_property
    def _cache(self) -> Cache | None:
        return self.remembered()

    def served(self, picture: Picture) -> bool:
        """Whether the site shows it: a kind it knows, the very bytes that were meant, nothing in them that runs or tells a place.

        A file replaced since is not what people approved.
        """
        if picture not in self._served:
            self._served[picture] = self._is_served(picture)
        return self._served[picture]

    def _is_served(self, picture: Picture) -> bool:
        sort = media_kind(picture)
        if not sort or self.tree.sha256(picture.path) != picture.sha256:
            return False
        looked = media.inspect_media(self.tree, picture.path, self._cache)
        if looked is None or looked.category != sort or looked.problem not in ("", "misnamed"):
            return False
        if looked.format == "SVG":
            return sandbox.extension(picture.path) == ".svg"
        return sort == "image" or "gps" not in looked.carries

    def made(self, picture: Picture) -> bytes | None:
        """The bytes the site serves; None where it serves none."""
        if not self.served(picture):
            return None
        data = self.tree.read(picture.path)
        return clean_picture(picture.path, data) if media_kind(picture) == "image" else data

    def remember(self) -> None:
        """Keep what was seen for the next time."""
        if self._served and self._cache is not None:
            self._cache.save()


@lru_cache(maxsize=8)
def clean_picture(path: str, data: bytes) -> bytes | None:
    """A picture made anew, with nothing in it but what it shows; None for one that cannot be."""
    if path.lower().endswith(".svg"):
        return svg.clean(data)
    try:
        return sandbox.clean(data, max_side=MOST_SIDE).data
    except sandbox.Unsafe:
        return None
