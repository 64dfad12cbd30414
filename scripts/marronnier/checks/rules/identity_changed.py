"""A published post that is in the calendar under another id."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.publication import split_key

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every post, upcoming or past, whose words went out under a key that is gone."""
    reported: set[tuple[str, str]] = set()
    for key, line in view.renamed.items():
        former_id = split_key(key)[0]
        if (former_id, line.post.path) in reported:
            continue
        reported.add((former_id, line.post.path))
        receipt = view.situation.histories[key].receipt
        message = (
            _("this text went out {when} as {key}, which is no longer in the calendar", when=view.format_time(receipt.at), key=key)
            if receipt is not None
            else _("this text may have gone out as {key}, which is no longer in the calendar", key=key)
        )
        expected = _("the id that the text went out under: what was sent is recorded under it")
        next = _("write `id: {id}`, or a different text if this is another post", id=former_id)
        yield Finding("identity-changed", LEVEL, line.post.place("id"), message, expected, next)
