"""A picture that those who cannot see it get nothing of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Medium
from marronnier.timetable.written import is_idea

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """Every medium of every post, those for one channel only included; in an idea it is only a notice."""
    for post in view.posts:
        level: Level = "notice" if is_idea(post) else LEVEL
        for keys, media in view.media(post):
            for number, medium in enumerate(media):
                said = _read(medium)
                if said:
                    yield Finding(
                        "missing-alt-text",
                        level,
                        post.place(*keys, number, *(("alt",) if medium.alt is not None else ())),
                        said,
                        _("a sentence that tells what it shows to those who cannot see it"),
                        _('write `alt:` and that sentence, or `alt: ""` when it is pure decoration'),
                    )


def _read(medium: Medium) -> str:
    """What is wrong, or nothing."""
    if medium.alt is None:
        return _("`{file}` has no alternative text", file=medium.src)
    words = medium.alt.strip()
    if medium.alt and not words:
        return _("the alternative text of `{file}` is only spaces", file=medium.src)
    file = PurePosixPath(medium.src)
    if words and words.casefold() in (file.name.casefold(), file.stem.casefold()):
        return _("the alternative text of `{file}` is the name of the file", file=medium.src)
    return ""
