"""Heartbeats: when the publisher ran last, and which runs wait for what comes next. They are names of references, and cost no commit.

`refs/marronnier/heartbeats/<run>/<at>-<until>` stands at origin, with both instants in seconds since 1970; the run of a job that serves
some channels only is named `<run>.<mark of these channels>`. It points at the ledger's head,
so that nothing but a name is pushed, and a look at origin's references reads it. Whoever may push can forge one: it proves nothing, and
nothing is ever sent because of one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from marronnier.git import GitError, Repo
from marronnier.ledger import push

PREFIX = push.HEARTBEATS
ALIVE_FOR = timedelta(minutes=12)
"""A run that said nothing for longer counts as dead: a holder says every five minutes that it lives."""
KEPT = timedelta(days=2)
"""Heartbeats of dead runs that are older are deleted, but for the newest."""
NOTED_EVERY = timedelta(minutes=15)
"""A run that records nothing leaves a sign where the newest is older."""
_AHEAD = timedelta(minutes=2)
"""The most that another machine's clock may be ahead."""
_NAME = re.compile(re.escape(PREFIX) + r"([A-Za-z0-9][A-Za-z0-9-]{0,99}(?:\.[0-9a-f]{8})?)/(\d{9,11})-(\d{9,11})")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A heartbeat of one run."""

    run: str
    at: datetime
    """When it was given, by the clock of that run."""
    until: datetime
    """Until when that run waits for what comes next; `at` where it has ended."""

    @property
    def reference(self) -> str:
        """The name of its reference."""
        return f"{PREFIX}{self.run}/{int(self.at.timestamp())}-{int(self.until.timestamp())}"

    def is_alive(self, now: datetime) -> bool:
        """Whether the run most likely still waits."""
        return now - ALIVE_FOR <= self.at and not self.is_ahead(now) and self.until > now

    def is_ahead(self, now: datetime) -> bool:
        """Whether it was given at an hour that is yet to come: that run's clock is fast, and it tells nothing."""
        return self.at > now + _AHEAD

    def serves(self, run: str) -> bool:
        """Whether what this run sends holds all that another one does: both are of one job, or this one serves all channels."""
        channels = self.run.partition(".")[2]
        return not channels or channels == run.partition(".")[2]


def read(references: Iterable[str]) -> tuple[Heartbeat, ...]:
    """The heartbeats among these references, oldest first."""
    matches = filter(None, map(_NAME.fullmatch, references))
    return tuple(sorted((Heartbeat(match[1], _instant(match[2]), _instant(match[3])) for match in matches), key=lambda beat: beat.at))


def known(repo: Repo) -> tuple[Heartbeat, ...]:
    """The heartbeats that this clone knows of, oldest first: origin's, as it was last asked."""
    return read((repo.try_text("for-each-ref", "--format=%(refname)", PREFIX) or "").splitlines())


def last_run(repo: Repo, now: datetime, recorded_at: datetime | None) -> datetime | None:
    """When the publisher ran last: the newest heartbeat, or the ledger's last record, whichever is later. None where it never ran.

    What a fast clock gave or recorded does not count: for as long as that hour is to come, a publisher that died would seem to live.
    """
    recorded = [recorded_at] if recorded_at is not None and recorded_at <= now + _AHEAD else []
    return max((*recorded, *(each.at for each in known(repo) if not each.is_ahead(now))), default=None)


def note_run(repo: Repo, run: str, now: datetime, head: str, recorded_at: datetime | None) -> None:
    """Leave a sign that a run took place, where the newest is older than `NOTED_EVERY`: what a run records is a sign already."""
    newest = last_run(repo, now, recorded_at)
    if newest is None or now - newest >= NOTED_EVERY:
        beat(repo, Heartbeat(run, now, now), head, known(repo))


def beat(repo: Repo, heartbeat: Heartbeat, head: str, others: Collection[Heartbeat]) -> str:
    """Give a heartbeat: one name instead of this run's earlier ones, and without those of runs that died long ago or have a fast clock.

    `others` are the heartbeats at origin. Returns why origin does not take it; empty when it did.
    """
    newest = max((each.at for each in others), default=heartbeat.at)
    since, ahead = min(newest, heartbeat.at) - KEPT, heartbeat.at + KEPT
    old = [each for each in others if each.run == heartbeat.run or not since <= each.at <= ahead]
    gone = [each.reference for each in old if each.reference != heartbeat.reference]
    if repo.has_remote():
        try:
            repo.run(
                *push.PUSH_SETTINGS,
                *("push", "--quiet", "--force", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
                *("--end-of-options", "origin", f"{head}:{heartbeat.reference}", *(f":{name}" for name in gone)),
                timeout=push.NETWORK_TIMEOUT,
            )
        except GitError as error:
            return push.last_error_line(error)
    here = (repo.try_text("for-each-ref", "--format=%(refname)", PREFIX) or "").splitlines()
    push.keep_heartbeats(repo, head, here, [heartbeat.reference, *(each.reference for each in others if each not in old)])
    return ""


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
