"""Python packages of a server that is only for the tests, at the versions of `<name>/requirements.txt`, apart from the environment of the tests."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from servers import PLACE, cannot


def packages(name: str) -> Path:
    """The folder that holds them; installed once, by one process. Skips the test where they cannot be had."""
    requirements = Path(__file__).parent / name / "requirements.txt"
    place = PLACE / name
    place.mkdir(parents=True, exist_ok=True)
    done, wanted = place / "installed", hashlib.sha256(requirements.read_bytes()).hexdigest()
    with (PLACE / f"{name}.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != wanted:
            _install(name, requirements, place / wanted[:12])
            done.write_text(wanted)
    return place / wanted[:12]


def _install(name: str, requirements: Path, place: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    options = ["--require-hashes", "--target", str(place), "--upgrade", "--requirement", str(requirements)]
    try:
        told = subprocess.run([*command, *options], capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        cannot(f"{name} could not be installed within 300 seconds")
    if told.returncode:
        cannot(f"{name} could not be installed: {told.stderr[-600:]}")
