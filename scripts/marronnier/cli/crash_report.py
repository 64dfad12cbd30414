"""What nobody foresaw: a fault of the tool's own ends in a sentence and a file for whoever mends it, never in a traceback."""

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
    """Write down what happened, in the machine's folder for passing files; None where nothing can be written.

    It holds the command, the versions and the places in the code: no environment, and so no secret.
    """
    told = [
        f"marronnier {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"$ marronnier {' '.join(sys.argv[1:])}",
        "",
        *traceback.format_exception(error),
    ]
    try:
        path = Path(tempfile.gettempdir()) / f"marronnier-fault-{os.getpid()}.txt"
        atomic_write.write(path, "\n".join(told))
    except OSError:
        return None
    return path
