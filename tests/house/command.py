"""Running the command as a person does, in a folder and a language of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *arguments: str, python: str = sys.executable, **more: str) -> subprocess.CompletedProcess[str]:
    """`marronnier …` in that folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MARRONNIER_", "PYTHON"))}
    # The folder of a test may lie below somebody's repository.
    env |= {"LC_ALL": "C.UTF-8", "TZ": "UTC", "GIT_CEILING_DIRECTORIES": str(folder.parent), "GIT_CONFIG_GLOBAL": os.devnull, **more}
    return subprocess.run([python, "-m", "marronnier", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)
