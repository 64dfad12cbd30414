"""Atomic writing of files."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO


def write(path: Path, data: bytes | str | IO[bytes], *, durable: bool = True, mode: int | None = None) -> None:
    """Write these bytes, this text as UTF-8 with its newlines unchanged, or the rest of an open file to a file: all of it, or nothing when that fails.

    Missing folders are created, and an existing file keeps its permissions where `mode` names no others.
    `durable` waits until the data is on the disk; files that can be built again, like the site, do not need it.
    Raises OSError, which names the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        try:
            mode = path.stat().st_mode & 0o7777
        except FileNotFoundError:
            mode = 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(data, bytes | str):
                file.write(data.encode("utf-8") if isinstance(data, str) else data)
            else:
                shutil.copyfileobj(data, file, 1 << 20)
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
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def remove_folder(folder: Path) -> None:
    """Delete a folder and everything in it; nothing happens when it does not exist. Raises OSError."""
    if folder.exists():
        shutil.rmtree(folder)
