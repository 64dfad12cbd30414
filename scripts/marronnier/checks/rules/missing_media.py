"""A picture, video or sound that is not in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from marronnier import desk
from marronnier.checks.view import View, nearest
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.model.post import Post
from marronnier.timetable.written import is_idea

LEVEL: Level = "error"
ALLOWABLE = False

STAND_IN = "stand-in/"
"""Where `marronnier import` puts what only stands in for a picture."""


def check(view: View) -> Iterator[Finding]:
    """Every medium of every post, those for one channel and those within the words included; in an idea it is only a notice."""
    for post in view.posts:
        level: Level = "notice" if is_idea(post) else LEVEL
        for keys, media in view.media(post):
            for number, medium in enumerate(media):
                place = post.place(*keys, number, "src")
                if medium.src.startswith(STAND_IN) and not view.is_all_sent(post):
                    yield _standing_in(view, place, medium.src, level)
                if not view.desk.tree.exists(desk.media_path(view.desk, post, medium.src)):
                    yield _missing(view, post, place, medium.src, level)
        for place, picture in view.pictures(post):
            names = (picture.src, unquote(picture.src))
            if not any(view.desk.tree.exists(desk.media_path(view.desk, post, name)) for name in names):
                yield _missing(view, post, place, picture.src, level)


def _missing(view: View, post: Post, place: Place, file: str, level: Level) -> Finding:
    near = nearest(file, view.media_names(post))
    return Finding(
        "missing-media",
        level,
        place,
        _("there is no file `{file}`", file=file),
        _("a file in {folder}/, or below content/media/", folder=PurePosixPath(post.path).parent),
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
