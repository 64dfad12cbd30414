"""An `@name` that is not in brand/handles.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.suggestions import closest_name
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "warning"
ALLOWABLE = True

_FULL_HANDLE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
"""A handle that is a domain, as on Bluesky: `jardin.bsky.social`."""
_TIME = re.compile(r"\d+(?:[.:h]\d*)?", re.IGNORECASE)
_GROUP_MENTIONS = frozenset({"all", "channel", "everybody", "everyone", "here", "room", "tous"})
"""Mentions of no single account; the rule `mass-mention` reports those that notify everybody."""


def check(view: View) -> Iterator[Finding]:
    """Every `@name` that is neither in `brand/handles.yml` nor a full handle, once a post; a notice in an idea."""
    known = view.desk.handles.handles
    for post in view.posts:
        if "@" not in post.text:
            continue
        reported: set[str] = set()
        for place, name in view.texts.mentions(post):
            folded = name.casefold()
            if folded in known or folded in reported or folded in _GROUP_MENTIONS or _FULL_HANDLE.fullmatch(name) or _TIME.fullmatch(name):
                continue
            if not reported and view.lines.is_all_sent(post):
                break
            reported.add(folded)
            suggestion = closest_name(folded, known)
            message = _("`@{name}` is not in brand/handles.yml, so every channel shows it as typed", name=name)
            expected = _("a name of brand/handles.yml, or a full handle like `@jardin@example.social`")
            next = (
                _("write `@{near}`", near=suggestion)
                if suggestion
                else _("add `{name}` to brand/handles.yml, or write `\\@{name}` if it is not a mention", name=folded)
            )
            yield Finding("unknown-handle", level_for_post(post, LEVEL), place, message, expected, next)
