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

PLACEHOLDER_FOLDER = "stand-in/"
"""The folder of the placeholders that `marronnier import` writes for pictures it did not fetch."""


def check(view: View) -> Iterator[Finding]:
    """Every medium of every post, those for one channel and those in the words included; a notice in an idea."""
    for path, uses in view.media.index.files.items():
        if PLACEHOLDER_FOLDER in path:
            yield from (
                _placeholder_finding(view, use)
                for use in uses
                if use.src.startswith(PLACEHOLDER_FOLDER) and not view.lines.is_all_sent(use.post)
            )
        if not view.desk.tree.exists(path):
            yield from (_missing_finding(view, use) for use in uses if not view.media.path_fault(use))


def _missing_finding(view: View, use: MediaUse) -> Finding:
    suggestion = closest_name(use.src, _available_names(view, use.post))
    message = _("there is no file `{file}`", file=use.src)
    expected = _("a file in {folder}/, or below content/media/", folder=PurePosixPath(use.post.path).parent)
    next = (
        _("write `{near}`, or add the file and commit it with the post", near=suggestion)
        if suggestion
        else _("add the file and commit it with the post, or delete this line")
    )
    return Finding("missing-media", use.level(LEVEL), use.place, message, expected, next)


def _available_names(view: View, post: Post) -> tuple[str, ...]:
    """The files that a post can name: those beside it and those below content/media/."""
    folders = (f"{PurePosixPath(post.path).parent}/", "content/media/")
    names = [path.removeprefix(folder) for folder in folders for path in view.desk.tree.paths() if path.startswith(folder)]
    return tuple(name for name in names if not name.endswith(".md"))


def _placeholder_finding(view: View, use: MediaUse) -> Finding:
    """A picture that was never fetched. With a `clock` in brand/brand.yml nothing reaches the public: then it is only a notice."""
    message = _("`{file}` is a placeholder for a picture that was not downloaded", file=use.src)
    expected = _("the real picture")
    next = _("run the import again with `--media fetch`, or name another file")
    return Finding("missing-media", use.level(LEVEL) if view.desk.brand.clock is None else "notice", use.place, message, expected, next)
