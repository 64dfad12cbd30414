"""A person named without a basis or an end date, or after that date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from marronnier import messages
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.brand import Handle
from marronnier.model.finding import Finding, Level
from marronnier.model.post import Post
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False

_FILE = "brand/handles.yml"


def check(view: View) -> Iterator[Finding]:
    """The persons of `brand/handles.yml`, then every post that still has to go out and names one who may not be named then."""
    people = {name: handle for name, handle in view.desk.handles.handles.items() if handle.kind == "person"}
    if not people:
        return
    for name, handle in people.items():
        yield from _in_handles(view, name, handle)
    for post in view.posts:
        if "@" in post.text:
            yield from _in_post(view, post, people)


def _in_handles(view: View, name: str, handle: Handle) -> Iterator[Finding]:
    for key, said in (("basis", (handle.basis or "").strip()), ("until", handle.until)):
        if not said:
            yield Finding(
                "personal-handle",
                LEVEL,
                view.desk.place(_FILE, "handles", name),
                _("`{name}` is a person, and no `{key}:` is written", name=name, key=key),
                _("why we may keep a person's name, and the day it must go"),
                _("write `basis:` and `until:`, or take the person out"),
            )
    if handle.until is not None and handle.until < view.now.astimezone(view.zone).date():
        yield Finding(
            "personal-handle",
            "warning",
            view.desk.place(_FILE, "handles", name, "until"),
            _("`{name}` was to be kept until {day} only", name=name, day=messages.format_day(handle.until)),
            _("nobody's name beyond the day that was agreed"),
            _("take the person out, or agree on another day and write it"),
        )


def _in_post(view: View, post: Post, people: Mapping[str, Handle]) -> Iterator[Finding]:
    told: set[str] = set()
    for place, written in view.named(post):
        name = written.casefold()
        handle = people.get(name)
        if handle is None or name in told:
            continue
        last = _last_day(view, post)
        if last is None:
            return
        why = _("`@{name}` is a person of whom {file} gives no basis or no end", name=name, file=_FILE)
        if (handle.basis or "").strip() and handle.until is not None:
            if last <= handle.until:
                continue
            why = _("`@{name}` may be named until {day}, and this goes out later", name=name, day=messages.format_day(handle.until))
        told.add(name)
        yield Finding(
            "personal-handle",
            "notice" if is_idea(post) else LEVEL,
            place,
            why,
            _("a person who may be named on the day the post goes out"),
            _("name nobody here, or write in {file} what was agreed with them", file=_FILE),
        )


def _last_day(view: View, post: Post) -> date | None:
    """The last day on which something of the post goes out; now, where that is not known. None when all of it is out."""
    if view.is_all_sent(post):
        return None
    instants = [view.now, *(line.instant.at for line in view.lines_of(post) if line.instant.at and not view.is_sent(line.key))]
    return max(instants).astimezone(view.zone).date()
