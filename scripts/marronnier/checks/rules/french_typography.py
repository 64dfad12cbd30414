"""French that is typed as a keyboard gives it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from marronnier.checks import word_rules
from marronnier.checks.text_spans import MOST, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Post

if TYPE_CHECKING:
    from marronnier.text.french_punctuation import TypographyFix

LEVEL: Level = "notice"
ALLOWABLE = True

_ELSEWHERE = ("fr-CA", "fr-CH")
"""Where French is set otherwise."""


def check(view: View) -> Iterator[Finding]:
    """All sentences in French, one finding a line, where the brand asks for it in brand/voice.yml."""
    if "fr" not in view.desk.voice.typography:
        return
    from marronnier.text import french_punctuation

    for post in view.posts:
        if not any(map(french_punctuation.may_need_fixes, _said(post))):
            continue
        for passage in view.passages(post):
            if passage.kind in word_rules.SPOKEN and word_rules.language_matches("fr", passage.lang) and passage.lang not in _ELSEWHERE:
                yield from _lines(passage)


def _said(post: Post) -> Iterator[str]:
    """The sentences of a post, without their places."""
    front = post.front
    yield from (variant.text for variant in post.variants)
    yield from (text for text in (front.title, front.first_comment, front.sensitive) if isinstance(text, str))
    yield from (medium.alt for medium in front.media if medium.alt)
    yield from front.poll.options if front.poll else ()
    for own in front.for_.values():
        yield from (text for text in (own.title, own.first_comment) if text)
        yield from (medium.alt for medium in own.media or () if medium.alt)


def _lines(passage: TextSpan) -> Iterator[Finding]:
    from marronnier.text import french_punctuation

    lines: dict[int, list[TypographyFix]] = {}
    for change in french_punctuation.typography_fixes(passage.text):
        lines.setdefault(passage.place(change.start).line, []).append(change)
    for changes in islice(lines.values(), MOST):
        first, more = changes[0], len(changes) - 1
        fix = passage.fix([(change.start, change.end, change.after) for change in changes])
        said, expected = _read(first)
        yield Finding(
            "french-typography",
            LEVEL,
            passage.place(first.start),
            said + ngettext(", and {count} more on this line", ", and {count} more on this line", more) if more else said,
            expected,
            _("`marronnier check --fix` writes it") if fix else _("write it so"),
            fix,
        )


def _read(change: TypographyFix) -> tuple[str, str]:
    match change.kind:
        case "space":
            return (
                _("no no-break space keeps `{mark}` with its word", mark=change.mark),
                _("U+00A0 or U+202F there, so that no line begins or ends with the mark alone"),
            )
        case "apostrophe":
            return _("an apostrophe is straight"), _("the apostrophe ’")
        case "dots":
            return _("three dots are written one by one"), _("the one mark …")
        case "quotes":
            return _("a quotation mark is straight"), _("« and », with their no-break spaces")
