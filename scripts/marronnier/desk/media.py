"""What the sandbox says of the media in a tree: each file is opened once, and remembered by its bytes."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from marronnier import sandbox
from marronnier.sandbox import MediaInfo

if TYPE_CHECKING:
    from marronnier.cache import Cache
    from marronnier.files import Tree

_SHELF = "pictures"


def inspect_media(tree: Tree, path: str, cache: Cache | None) -> MediaInfo | None:
    """What a file is; None for one that is not there, or that nobody can open. Saving the cache is the caller's. Raises as `sandbox.inspect`."""
    digest = tree.sha256(path)
    if not digest:
        return None
    key = f"{digest}{sandbox.extension(path)}"
    kept = cache.get(_SHELF, key) if cache is not None else None
    if kept is not None:
        return MediaInfo(*kept)
    try:
        found = sandbox.inspect(tree.read(path), path)
    except OSError:
        return None
    if cache is not None:
        cache.put(_SHELF, key, astuple(found))
    return found
