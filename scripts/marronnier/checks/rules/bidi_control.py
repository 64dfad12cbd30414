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
    """Every file of a post, and what its front matter and its Markdown spell with a code."""
    for passage, found in invisible.find_all(view, "bidi-control", invisible_characters.find_bidi_controls):
        fix = passage.fix([(found.start, found.end, "")]) if found.is_removable else None
        yield Finding(
            "bidi-control",
            LEVEL,
            passage.place(found.start),
            _("{name}, which turns the direction of the words, stands here unseen", name=found.name),
            _(
                "words that are read as they are written; beside right-to-left letters, isolates (U+2066 to U+2068) closed on their line by U+2069"
            ),
            _("`marronnier check --fix` takes it out") if fix else _("take it out, and look whether the line still reads as it should"),
            fix,
        )
