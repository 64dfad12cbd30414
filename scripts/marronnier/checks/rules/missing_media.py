"""A picture, video or sound that is not in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from marronnier.checks.suggestions import closest_name
from marronnier.checks.view import View
from marronnier.checks.view.media import MediaUse
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Post

LEVEL: Level = "error"
ALLOWABLE = False

STAND_IN = "stand-in/"
"""Where `marronnier import` puts what only stands in for a picture."""


def check(view: View) -> Iterator[Finding]:
    """Every medium of every post, those for one channel and those within the words included; in an idea it is only a notice."""
    for path, uses in view.media.index.files.items():
        if STAND_IN in path:
            yield from (_standing_in(view, use) for use in uses if use.src.startswith(STAND_IN) and not view.lines.is_all_sent(use.post))
        if not view.desk.tree.exists(path):
            yield from (_missing(view, use) for use in uses if not view.media.path_fault(use))


def _missing(view: View, use: MediaUse) -> Finding:
    near = closest_name(use.src, _names(view, use.post))
    return Finding(
        "missing-media",
        use.level(LEVEL),
        use.place,
        _("there is no file `{file}`", file=use.src),
        _("a file in {folder}/, or below content/media/", folder=PurePosixPath(use.post.path).parent),
        _("write `{near}`, or add the file and commit it with the post", near=near)
        if near
        else _("add the file and commit it with the post, or take this line out"),
    )


def _names(view: View, post: Post) -> tuple[str, ...]:
    """What the post could write for a medium: the files beside it and those of content/media/."""
    folders = (f"{PurePosixPath(post.path).parent}/", "content/media/")
    found = [path.removeprefix(folder) for folder in folders for path in view.desk.tree.paths() if path.startswith(folder)]
    return tuple(name for name in found if not name.endswith(".md"))


def _standing_in(view: View, use: MediaUse) -> Finding:
    """A picture that was never fetched; under a clock nothing reaches the public, so a rehearsal may use it."""
    return Finding(
        "missing-media",
        use.level(LEVEL) if view.desk.brand.clock is None else "notice",
        use.place,
        _("`{file}` only stands in for a picture that is still to be fetched", file=use.src),
        _("the picture itself"),
        _("run the import again with `--media fetch`, or name another file"),
    )
