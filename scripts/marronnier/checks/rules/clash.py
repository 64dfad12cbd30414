"""Two posts on the same channel, too close to one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.model.publication import Publication

LEVEL: Level = "warning"
ALLOWABLE = True

Pair = tuple[Publication, Publication]
"""The one to move, and the one that stays."""


def check(view: View) -> Iterator[Finding]:
    """Every two neighbours in time on each channel; one finding for two posts, however many channels they share."""
    shared: dict[tuple[str, str, datetime, datetime], list[Pair]] = defaultdict(list)
    for pair in _close(view):
        moves, stays = pair
        shared[moves.post.path, stays.post.path, _at(view, moves), _at(view, stays)].append(pair)
    zone = ZoneInfo(view.desk.brand.zone)
    for (_path, _other, at, other_at), pairs in shared.items():
        moves, stays = pairs[0]
        gap = int(abs(at - other_at) / timedelta(minutes=1))
        values = {
            "channels": ", ".join(f"`{one.channel_name}`" for one, _stays in pairs),
            "other": stays.post.path,
            "when": f"{other_at.astimezone(zone):%Y-%m-%d %H:%M}",
        }
        yield Finding(
            "clash",
            LEVEL,
            moves.post.place(*view.hour_of(moves)),
            _said(gap, any(_is_sealed(view, stay) for _moves, stay in pairs), values),
            _("at least {minutes} minutes between two posts on a channel", minutes=int(view.desk.brand.gap / timedelta(minutes=1))),
            _("move one of the two, or write why not: `allow: {{clash: the reason}}`"),
        )


def _said(gap: int, sealed: bool, values: dict[str, str]) -> str:
    if gap == 0 and sealed:
        return _("{channels} has {other} in the same minute, {when}, approved and sealed", **values)
    if gap == 0:
        return _("{channels} has {other} in the same minute, {when}", **values)
    if sealed:
        return _("{channels} has {other} only {gap} minutes away, at {when}, approved and sealed", gap=gap, **values)
    return _("{channels} has {other} only {gap} minutes away, at {when}", gap=gap, **values)


def _close(view: View) -> Iterator[Pair]:
    """Neighbours closer than the brand's gap, of which one at least is still to come."""
    gap = view.desk.brand.gap
    ahead: dict[str, list[tuple[datetime, str, Publication]]] = defaultdict(list)
    for key, publication in view.timetable.publications.items():
        at = view.timetable.instants[key].at
        if at is not None and at >= view.now - gap and not view.is_idea(publication.post):
            ahead[publication.channel_name].append((at, key, publication))
    for on_channel in ahead.values():
        on_channel.sort(key=lambda one: one[:2])
        for (before_at, _key, before), (at, _next_key, after) in pairwise(on_channel):
            if at < view.now or at - before_at >= gap or before.post.path == after.post.path:
                continue
            # The one that may still move is told, and of two that may, the later.
            moves, stays = (before, after) if _is_fixed(view, after) and not _is_fixed(view, before) else (after, before)
            if not _allowed(view, moves, stays):
                yield moves, stays


def _allowed(view: View, *pair: Publication) -> bool:
    """Whether either of the two says why it may be so close."""
    allowing = [one.post for one in pair if view.allows(one.post, "clash")]
    view.used.update((post.path, "clash") for post in allowing)
    return bool(allowing)


def _is_sealed(view: View, publication: Publication) -> bool:
    history = view.histories.get(publication.key)
    return history is not None and history.seal is not None


def _is_fixed(view: View, publication: Publication) -> bool:
    return view.is_sent(publication) or _is_sealed(view, publication)


def _at(view: View, publication: Publication) -> datetime:
    at = view.timetable.instants[publication.key].at
    assert at is not None
    return at
