"""Words that were said a short while ago on the same channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.text.similarity import DUPLICATE_WINDOW, SimilarityIndex, is_similar, shingles

LEVEL: Level = "error"
ALLOWABLE = True

_FEW = 20
"""Fewer characters than this are said again with another picture or link."""


class Saying(NamedTuple):
    """The words of a post for some channels, at one instant."""

    at: datetime
    path: str
    """Of the post."""
    text: str
    """In Markdown."""
    lines: dict[str, TimetableLine]
    """By channel."""


class Pair(NamedTuple):
    """Two publications with the same words, or nearly."""

    told: TimetableLine
    """The one to change."""
    other: TimetableLine
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
            not_allowable=exact,
        )


def _pairs(view: View) -> Iterator[Pair]:
    memory = _Memory()
    for saying in _said(view):
        its = shingles(saying.text)
        done: set[str] = set()
        for before in memory.near(saying.at, its):
            channels = [name for name in saying.lines if name in before.lines and name not in done]
            if not channels or saying.path == before.path or not is_similar(saying.text, before.text):
                continue
            done.update(channels)
            for pair in filter(None, (_told(view, saying, before, name) for name in channels)):
                # A greeting with another picture is another post.
                if not pair.exact and len(saying.text) < _FEW:
                    continue
                excused = view.excused("duplicate-text", (pair.told.post, pair.other.post))
                if pair.exact or not excused:
                    yield pair
        memory.keep(saying, its)


def _said(view: View) -> Iterator[Saying]:
    """What went out lately and what will, in time order; an occurrence of a repeat may say the same again."""
    lines = [(view.now, line) for line in view.waiting if not view.is_sent(line.key)]
    lines += [(line.at, line) for line in view.lately if line.occurrence is None and (line.at >= view.now or view.is_out(line))]
    for (at, path), together in groupby(lines, key=lambda one: (one[0], one[1].post.path)):
        sayings: dict[int, Saying] = {}
        for _at, line in together:
            variant = view.variant(line.post, line.channel_name)
            sayings.setdefault(variant.line, Saying(at, path, variant.text, {})).lines[line.channel_name] = line
        yield from sayings.values()


def _told(view: View, later: Saying, earlier: Saying, channel: str) -> Pair | None:
    """Which of the two is to change, as the plan would hold it: the one not sealed, the one without an hour, the later. None when both are out."""
    at, line, then, other = later.at, later.lines[channel], earlier.at, earlier.lines[channel]
    stays = view.is_fixed(line.key) and not view.is_fixed(other.key)
    if (stays or (other.instant.at is None and line.instant.at is not None)) and then >= view.now:
        line, other, then = other, line, at
    if view.is_sent(line.key) or (line.instant.at is not None and line.instant.at < view.now):
        return None
    return Pair(line, other, then, bool(payload := view.payload_of(line)) and payload == view.payload_of(other))


class _Memory:
    """What was said, as far back as anybody looks."""

    def __init__(self) -> None:
        self._old: SimilarityIndex[Saying] = SimilarityIndex()
        self._new: SimilarityIndex[Saying] = SimilarityIndex()
        self._since: datetime | None = None

    def keep(self, saying: Saying, its: frozenset[int]) -> None:
        """Add what is said now; what nobody looks back to is forgotten."""
        if self._since is None or saying.at - self._since > DUPLICATE_WINDOW:
            self._old, self._new, self._since = self._new, SimilarityIndex(), saying.at
        self._new.add(saying, its)

    def near(self, at: datetime, its: frozenset[int]) -> Iterator[Saying]:
        """What was said within 30 days before and shares many of these runs."""
        for heard in (self._new, self._old):
            yield from (saying for saying in heard.find_candidates(its) if at - saying.at <= DUPLICATE_WINDOW)
