"""Two posts with the same id."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every post whose id a post earlier in path order has."""
    taken = view.desk.posts
    for post in view.desk.duplicates:
        free = next(f"{post.id}-{number}" for number in range(2, 10_000) if f"{post.id}-{number}" not in taken)
        message = _("the id `{id}` is also that of {other}", id=post.id, other=taken[post.id].path)
        expected = _("an id that no other post has: what was sent is recorded under it")
        advice = _("write another, like `id: {free}`, in the one that has not gone out", free=free)
        yield Finding("duplicate-id", LEVEL, post.place("id"), message, expected, advice)
