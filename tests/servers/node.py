"""Programs from npm: installed below `.venv/servers/` at the versions of their package-lock.json, and run on the Node of the tests.

Each is installed once for each lock file, by one process.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from servers import PLACE, cannot

BIN = Path(sys.prefix) / "bin"
"""Node itself comes from PyPI, with the tests."""
NODE = BIN / "node"


def install(
    sources: Path, *, files: tuple[str, ...] = (), seconds: int = 300, scripts: bool = False, env: Mapping[str, str] | None = None
) -> Path:  # fmt: skip
    """Install what a folder's package-lock.json names, with these files beside it; where it is then.

    Nothing that it holds is run meanwhile, except where `scripts` says so: what compiles itself must.
    """
    if not (BIN / "npm").exists():
        cannot(f"{sources.name} needs Node from requirements-dev.lock")
    place = PLACE / sources.name
    place.mkdir(parents=True, exist_ok=True)
    with (PLACE / f"{sources.name}.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", *files):
            shutil.copy(sources / name, place / name)
        if not is_installed(sources):
            _npm_ci(place, seconds, () if scripts else ("--ignore-scripts",), env or {})
            (place / "installed").write_text(_lock(sources))
    return place


def is_installed(sources: Path) -> bool:
    """Whether it is there already, as its lock file says."""
    done = PLACE / sources.name / "installed"
    return done.exists() and done.read_text() == _lock(sources)


@contextmanager
def serving(place: Path, *arguments: Path) -> Iterator[Any]:
    """Run the `start.mjs` of an installed server, which prints one line of JSON when it listens; stop it at the end of the `with`."""
    process = subprocess.Popen(
        [NODE, place / "start.mjs", *arguments],
        cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr
    try:
        line = process.stdout.readline()
        if not line:
            cannot(f"{place.name} does not start: {process.stderr.read()[-600:]}")
        yield json.loads(line)
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()


def _lock(sources: Path) -> str:
    return hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()


def _npm_ci(place: Path, seconds: int, options: tuple[str, ...], more: Mapping[str, str]) -> None:
    command = [BIN / "npm", "ci", "--omit=dev", *options, "--no-audit", "--no-fund", "--loglevel=error"]
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **more}
    try:
        told = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        cannot(f"{place.name} could not be installed within {seconds} seconds")
    if told.returncode:
        cannot(f"{place.name} could not be installed: {told.stderr[-600:]}")
