"""Words that were said a short while ago on the same channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from marronnier.checks.view import Line, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.text.likeness import WINDOW, Heard, alike, runs

LEVEL: Level = "error"
ALLOWABLE = True

_FEW = 20
"""Fewer characters than this are said again with another picture or link."""

Said = tuple[datetime, Line]


class Pair(NamedTuple):
    """Two publications with the same words, or nearly."""

    told: Line
    """The one to change."""
    other: Line
    at: datetime
    """When the other one goes out, or went."""
    exact: bool
    """Whether the very same would go over the wire."""


def check(view: View) -> Iterator[Finding]:
    """What is still to come, against one another and against what went out; one finding for two posts, however many channels they share."""
    shared: dict[tuple[str, str, bool], list[Pair]] = defaultdict(list)
    for pair in _pairs(view):
        shared[pair.told.post.path, pair.other.post.path, pair.exact].append(pair)
    for pairs in shared.values():
        told, other, at, exact = pairs[0]
        values = {"channels": ", ".join(f"`{pair.told.channel_name}`" for pair in pairs), "other": other.post.path, "when": view.shown(at)}
        yield Finding(
            "duplicate-text",
            LEVEL if exact else "warning",
            Place(told.post.path, view.variant(told.post, told.channel_name).line),
            _("exactly the same as {other}, {when}, on {channels}", **values)
            if exact
            else _("nearly the words of {other}, {when}, on {channels}", **values),
            _("words of its own for every post of a channel within 30 days"),
            _("change the words, or take one of the two out; what comes back is one post with `repeat:`")
            if exact
            else _("change the words, or write why: `allow: {duplicate-text: the reason}`"),
            firm=exact,
        )


def _pairs(view: View) -> Iterator[Pair]:
    heard: dict[str, _Channel] = {}
    known: dict[tuple[str, int], frozenset[int]] = {}
    for at, line in _said(view):
        variant = view.variant(line.post, line.channel_name)
        asked = (line.post.path, variant.line)
        its = known[asked] if asked in known else known.setdefault(asked, runs(variant.text))
        if not its:
            continue
        channel = heard.setdefault(line.channel_name, _Channel())
        for then, other, text in channel.before(at, its):
            if other.post.path == line.post.path or not alike(variant.text, text):
                continue
            pair = _told(view, (at, line), (then, other))
            # A greeting with another picture is another post.
            if pair is None or not (pair.exact or len(text) >= _FEW):
                continue
            excused = view.excused("duplicate-text", (line.post, other.post))
            if pair.exact or not excused:
                yield pair
            break
        channel.say((at, line), variant.text, its)


def _said(view: View) -> Iterator[Said]:
    """What went out lately and what will, in time order; an occurrence of a repeat may say the same again."""
    for line in view.waiting:
        if not view.is_sent(line.key):
            yield view.now, line
    for line in view.lately:
        if line.occurrence is None and (line.at >= view.now or view.is_out(line)):
            yield line.at, line


def _told(view: View, later: Said, earlier: Said) -> Pair | None:
    """Which of the two is to change, as the plan would hold it: the one not sealed, the one without an hour, the later. None when both are out."""
    (at, line), (then, other) = later, earlier
    stays = view.is_fixed(line.key) and not view.is_fixed(other.key)
    if (stays or (other.instant.at is None and line.instant.at is not None)) and then >= view.now:
        line, other, then = other, line, at
    if view.is_sent(line.key) or (line.instant.at is not None and line.instant.at < view.now):
        return None
    return Pair(line, other, then, bool(payload := view.payload_of(line)) and payload == view.payload_of(other))


class _Channel:
    """What a channel says, as far back as anybody looks."""

    def __init__(self) -> None:
        self._old: Heard[Said] = Heard()
        self._new: Heard[Said] = Heard()
        self._since: datetime | None = None

    def say(self, said: Said, text: str, its: frozenset[int]) -> None:
        """Add what is said now; what nobody looks back to is forgotten."""
        at = said[0]
        if self._since is None or at - self._since > WINDOW:
            self._old, self._new, self._since = self._new, Heard(), at
        self._new.say(said, text, its)

    def before(self, at: datetime, its: frozenset[int]) -> Iterator[tuple[datetime, Line, str]]:
        """What was said within 30 days before and shares many of these runs, the latest first."""
        for heard in (self._new, self._old):
            for (then, line), text in heard.near(its):
                if at - then <= WINDOW:
                    yield then, line, text
