"""A file of secrets on a server: one `NAME=value` a line, readable by its owner alone, and written whole or not at all.

No error, `repr` or message of this module holds a value.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from marronnier.files import atomic_write
from marronnier.messages import Trouble, _

VARIABLE = "MARRONNIER_SECRETS_FILE"
"""The environment variable that names the file."""

_LINE = re.compile(r"[ \t]*(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=(?P<value>.*)")
_OWNER_ONLY = 0o600


def read(path: Path) -> Mapping[str, str]:
    """The values by name; empty where there is no file yet. Raises Trouble for a file that others may read, or that has another form."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _trouble(path, error) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise Trouble(_("{file} holds secrets, and others on this machine may read it", file=path), _("Run `chmod 600 {file}`.", file=path))
    return {name: value for name, value, _line in _values(path, raw)}


def store(path: Path, values: Mapping[str, str]) -> None:
    """Write these values, in place of those that the file has under their names; all else of it stays. On the disk when this returns.

    Raises Trouble where the file cannot be read or written, with the file as it was.
    """
    target = path.resolve()
    try:
        with _alone(target):
            read(target)
            kept = target.read_bytes() if target.exists() else b""
            atomic_write.write(target, _with_values(target, kept, values), mode=_OWNER_ONLY)
            _flush_folder(target.parent)
    except OSError as error:
        raise _trouble(path, error) from None


def _with_values(path: Path, raw: bytes, values: Mapping[str, str]) -> str:
    """The text of the file with these values."""
    for name, value in values.items():
        if not _LINE.fullmatch(f"{name}=") or re.search(r"[\x00\r\n]", value) or value != value.strip():
            raise Trouble(_("{name} cannot stand in {file}: a secret there is one line", name=name, file=path))
    lines = raw.decode("utf-8").splitlines()
    places = {name: line for name, _value, line in _values(path, raw)}
    for name, value in values.items():
        if name in places:
            lines[places[name]] = f"{name}={value}"
        else:
            lines.append(f"{name}={value}")
    return "".join(f"{line}\n" for line in lines)


def _values(path: Path, raw: bytes) -> Iterator[tuple[str, str, int]]:
    """Name, value and index of each line. Raises Trouble, which shows nothing of the line."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text and raw:
        raise Trouble(_("{file} is no text in UTF-8", file=path), _("Write one `NAME=value` a line there."))
    seen = set()
    for number, line in enumerate(text.splitlines()):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise Trouble(_("line {number} of {file} is not `NAME=value`", number=number + 1, file=path), _("Correct that line."))
        if match["name"] in seen:
            raise Trouble(
                _("{file} has {name} twice, the second time on line {number}", file=path, name=match["name"], number=number + 1),
                _("Delete one of the two."),
            )
        seen.add(match["name"])
        yield match["name"], match["value"].strip(), number


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the file for this process: of two that write at once, neither loses what the other wrote."""
    try:
        import fcntl
    except ImportError:
        # No such lock on this system: there the file is written by one process at a time.
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.parent / f".{path.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _flush_folder(folder: Path) -> None:
    """Have the file's new name on the disk too: a token whose only copy is lost in a power cut is gone for good."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _trouble(path: Path, error: OSError) -> Trouble:
    return Trouble(
        _("{file}: {why}", file=path, why=error.strerror or type(error).__name__),
        _("{variable} names that file: whoever runs this must be able to read and write it, and its folder.", variable=VARIABLE),
    )
