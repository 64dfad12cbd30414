"""A character that nobody sees."""

from __future__ import annotations

import unicodedata
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
    for passage, found in invisible.find_all(view, "invisible-character", invisible_characters.find_invisible):
        fix = passage.fix([(found.start, found.end, "")]) if found.is_removable else None
        yield Finding(
            "invisible-character",
            LEVEL,
            passage.place(found.start),
            _("{name} is for private use: many screens show an empty box", name=found.name)
            if unicodedata.category(found.character) == "Co"
            else _("{name}, which nobody sees, stands here", name=found.name),
            _("characters that people can see, and of the others only those that a script or an emoji needs"),
            _("`marronnier check --fix` takes it out") if fix else _("write what should be seen here, or take it out"),
            fix,
        )
