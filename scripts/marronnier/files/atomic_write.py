"""Writing files: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def write(path: Path, data: bytes | str, *, durable: bool = True) -> None:
    """Put these bytes (or this text, as UTF-8 with its newlines as they are) in a file, whole or not at all.

    Folders are made as needed, and a file that stood there keeps its permissions. `durable` waits until the disk has it; what can be made
    again at any time, like the site, need not. Raises OSError, which names the file.
    """
    raw = data.encode("utf-8") if isinstance(data, str) else data
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        mode = path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    """The permissions that new files must not have: only settable by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def remove_folder(folder: Path) -> None:
    """Take a folder away with all it holds; one that is not there is fine. Raises OSError."""
    if folder.exists():
        shutil.rmtree(folder)
