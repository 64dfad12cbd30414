"""A name after `@` that nobody of the team's handles bears."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.levels import level_in
from marronnier.checks.suggestions import closest_name
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "warning"
ALLOWABLE = True

_IN_FULL = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
"""A name that is an address of the net by itself, as Bluesky writes handles: `jardin.bsky.social`."""
_HOUR = re.compile(r"\d+(?:[.:h]\d*)?", re.IGNORECASE)
_MANY = frozenset({"all", "channel", "everybody", "everyone", "here", "room", "tous"})
"""Who says these means nobody by name; where they call a whole room, another rule tells."""


def check(view: View) -> Iterator[Finding]:
    """Every `@name` that is neither in `brand/handles.yml` nor a handle in full, once a post; in an idea it is only a notice."""
    known = view.desk.handles.handles
    for post in view.posts:
        if "@" not in post.text:
            continue
        told: set[str] = set()
        for place, name in view.texts.mentions(post):
            folded = name.casefold()
            if folded in known or folded in told or folded in _MANY or _IN_FULL.fullmatch(name) or _HOUR.fullmatch(name):
                continue
            if not told and view.lines.is_all_sent(post):
                break
            told.add(folded)
            near = closest_name(folded, known)
            yield Finding(
                "unknown-handle",
                level_in(post, LEVEL),
                place,
                _("`@{name}` is nobody of brand/handles.yml, so every channel says just that", name=name),
                _("a name of brand/handles.yml, or a handle in full like `@jardin@example.social`"),
                _("write `@{near}`", near=near)
                if near
                else _("add `{name}` to brand/handles.yml, or write `\\@{name}` when nobody is meant", name=folded),
            )
