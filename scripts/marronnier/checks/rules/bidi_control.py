"""A character that makes words read in another order than they are written."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks import invisible
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import invisible_characters

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every post's file, and the escapes of its front matter and Markdown."""
    for span, character in invisible.find_all(view, "bidi-control", invisible_characters.bidi_controls):
        fix = span.fix([(character.start, character.end, "")]) if character.removable else None
        yield Finding(
            "bidi-control",
            LEVEL,
            span.place(character.start),
            _("{name}, which turns the direction of the words, stands here unseen", name=character.name),
            _(
                "words that are read as they are written; beside right-to-left letters, isolates (U+2066 to U+2068) closed on their line by U+2069"
            ),
            _("`marronnier check --fix` takes it out") if fix else _("take it out, and look whether the line still reads as it should"),
            fix,
        )
