"""A picture, video or sound that is not in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from marronnier import desk
from marronnier.checks.view import View, nearest
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.timetable.written import is_idea

LEVEL: Level = "error"
ALLOWABLE = False

STAND_IN = "stand-in/"
"""Where `marronnier import` puts what only stands in for a picture."""


def check(view: View) -> Iterator[Finding]:
    """Every medium of every post, those for one channel only included; in an idea it is only a notice."""
    for post in view.posts:
        level: Level = "notice" if is_idea(post) else LEVEL
        for keys, media in view.media(post):
            for number, medium in enumerate(media):
                if medium.src.startswith(STAND_IN) and not view.is_all_sent(post):
                    yield _standing_in(view, post.place(*keys, number, "src"), medium.src, level)
                if view.desk.tree.exists(desk.media_path(view.desk, post, medium.src)):
                    continue
                beside = str(PurePosixPath(post.path).parent)
                near = nearest(medium.src, view.media_names(post))
                yield Finding(
                    "missing-media",
                    level,
                    post.place(*keys, number, "src"),
                    _("there is no file `{file}`", file=medium.src),
                    _("a file in {folder}/, or below content/media/", folder=beside),
                    _("write `{near}`, or add the file and commit it with the post", near=near)
                    if near
                    else _("add the file and commit it with the post, or take this line out"),
                )


def _standing_in(view: View, place: Place, src: str, level: Level) -> Finding:
    """A picture that was never fetched; under a clock nothing reaches the public, so a rehearsal may use it."""
    return Finding(
        "missing-media",
        level if view.desk.brand.clock is None else "notice",
        place,
        _("`{file}` only stands in for a picture that is still to be fetched", file=src),
        _("the picture itself"),
        _("run the import again with `--media fetch`, or name another file"),
    )
