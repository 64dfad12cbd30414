"""Fixtures of the timetable's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from timetable.folders import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A brand's folder without posts."""
    return Folder(tmp_path)
