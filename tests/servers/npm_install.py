"""Programs from npm, installed below `.venv/servers/` at the versions of their package-lock.json; once for each lock file, by one process."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from servers import PLACE, cannot

NODE = Path(sys.prefix) / "bin"
"""Node itself comes from PyPI, with the tests."""


def npm_install(sources: Path, *, files: tuple[str, ...] = (), seconds: int = 300) -> Path:
    """Install what a folder's package-lock.json names, with these files beside it; where it is then. Nothing that it holds is run meanwhile."""
    if not (NODE / "npm").exists():
        cannot(f"{sources.name} needs Node from requirements-dev.lock")
    place = PLACE / sources.name
    place.mkdir(parents=True, exist_ok=True)
    with (PLACE / f"{sources.name}.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", *files):
            shutil.copy(sources / name, place / name)
        if not is_installed(sources):
            _install(place, seconds)
            (place / "installed").write_text(_lock(sources))
    return place


def is_installed(sources: Path) -> bool:
    """Whether it is there already, as its lock file says."""
    done = PLACE / sources.name / "installed"
    return done.exists() and done.read_text() == _lock(sources)


def _lock(sources: Path) -> str:
    return hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()


def _install(place: Path, seconds: int) -> None:
    command = [NODE / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    env = {**os.environ, "PATH": f"{NODE}:{os.environ['PATH']}"}
    try:
        told = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        cannot(f"{place.name} could not be installed within {seconds} seconds")
    if told.returncode:
        cannot(f"{place.name} could not be installed: {told.stderr[-600:]}")
