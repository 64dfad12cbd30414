"""An invisible character."""

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
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every post's file, and the escapes of its front matter and Markdown."""
    for span, character in invisible.find_all(view, "invisible-character", invisible_characters.find_invisible):
        fix = span.fix([(character.start, character.end, "")]) if character.is_removable else None
        message = (
            _("{name} is a private-use character: many devices show an empty box", name=character.name)
            if unicodedata.category(character.character) == "Co"
            else _("an invisible character: {name}", name=character.name)
        )
        expected = _("visible characters; invisible ones only where a script or an emoji needs them")
        next = _("`marronnier check --fix` removes it") if fix else _("write a visible character instead, or remove it")
        yield Finding("invisible-character", LEVEL, span.place(character.start), message, expected, next, fix)
