"""How a person runs this program from their shell, for the commands that are printed to be typed."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path


def program() -> str:
    """`marronnier` where the shell finds it, else the Python that runs now: what is printed can be typed as it stands."""
    return "marronnier" if is_on_path("marronnier") else f"{shlex.quote(sys.executable)} -m marronnier"


def is_on_path(name: str) -> bool:
    """Whether a shell finds a command of that name."""
    return any(os.access(Path(folder, name), os.X_OK) for folder in os.get_exec_path())
