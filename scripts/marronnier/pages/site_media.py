"""Media of the site: sealed pictures, encoded again without metadata, under names made of their digest."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from marronnier import sandbox
from marronnier.desk import media_inspection
from marronnier.files import Tree
from marronnier.model.picture_limits import PICTURE_FORMATS, PictureLimits
from marronnier.model.publication import Picture
from marronnier.sandbox import svg

if TYPE_CHECKING:
    from marronnier.cache import Cache

_MIME_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/webp",
               ".svg": "image/svg+xml", ".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg",
               ".ogg": "audio/ogg", ".m4a": "audio/mp4"}  # fmt: skip
"""The media that the site shows, by extension; of any other file it shows the alternative text only. An AVIF is shown as WebP."""
MAX_BYTES = 100 << 20
"""The largest video or sound that the site shows: GitHub's pages hold no larger file, and a build has it in memory once."""

MAX_PICTURE_SIDE = 1600
"""Pixels of a picture's longer side on the site: twice the width of its column."""
_PICTURE_VERSION = 1
"""Rises when `clean_picture` gives other bytes, so that the next build replaces the pictures of the last one."""


def media_kind(picture: Picture) -> str:
    """`image`, `video`, `audio` or `document`; empty for a file that the site does not show. Of a document it shows the name alone."""
    if picture.is_document:
        return "document" if picture.sha256 else ""
    return mime_type(picture).partition("/")[0] if picture.sha256 else ""


def mime_type(picture: Picture) -> str:
    """`image/png`; empty for a file that the site does not show."""
    return _MIME_TYPES.get(sandbox.extension(picture.path), "")


def site_path(picture: Picture) -> str:
    """The picture's path on the site, made of its digest: a file's own name may reveal plans."""
    ending = posixpath.splitext(picture.path)[1].lower()
    return f"media/{picture.sha256[:20]}{'.webp' if ending == '.avif' else ending}"


def source_digest(picture: Picture) -> str:
    """The digest of everything that the site's file is made from."""
    return hashlib.sha256(f"{picture.sha256} {MAX_PICTURE_SIDE} {_PICTURE_VERSION}".encode()).hexdigest()


@dataclass(frozen=True)
class SiteMedia:
    """The media in the tree of a site."""

    tree: Tree
    open_cache: Callable[[], Cache | None] = lambda: None
    """Gives the cache of inspected pictures."""
    _served: dict[Picture, bool] = field(default_factory=dict)

    @cached_property
    def _cache(self) -> Cache | None:
        return self.open_cache()

    def is_served(self, picture: Picture) -> bool:
        """Whether the site shows the picture: a known kind, the sealed bytes, no script and no location in them.

        A file that was replaced since is not what people approved.
        """
        if picture not in self._served:
            self._served[picture] = self._check_picture(picture)
        return self._served[picture]

    def _check_picture(self, picture: Picture) -> bool:
        kind = media_kind(picture)
        if kind in ("", "document") or self.tree.sha256(picture.path) != picture.sha256:
            return False
        inspected = media_inspection.inspect_media(self.tree, picture.path, self._cache)
        if inspected is None or inspected.category != kind or inspected.problem not in ("", "misnamed") or inspected.size > MAX_BYTES:
            return False
        if inspected.format == "SVG":
            return sandbox.extension(picture.path) == ".svg"
        return kind == "image" or "gps" not in inspected.carries

    def site_bytes(self, picture: Picture) -> bytes | None:
        """The bytes that the site serves; None when it does not show the picture."""
        if not self.is_served(picture):
            return None
        data = self.tree.read(picture.path)
        return clean_picture(picture.path, data) if media_kind(picture) == "image" else data

    def pages(self, document: Picture) -> int:
        """The pages of a document; 0 where they are not known, or the file is not the one that was sealed."""
        if not document.is_document or self.tree.sha256(document.path) != document.sha256:
            return 0
        info = media_inspection.inspect_media(self.tree, document.path, self._cache)
        return info.pages if info is not None else 0

    def save_cache(self) -> None:
        """Save what the inspections found, for the next build."""
        if self._served and self._cache is not None:
            self._cache.save()


@lru_cache(maxsize=8)
def clean_picture(path: str, data: bytes) -> bytes | None:
    """The picture encoded again without metadata; None when it cannot be decoded safely."""
    if path.lower().endswith(".svg"):
        return svg.clean(data)
    formats = ("WebP",) if path.lower().endswith(".avif") else PICTURE_FORMATS
    try:
        return sandbox.prepare(data, PictureLimits(formats=formats, max_side=MAX_PICTURE_SIDE)).data
    except sandbox.Unsafe:
        return None
