"""Inspection of media files in the sandbox, cached by content."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

from marronnier import sandbox
from marronnier.desk.lfs_objects import ObjectNotFetched
from marronnier.files.lfs import ObjectNotHere
from marronnier.sandbox import MediaInfo, VideoInfo

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.files import Tree

_SHELF = "media"


def inspect_media(tree: Tree, path: str, cache: Cache | None) -> MediaInfo | None:
    """Format, size and metadata of a media file; None when it does not exist or cannot be opened. The caller saves the cache. Raises what `sandbox.inspect` raises."""
    digest = tree.sha256(path)
    if not digest:
        return None
    key = f"{digest}{sandbox.extension(path)}"
    cached = cache.get(_SHELF, key) if cache is not None else None
    if cached is not None:
        info = MediaInfo(*cached)
        return replace(info, video=VideoInfo(*info.video)) if info.video else info
    try:
        with tree.local_file(path) as place:
            info = sandbox.inspect_file(place, path)
    except (ObjectNotHere, ObjectNotFetched):
        return MediaInfo("", "Git LFS", "", tree.size(path), problem="no-lfs-object")
    except OSError:
        return None
    if cache is not None:
        cache.put(_SHELF, key, astuple(info))
    return info
