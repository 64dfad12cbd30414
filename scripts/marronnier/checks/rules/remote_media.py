"""A picture, video or sound that is an address on the web."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every medium that is an address; a notice in an idea."""
    for use in view.media.index.remote:
        address = use.src if len(use.src) <= 80 else f"{use.src[:79]}…"
        message = _("`{address}` is on the web, where it can change or vanish after it was approved", address=address)
        expected = _("a file beside the post, or below content/media/")
        next = _("save it below content/media/, if you may use it, commit it with the post, and write its file's name here")
        yield Finding("remote-media", use.level(LEVEL), use.place, message, expected, next)
