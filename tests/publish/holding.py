"""Holders on a clock that jumps over every sleep: a day passes in a second, and what people do meanwhile happens at its hour."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from unittest import mock

import pytest

from marronnier import publish
from marronnier.git import Repo
from marronnier.ledger.heartbeats import Heartbeat
from marronnier.publish.holder import Holder
from marronnier.publish.notices import Notice
from marronnier.publish.report import RunReport
from marronnier.publish.repository_publisher import RepositoryPublisher
from publish.living import BRUSSELS, Brand, Said, post


def hour(text: str) -> datetime:
    """An hour of the first of December in Brussels."""
    return datetime.fromisoformat(f"2026-12-01 {text}").replace(tzinfo=BRUSSELS)


class JumpingClock:
    """A timepiece that sleeps in no time. The seconds since the machine's start are moved on with it, for everybody in this process."""

    def __init__(self, patch: pytest.MonkeyPatch, start: datetime) -> None:
        self._skipped = 0.0
        real = time.clock_gettime
        patch.setattr(time, "clock_gettime", lambda clock: real(clock) + self._skipped)
        self._start, self._began = start.astimezone(UTC), self.elapsed()
        self._events: list[tuple[datetime, Callable[[], None]]] = []
        self._back = timedelta()
        self.set_by = timedelta()
        """By how much somebody set the machine's clock."""
        self.told_to_end: Callable[[], bool] = lambda: False
        self.sleeps = 0

    def now(self) -> datetime:
        return self.true + self.set_by - self._back

    @property
    def true(self) -> datetime:
        """The true time, whatever the machine's clock says."""
        return self._start + timedelta(seconds=self.elapsed() - self._began)

    def elapsed(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        until = self.elapsed() + seconds
        while self._events and self.elapsed() < until and self._events[0][0] <= self._start + timedelta(seconds=until - self._began):
            at, act = self._events.pop(0)
            self.skip((at - self.true).total_seconds())
            act()
        self.skip(until - self.elapsed())

    def skip(self, seconds: float) -> None:
        """Let time pass, as when the machine is suspended."""
        self._skipped += max(seconds, 0.0)

    def set_back(self, by: timedelta) -> None:
        self._back += by

    def is_told_to_end(self) -> bool:
        return self.told_to_end()

    def at(self, hour: datetime, act: Callable[[], None]) -> None:
        """Have something happen then, while somebody sleeps."""
        self._events.append((hour.astimezone(UTC), act))
        self._events.sort(key=lambda event: event[0])


class WatchedHolder(Holder):
    """A holder in this process, which remembers what it told."""

    publisher: RepositoryPublisher

    def __init__(self, publisher: RepositoryPublisher, clock: JumpingClock, hold: timedelta | None, relay: bool) -> None:
        self.notices: list[Notice] = []
        self.reports: list[RunReport] = []
        super().__init__(publisher, clock, self.notices.append, self.reports.append, hold, relay)

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for notice in self.notices]

    @property
    def sent(self) -> list[str]:
        return [step.key for report in self.reports for step in report.steps if step.act == "sent"]


@contextmanager
def holding(
    brand: Brand,
    clock: JumpingClock,
    hold: timedelta | None = timedelta(hours=5, minutes=30),
    *,
    relay: bool = False,
    runner: str = "one",
    env: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[WatchedHolder]:
    """A holder in a runner's clone, as the publisher; `env` are variables of its job."""
    with mock.patch.dict(os.environ, {**brand.env("publisher"), **env}, clear=True):
        publisher = RepositoryPublisher(Repo(brand.folder / runner), clock, os.environ)
        yield WatchedHolder(publisher, clock, hold, relay)
        publisher.repo.close()


def say(brand: Brand, name: str, when: str, *, words: str = "", channels: tuple[str, ...] = ("place",)) -> None:
    """Inès writes a post, Karim approves it, and it is pushed."""
    path = brand.desk / f"content/posts/2026/12/{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(post(name, Said(words or f"Bonjour, {name}.", f"date: {when}", channels), named=True), encoding="utf-8")
    brand.commit("ines", f"Write {name}")
    brand.approve("karim", name)
    push(brand)


def write(brand: Brand, files: dict[str, str | None]) -> None:
    """Somebody writes files, or deletes them (None), and pushes."""
    for name, text in files.items():
        path: Path = brand.desk / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    brand.commit("claire", "Write")
    push(brand)


def announce(brand: Brand, at: datetime, until: datetime, name: str = "github-77-1") -> None:
    """Another holder's heartbeat at origin."""
    reference = Heartbeat(name, at.astimezone(UTC), until.astimezone(UTC)).reference
    brand.git("update-ref", reference, "ledger", folder=brand.origin)


def push(brand: Brand) -> None:
    brand.git("push", "-q", "origin", "main")


@contextmanager
def counting_runs(patch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """The instants of all runs that read everything, while this lasts."""
    runs: list[datetime] = []
    real = publish.run

    def run(repo: Repo, now: datetime, **more: object) -> RunReport:
        runs.append(now)
        return real(repo, now, **more)  # type: ignore[arg-type]

    with patch.context() as within:
        within.setattr(publish, "run", run)
        yield runs
