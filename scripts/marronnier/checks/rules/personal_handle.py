"""A person named without a basis or an end date, or after that date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from marronnier import messages
from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.brand import Handle
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Post

LEVEL: Level = "error"
ALLOWABLE = False

_FILE = "brand/handles.yml"


def check(view: View) -> Iterator[Finding]:
    """The persons of `brand/handles.yml`, then every unsent post that names one of them who may not be named on that day."""
    people = {name: handle for name, handle in view.desk.handles.handles.items() if handle.kind == "person"}
    if not people:
        return
    for name, handle in people.items():
        yield from _handle_findings(view, name, handle)
    for post in view.posts:
        if "@" in post.text:
            yield from _post_findings(view, post, people)


def _handle_findings(view: View, name: str, handle: Handle) -> Iterator[Finding]:
    for key, value in (("basis", (handle.basis or "").strip()), ("until", handle.until)):
        if not value:
            message = _("`{name}` is a person, and `{key}:` is missing", name=name, key=key)
            expected = _("the reason for keeping a person's name, and the day it must be deleted")
            next = _("write `basis:` and `until:`, or remove the person")
            yield Finding("personal-handle", LEVEL, view.desk.place(_FILE, "handles", name), message, expected, next)
    if handle.until is not None and handle.until < view.now.astimezone(view.zone).date():
        message = _("`{name}` had to be removed after {day}", name=name, day=messages.format_day(handle.until))
        expected = _("no name kept after the agreed day")
        next = _("remove the person, or agree on a later day and write it")
        yield Finding("personal-handle", "warning", view.desk.place(_FILE, "handles", name, "until"), message, expected, next)


def _post_findings(view: View, post: Post, people: Mapping[str, Handle]) -> Iterator[Finding]:
    reported: set[str] = set()
    for place, mention in view.texts.mentions(post):
        name = mention.casefold()
        handle = people.get(name)
        if handle is None or name in reported:
            continue
        last_day = _last_day(view, post)
        if last_day is None:
            return
        message = _("`@{name}` is a person without `basis:` or without `until:` in {file}", name=name, file=_FILE)
        if (handle.basis or "").strip() and handle.until is not None:
            if last_day <= handle.until:
                continue
            message = _("`@{name}` may be named until {day}, and this goes out later", name=name, day=messages.format_day(handle.until))
        reported.add(name)
        expected = _("a person who may be named on the day the post goes out")
        next = _("remove the name, or write in {file} what was agreed with the person", file=_FILE)
        yield Finding("personal-handle", level_for_post(post, LEVEL), place, message, expected, next)


def _last_day(view: View, post: Post) -> date | None:
    """The last day on which the post goes out; today, where that is not known. None when all of it is out."""
    if view.lines.is_all_sent(post):
        return None
    instants = [view.now, *(line.instant.at for line in view.lines.of_post(post) if line.instant.at and not view.lines.is_sent(line.key))]
    return max(instants).astimezone(view.zone).date()
