"""How a person runs this program from their shell, for the commands that are printed to be typed."""

from __future__ import annotations

import shlex
import shutil
import sys


def program() -> str:
    """`marronnier` where the shell finds it, else the Python that runs now: what is printed can be typed as it stands."""
    return "marronnier" if shutil.which("marronnier") else f"{shlex.quote(sys.executable)} -m marronnier"
