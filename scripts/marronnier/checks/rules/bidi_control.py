"""An invisible character that changes the reading direction."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks import invisible
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import invisible_characters

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every post's file, and the escapes of its front matter and Markdown."""
    for span, character in invisible.find_all(view, "bidi-control", invisible_characters.find_bidi_controls):
        fix = span.fix([(character.start, character.end, "")]) if character.is_removable else None
        message = _("the invisible character {name} changes the reading direction", name=character.name)
        expected = _("no such character; beside right-to-left letters, isolates (U+2066 to U+2068) closed by U+2069 on the same line")
        next = _("`marronnier check --fix` removes it") if fix else _("remove it, and check that the line still reads correctly")
        yield Finding("bidi-control", LEVEL, span.place(character.start), message, expected, next, fix)
