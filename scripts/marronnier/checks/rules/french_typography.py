"""French without its typographic spaces, apostrophes and quotation marks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from marronnier.checks import word_matching
from marronnier.checks.text_spans import MAX_FINDINGS, TextSpan, front_matter_texts
from marronnier.checks.view import View
from marronnier.messages import _, ngettext
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Post

if TYPE_CHECKING:
    from marronnier.text.french_punctuation import TypographyFix

LEVEL: Level = "notice"
ALLOWABLE = True

_OTHER_CONVENTIONS = ("fr-CA", "fr-CH")
"""Regions with other conventions for spaces."""


def check(view: View) -> Iterator[Finding]:
    """All sentences in French, one finding a line, when brand/voice.yml asks for it."""
    if "fr" not in view.desk.voice.typography:
        return
    from marronnier.text import french_punctuation

    for post in view.posts:
        if not any(map(french_punctuation.may_need_fixes, _sentences(post))):
            continue
        for span in view.texts.spans(post):
            if (
                span.kind in word_matching.SPOKEN
                and word_matching.language_matches("fr", span.lang)
                and span.lang not in _OTHER_CONVENTIONS
            ):
                yield from _line_findings(span)


def _sentences(post: Post) -> Iterator[str]:
    """The sentences of a post without their places: a quick test before the spans are made."""
    yield from (variant.text for variant in post.variants)
    yield from (text for _keys, kind, text in front_matter_texts(post) if kind in word_matching.SPOKEN)


def _line_findings(span: TextSpan) -> Iterator[Finding]:
    from marronnier.text import french_punctuation

    lines: dict[int, list[TypographyFix]] = {}
    for change in french_punctuation.typography_fixes(span.text):
        lines.setdefault(span.place(change.start).line, []).append(change)
    for changes in islice(lines.values(), MAX_FINDINGS):
        first_change, more_count = changes[0], len(changes) - 1
        fix = span.fix([(change.start, change.end, change.after) for change in changes])
        message, expected = _messages(first_change)
        if more_count:
            message += ngettext(", and {count} more on this line", ", and {count} more on this line", more_count)
        next = _("`marronnier check --fix` corrects it") if fix else _("correct it by hand")
        yield Finding("french-typography", LEVEL, span.place(first_change.start), message, expected, next, fix)


def _messages(change: TypographyFix) -> tuple[str, str]:
    match change.kind:
        case "space":
            return (
                _("a no-break space is missing next to `{mark}`", mark=change.mark),
                _("U+00A0 or U+202F, which keeps the mark on the line of its word"),
            )
        case "apostrophe":
            return _("a straight apostrophe"), _("the apostrophe ’")
        case "dots":
            return _("three dots instead of one character"), _("the ellipsis …")
        case "quotes":
            return _("a straight quotation mark"), _("« and », with their no-break spaces")
