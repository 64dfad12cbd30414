"""A picture, video or sound whose file is too large."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True

MAX_BYTES = 100 << 20
"""The limit for any file: GitHub takes no larger one into a repository.

https://docs.github.com/en/repositories/working-with-files/managing-large-files/about-large-files-on-github, seen 2026-11-25.
"""
MAX_LFS_BYTES = 512 << 20
"""The limit for a file in Git LFS: no network takes a larger video, and publishing fetches none."""
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")
_MEGABYTE = 1 << 20


def check(view: View) -> Iterator[Finding]:
    """Every file that a post names, with a finding at each post; a notice in an idea."""
    if not view.media.index.files:
        return
    from marronnier import sandbox

    for path, uses in view.media.index.files.items():
        limit = sandbox.MAX_BYTES if path.lower().endswith(_PICTURES) else MAX_BYTES
        try:
            size = view.desk.tree.size(path)
        except OSError:
            continue
        if view.desk.tree.pointer(path) is not None and not path.lower().endswith(_PICTURES):
            limit = MAX_LFS_BYTES
        if size <= limit:
            continue
        for use in uses:
            message = _("`{file}` has {size} MB", file=use.src, size=-(-size // _MEGABYTE))
            expected = _("at most {most} MB", most=limit // _MEGABYTE)
            next = _("save it smaller: networks show 2,000 pixels a side at most, and a minute of video fits into 20 MB")
            yield Finding("media-too-large", use.level(LEVEL), use.place, message, expected, next)
