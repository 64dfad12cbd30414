"""Hostile files through the command that people use: a whole `marronnier check` for each, measured from its start to its end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hostile.files import Hostile
from hostile.judging import BRAND

HERE = Path(__file__).parents[1]
MEASURE = """
import json, os, subprocess, sys
running = subprocess.Popen(sys.argv[2:])
_pid, status, used = os.wait4(running.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""
"""Starts a command and tells its exit status, its seconds of work and its most memory in KiB.

A process of its own, and a small one: until it becomes the command, a child weighs as much as what started it.
"""


def commanded(hostile: Hostile, folder: Path) -> dict[str, Any]:
    """What the command says of a brand that holds this file; its exit status, its seconds of work and its most memory in KiB."""
    root = folder / "brand"
    shutil.copytree(BRAND, root)
    (root / "content/posts/2026/12").mkdir(parents=True)
    hostile.lay(root)
    env = {**os.environ, "PYTHONPATH": str(HERE.parent / "scripts"), "MARRONNIER_LANG": "en", "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "marronnier", "-C", str(root), "--now", "2026-12-02 09:00", "check", "--format", "json"]
    measured = folder / "measured"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, str(measured), *command],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    status, seconds, kib = json.loads(measured.read_text())
    said, complained = done.stdout.decode(), done.stderr.decode()
    error = complained if "Traceback" in complained or status not in (0, 1) else ""
    found = [
        {
            "level": one["level"],
            "rule": one["rule"],
            "path": one["path"],
            "said": [one["message"], one["expected"], one["next"]],
            "line": "",
        }
        for one in (json.loads(said) if said else [])
    ]
    return {"found": found, "error": error, "seconds": seconds, "kib": kib, "status": status}
