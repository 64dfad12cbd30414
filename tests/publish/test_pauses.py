"""A machine that is paused: whatever the moment, the run that wakes up sends nothing that another has taken over."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from marronnier.git import Repo
from people import Town, write
from publish.living import Brand, Said, founded, post

PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
MOMENTS = range(1, 90, 1 if PROOF else 17)
"""The git command of the run before which the machine pauses."""


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    made = Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")
    write(
        made.desk, {"content/posts/2026/12/portes.md": post("portes", Said("Bonjour.", "date: 2026-12-01 09:00", ("place",)), named=True)}
    )
    made.commit("ines", "Write portes")
    made.approve("karim", "portes")
    for runner in ("one", "two"):
        made.pass_on(runner)
    made.now += timedelta(hours=1)
    return made


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """The machine sleeps: the seconds since it was started go on."""
    slept = [0.0]
    real = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: real(clock) + slept[0])

    def sleep(length: timedelta) -> None:
        slept[0] += length.total_seconds()

    return sleep


def at_command(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], None]) -> list[int]:
    """Call `act` before that many-th git command of this process, once."""
    count = [0]
    real = Repo._complete

    def complete(repo: Repo, *arguments: object, **named: object) -> object:
        count[0] += 1
        if count[0] == number:
            act()
        return real(repo, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Repo, "_complete", complete)
    return count


def test_a_pause_while_it_plans_is_seen(brand: Brand, pause: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch) -> None:
    at_command(monkeypatch, 5, lambda: pause(timedelta(minutes=11)))
    said, _status = brand.does("publish", folder=brand.folder / "one")
    assert "interrupted too long" in said
    assert brand.messages() == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_t03_a_pause_at_any_moment_sends_nothing_twice(
    brand: Brand, pause: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    def meanwhile() -> None:
        pause(timedelta(minutes=13))
        brand.now += timedelta(minutes=13)
        for _time in range(2):
            other = brand.starts("publish", folder=brand.folder / "two")
            told = other.communicate(timeout=120)
            assert other.returncode in (0, 3), told
            brand.now += timedelta(minutes=1)

    at_command(monkeypatch, moment, meanwhile)
    before = brand.now
    brand.does("publish", folder=brand.folder / "one")
    assert len(brand.messages()) <= 1
    brand.now = max(brand.now, before) + timedelta(minutes=20)
    brand.does("publish", folder=brand.folder / "two")
    assert len(brand.messages()) == 1
    assert brand.ledger()["portes@place"][-1]["event"] == "sent"
