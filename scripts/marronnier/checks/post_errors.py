"""Errors in posts that are about to be sealed: what a run keeps back, and what the plan says about it beforehand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from marronnier.cache import Cache
from marronnier.checks.engine import run
from marronnier.desk.post_sketch import PostSketch
from marronnier.model.finding import Finding
from marronnier.text.similarity import DUPLICATE_WINDOW

if TYPE_CHECKING:
    from marronnier.proofs.situation import Situation

_RULES_PER_CHANNEL = frozenset({"duplicate-text", "identity-changed"})
"""Rules whose finding concerns one channel of a post. The plan refuses that publication; the post's other channels are still sent."""

_COMPARED = 2 * DUPLICATE_WINDOW + timedelta(days=1)
"""Nothing older is compared with what is still to come."""


def errors_in_posts(situation: Situation, paths: Collection[str], *, cache: Cache | None = None) -> Mapping[str, Finding]:
    """The first error of each of these posts that has one, by its path. Only their media are opened, and no rule looks at what is long over."""
    return errors_by_post(run(_without_the_past(situation, paths), cache=cache, inspected=paths), paths) if paths else {}


def errors_by_post(findings: Iterable[Finding], paths: Collection[str]) -> Mapping[str, Finding]:
    """Of these findings, the first error of each of these posts that has one, by its path."""
    errors: dict[str, Finding] = {}
    for finding in findings:
        if finding.level == "error" and finding.place.path in paths and finding.rule not in _RULES_PER_CHANNEL:
            errors.setdefault(finding.place.path, finding)
    return errors


def _without_the_past(situation: Situation, paths: Collection[str]) -> Situation:
    """The situation without the posts whose hours are all long past, but for these: a long history costs a look nothing."""
    before, desk, table = situation.now - _COMPARED, situation.desk, situation.timetable
    coming = {key.partition("@")[0] for key, instant in table.instants.items() if instant.at is None or instant.at >= before}
    planned = {key.partition("@")[0] for key in table.instants} - {post.id for post in desk.duplicates}
    over = {post.id: post for post in desk.posts.values() if post.id in planned and post.id not in coming and post.path not in paths}
    if not over:
        return situation
    sketches = {post.id: PostSketch(post.id, post.path, tuple(post.front.channels), None, frozenset()) for post in over.values()}
    keys = [key for key in table.instants if key.partition("@")[0] not in over]
    return replace(
        situation,
        desk=replace(
            desk, posts={post_id: post for post_id, post in desk.posts.items() if post_id not in over}, over={**desk.over, **sketches}
        ),
        timetable=replace(
            table, publications={key: table.publications[key] for key in keys}, instants={key: table.instants[key] for key in keys}
        ),
    )
