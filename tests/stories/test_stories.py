"""Stories: a repository, a clock, what must be true after. Each folder's story.md is read by people and run here."""

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
