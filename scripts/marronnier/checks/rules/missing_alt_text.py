"""A picture without a useful alternative text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every medium of every post, those for one channel and those in the words included; a notice in an idea."""
    for post in view.posts:
        level: Level = level_for_post(post, LEVEL)
        for keys, media in view.media.lists(post):
            for number, medium in enumerate(media):
                message = _fault(medium.src, medium.alt)
                if message:
                    yield _finding(
                        level,
                        post.place(*keys, number, *(("alt",) if medium.alt is not None else ())),
                        message,
                        _('write `alt:` and that sentence, or `alt: ""` when it is pure decoration'),
                    )
        for place, picture in view.media.inline_pictures(post):
            message = _fault(picture.src, picture.alt or None)
            if message and not picture.is_remote:
                next = (
                    _('write that sentence into the tag: `alt="…"`')
                    if picture.is_html
                    else _("write that sentence between the brackets: `![…]`")
                )
                yield _finding(level, place, message, next)


def _finding(level: Level, place: Place, message: str, next: str) -> Finding:
    return Finding("missing-alt-text", level, place, message, _("a sentence that says what it shows, for people who cannot see it"), next)


def _fault(src: str, alt: str | None) -> str:
    """What is wrong with an alternative text; empty when it is right."""
    if alt is None:
        return _("`{file}` has no alternative text", file=src)
    stripped = alt.strip()
    if alt and not stripped:
        return _("the alternative text of `{file}` is only spaces", file=src)
    file = PurePosixPath(src)
    if stripped and stripped.casefold() in (file.name.casefold(), file.stem.casefold()):
        return _("the alternative text of `{file}` is the name of the file", file=src)
    return ""
