"""A brand with a life of its own, and a clock that jumps over every sleep."""

from __future__ import annotations

from pathlib import Path

import pytest

from people import Town
from publish.holding import JumpingClock, hour
from publish.living import Brand, founded


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    return Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> JumpingClock:
    return JumpingClock(monkeypatch, hour("09:50"))
