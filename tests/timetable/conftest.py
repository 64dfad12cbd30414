"""What the tests of the timetable share."""

from __future__ import annotations

from pathlib import Path

import pytest

from timetable.folders import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A brand in a folder, without posts."""
    return Folder(tmp_path)
