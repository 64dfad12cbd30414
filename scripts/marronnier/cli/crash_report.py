"""The crash report: a file about an error in our own code, for whoever maintains it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from marronnier import __version__
from marronnier.files import atomic_write


def write_crash_report(error: BaseException) -> Path | None:
    """Write the report into the system's folder for temporary files and return its path; None where nothing can be written.

    It holds the command, the versions and the traceback: no environment, and so no secret.
    """
    lines = [
        f"marronnier {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"$ marronnier {' '.join(sys.argv[1:])}",
        "",
        *traceback.format_exception(error),
    ]
    try:
        path = Path(tempfile.gettempdir()) / f"marronnier-fault-{os.getpid()}.txt"
        atomic_write.write(path, "\n".join(lines))
    except OSError:
        return None
    return path
