"""The same text twice on a channel within 30 days."""

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

_MIN_LENGTH = 20
"""Shorter texts, in characters, are repeated with another picture or link, as a greeting is."""


class DatedText(NamedTuple):
    """The words of a post for some channels, at one instant."""

    at: datetime
    path: str
    """Of the post."""
    text: str
    """In Markdown."""
    lines: dict[str, TimetableLine]
    """By channel."""


class DuplicatePair(NamedTuple):
    """Two publications with the same words, or nearly."""

    to_change: TimetableLine
    """The publication to change."""
    original: TimetableLine
    at: datetime
    """When `original` goes out, or went out."""
    exact: bool
    """Whether both have the same payload."""


def check(view: View) -> Iterator[Finding]:
    """Upcoming publications, compared with one another and with sent ones; one finding for two posts, however many channels they share."""
    shared: dict[tuple[str, str, bool], list[DuplicatePair]] = defaultdict(list)
    for pair in _pairs(view):
        shared[pair.to_change.post.path, pair.original.post.path, pair.exact].append(pair)
    for pairs in shared.values():
        to_change, original, at, exact = pairs[0]
        values = {
            "channels": ", ".join(f"`{pair.to_change.channel_name}`" for pair in pairs),
            "other": original.post.path,
            "when": view.format_time(at),
        }
        yield Finding(
            "duplicate-text",
            LEVEL if exact else "warning",
            Place(to_change.post.path, view.texts.variant(to_change.post, to_change.channel_name).line),
            _("exactly the same as {other}, {when}, on {channels}", **values)
            if exact
            else _("nearly the same text as {other}, {when}, on {channels}", **values),
            _("a different text for each publication on a channel within 30 days"),
            _("change the words, or delete one of the two; a post that is meant to come back has `repeat:`")
            if exact
            else _("change the words, or write why: `allow: {duplicate-text: the reason}`"),
            not_allowable=exact,
        )


def _pairs(view: View) -> Iterator[DuplicatePair]:
    recent = _RecentTexts()
    for later in _dated_texts(view):
        hashes = shingles(later.text)
        matched_channels: set[str] = set()
        for earlier in recent.near(later.at, hashes):
            channels = [name for name in later.lines if name in earlier.lines and name not in matched_channels]
            if not channels or later.path == earlier.path or not is_similar(later.text, earlier.text):
                continue
            matched_channels.update(channels)
            for pair in filter(None, (_duplicate_pair(view, later, earlier, name) for name in channels)):
                if not pair.exact and len(later.text) < _MIN_LENGTH:
                    continue
                allowed = view.is_allowed("duplicate-text", (pair.to_change.post, pair.original.post))
                if pair.exact or not allowed:
                    yield pair
        recent.add(later, hashes)


def _dated_texts(view: View) -> Iterator[DatedText]:
    """The texts of recent and upcoming publications, in time order, without repeats: their occurrences have the same text."""
    lines = [(view.now, line) for line in view.lines.when_approved if not view.lines.is_sent(line.key)]
    lines += [
        (line.at, line)
        for line in view.lines.recent_and_upcoming
        if line.occurrence is None and (line.at >= view.now or view.lines.counts_as_sent(line))
    ]
    for (at, path), together in groupby(lines, key=lambda entry: (entry[0], entry[1].post.path)):
        texts: dict[int, DatedText] = {}
        for _at, line in together:
            variant = view.texts.variant(line.post, line.channel_name)
            texts.setdefault(variant.line, DatedText(at, path, variant.text, {})).lines[line.channel_name] = line
        yield from texts.values()


def _duplicate_pair(view: View, later: DatedText, earlier: DatedText, channel: str) -> DuplicatePair | None:
    """The pair, with the publication to change first, as the plan would hold it: the unsealed one, the one without a time, the later. None when both are out."""
    at, line, original_at, original = later.at, later.lines[channel], earlier.at, earlier.lines[channel]
    stays = view.lines.is_sealed_or_sent(line.key) and not view.lines.is_sealed_or_sent(original.key)
    if (stays or (original.instant.at is None and line.instant.at is not None)) and original_at >= view.now:
        line, original, original_at = original, line, at
    if view.lines.is_sent(line.key) or (line.instant.at is not None and line.instant.at < view.now):
        return None
    return DuplicatePair(
        line, original, original_at, bool(payload := view.lines.payload_digest(line)) and payload == view.lines.payload_digest(original)
    )


class _RecentTexts:
    """The texts of the last 30 days, kept in two indexes of which the older is dropped as time goes on."""

    def __init__(self) -> None:
        self._old: SimilarityIndex[DatedText] = SimilarityIndex()
        self._new: SimilarityIndex[DatedText] = SimilarityIndex()
        self._since: datetime | None = None

    def add(self, text: DatedText, hashes: frozenset[int]) -> None:
        """Add a text; texts must come in time order."""
        if self._since is None or text.at - self._since > DUPLICATE_WINDOW:
            self._old, self._new, self._since = self._new, SimilarityIndex(), text.at
        self._new.add(text, hashes)

    def near(self, at: datetime, hashes: frozenset[int]) -> Iterator[DatedText]:
        """The texts of the 30 days before that share many of these shingles."""
        for index in (self._new, self._old):
            yield from (text for text in index.find_candidates(hashes) if at - text.at <= DUPLICATE_WINDOW)
