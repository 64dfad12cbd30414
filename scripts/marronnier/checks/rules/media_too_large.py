"""A picture, video or sound with more bytes than a repository or a picture should have."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False

MOST = 100 << 20
"""Of any file: GitHub takes no larger one into a repository.

https://docs.github.com/en/repositories/working-with-files/managing-large-files/about-large-files-on-github, seen 2026-11-25.
"""
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
_MEGABYTE = 1 << 20


def check(view: View) -> Iterator[Finding]:
    """Every file that a post names, told at each post; in an idea it is only a notice."""
    if not view.media_files.files:
        return
    from marronnier import sandbox

    for path, uses in view.media_files.files.items():
        most = sandbox.MAX_BYTES if path.lower().endswith(_PICTURES) else MOST
        try:
            size = view.desk.tree.size(path)
        except OSError:
            continue
        if size <= most:
            continue
        for use in uses:
            yield Finding(
                "media-too-large",
                use.level(LEVEL),
                use.place,
                _("`{file}` has {size} MB", file=use.src, size=-(-size // _MEGABYTE)),
                _("at most {most} MB", most=most // _MEGABYTE),
                _("save it smaller: networks show 2,000 pixels a side at most, and a minute of video fits into 20 MB"),
            )
