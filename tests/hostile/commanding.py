"""Hostile files through the command that people use: a whole `marronnier check` for each, measured from its start to its end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hostile.files import Hostile
from hostile.judging import BRAND

HERE = Path(__file__).parents[1]


def commanded(hostile: Hostile, folder: Path) -> dict[str, Any]:
    """What the command says of a brand that holds this file; its exit status, its seconds of work and its most memory in KiB."""
    root = folder / "brand"
    shutil.copytree(BRAND, root)
    (root / "content/posts/2026/12").mkdir(parents=True)
    hostile.lay(root)
    env = {**os.environ, "PYTHONPATH": str(HERE.parent / "scripts"), "MARRONNIER_LANG": "en", "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "marronnier", "-C", str(root), "--now", "2026-12-02 09:00", "check", "--format", "json"]
    # Files, not pipes: what comes out is read once all has ended.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        running = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _pid, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said, complained = out.read().decode(), err.read().decode()
    error = complained if "Traceback" in complained or running.returncode not in (0, 1) else ""
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
    return {"found": found, "error": error, "seconds": used.ru_utime + used.ru_stime, "kib": used.ru_maxrss, "status": running.returncode}
