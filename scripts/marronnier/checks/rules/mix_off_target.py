"""Pillars or formats that get much more or much less than their share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "notice"
ALLOWABLE = False

_SPAN = timedelta(days=30)
_MIN_POSTS = 20
"""With fewer posts, one more would move a share by more than five points."""
_MAX_DIFFERENCE = 15
"""The percentage points that a planned share may differ from its target."""


def check(view: View) -> Iterator[Finding]:
    """The posts of the next 30 days, each occurrence counted once, against the shares of brand/strategy.yml."""
    strategy = view.desk.strategy
    shares = {name: pillar.share for name, pillar in strategy.pillars.items() if pillar.share is not None}
    if view.desk.only is not None or not (shares or strategy.mix):
        return
    planned = {(line.post.path, line.occurrence): line.post.front for line in view.lines.upcoming if line.at < view.now + _SPAN}
    by_pillar = Counter(front.pillar for front in planned.values() if front.pillar is not None)
    by_format: Counter[str] = Counter(front.format for front in planned.values())
    yield from _share_findings(
        shares, by_pillar, {name: view.desk.place("brand/strategy.yml", "pillars", name, "share") for name in shares}
    )
    yield from _share_findings(strategy.mix, by_format, {name: view.desk.place("brand/strategy.yml", "mix", name) for name in strategy.mix})


def _share_findings(shares: Mapping[str, int], planned: Mapping[str, int], places: Mapping[str, Place]) -> Iterator[Finding]:
    total = sum(planned.values())
    if total < _MIN_POSTS:
        return
    for name, share in shares.items():
        count = planned.get(name, 0)
        if abs(100 * count / total - share) < _MAX_DIFFERENCE:
            continue
        message = _(
            "`{name}` has {count} of the {whole} posts of the next 30 days, {percent} %",
            name=name,
            count=count,
            whole=total,
            percent=round(100 * count / total),
        )
        expected = _("about {percent} %", percent=share)
        next = (
            _("plan more of it, or less of the others, or change its share here")
            if 100 * count / total < share
            else _("plan less of it, or more of the others, or change its share here")
        )
        yield Finding("mix-off-target", LEVEL, places[name], message, expected, next)
