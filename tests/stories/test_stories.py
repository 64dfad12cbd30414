"""Runs every story.md of this folder and compares each output and exit code with what the story says."""

from __future__ import annotations

from pathlib import Path

import pytest

from people import Town
from stories.telling import folders, lived, matches


@pytest.mark.parametrize("folder", folders(), ids=lambda path: path.name)
def test_story(folder: Path, town: Town, tmp_path: Path) -> None:
    for step, seen, status in lived(folder, town, tmp_path):
        told = f"{folder.name}/story.md:{step.line}: $ {step.typed}\n{seen}"
        assert "Traceback" not in seen, told
        assert status == step.status, f"exit code {status}, not {step.status}\n{told}"
        assert matches(step.seen, seen), f"expected:\n{step.seen}\n\nseen:\n{told}"
