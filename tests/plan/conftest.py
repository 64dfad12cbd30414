"""What these tests share: a team at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from people import Town
from teamwork import Team


@pytest.fixture
def team(town: Town, tmp_path: Path) -> Team:
    """A repository with the brand on `main`."""
    return Team(town, town.found(tmp_path / "repo"))
