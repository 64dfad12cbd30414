"""Results kept from one run to the next, by the digest of what they follow from. Safe to delete at any time.

Trust: what is read from a cache stands in for what people wrote, so a cache that somebody else made must never be believed,
and a repository may carry a `.marronnier/` folder that somebody committed on purpose. Every file therefore begins with an
HMAC-SHA256 under a key that never enters the repository (`$XDG_CACHE_HOME/marronnier/key`, readable by its owner only).
A file with any other beginning, of another version of the tool or of Python, or damaged, is passed over in silence.
The content is plain data in `marshal`'s format, read only after the HMAC agreed; no object is ever rebuilt from it by name.
Publishing gives no cache at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from marronnier import __version__

_SPARE = 1000
"""How many values that this run did not ask for a shelf may keep before they are dropped."""
_FEW = 20
"""A shelf is written whole once more than one value in so many was added: to write ten thousand for one takes longer than checking a post."""


class Cache:
    """Values by shelf and key, in memory and below `.marronnier/cache/` of a brand's folder: in memory alone without a folder or without a key.

    A shelf is read at its first use. On disk it is one file with all values, and one with the few that were added since.
    `asks_little`: this run asks only for a small part of what is kept, so nothing is dropped after it.
    """

    def __init__(self, root: Path | None = None, *, asks_little: bool = False) -> None:
        self._asks_little = asks_little
        self.folder = root / ".marronnier" / "cache" if root is not None else None
        self._shelves: dict[str, dict[str, Any]] = {}
        self._used: dict[str, set[str]] = {}
        self._added: dict[str, dict[str, Any]] = {}
        """By shelf that changed: what its file with all values lacks."""
        self._changed: set[str] = set()
        self._files: dict[str, tuple[bytes, int]] = {}
        """By shelf that was read: the signature of its file with all values, and how many these are."""

    def get(self, shelf: str, key: str) -> Any:
        """The value under that key, or None."""
        value = (self._shelves.get(shelf) or self._shelf(shelf)).get(key)
        if value is not None:
            self._used[shelf].add(key)
        return value

    def put(self, shelf: str, key: str, value: Any) -> None:
        """Store a value made of texts, bytes, numbers, lists, tuples and dictionaries. Its key is a digest of all it follows from."""
        self._shelf(shelf)[key] = value
        self._used[shelf].add(key)
        self._added.setdefault(shelf, {})[key] = value
        self._changed.add(shelf)

    def put_alone(self, shelf: str, key: str, value: Any) -> None:
        """Store a value as the only one of its shelf."""
        self._shelves[shelf] = {}
        self._used[shelf] = set()
        self._files.pop(shelf, None)
        self.put(shelf, key, value)

    def save(self) -> None:
        """Write the shelves that changed. Never raises: a cache that cannot be written is no cache."""
        if not self._changed or self.folder is None or self._key is None:
            return
        for shelf in sorted(self._changed):
            values = self._shelves[shelf]
            used = self._used[shelf]
            signature, count = self._files.get(shelf, (b"", 0))
            try:
                _make_folder(self.folder)
                if not self._asks_little and len(values) > 2 * len(used) + _SPARE:
                    self._write_all(shelf, {key: value for key, value in values.items() if key in used})
                elif len(self._added[shelf]) * _FEW > count:
                    self._write_all(shelf, values)
                else:
                    self._write(f"{shelf}.added", _added_to(shelf, signature), self._added[shelf])
            except (OSError, ValueError):
                return
        self._changed.clear()

    def _write_all(self, shelf: str, values: dict[str, Any]) -> None:
        signature = self._write(shelf, shelf, values)
        self._files[shelf] = signature, len(values)
        self._added[shelf] = {}

    def _write(self, file_name: str, purpose: str, values: dict[str, Any]) -> bytes:
        """Write values, and return their signature. Raises OSError, and ValueError for values that `marshal` does not take."""
        assert self.folder is not None
        assert self._key is not None
        raw = marshal.dumps(values)
        signature = _sign(self._key, purpose, raw)
        _write(self.folder / f"{file_name}.cache", signature + raw)
        return signature

    def _shelf(self, shelf: str) -> dict[str, Any]:
        if shelf not in self._shelves:
            signature, values = self._read(shelf, shelf)
            self._files[shelf] = signature, len(values)
            self._added[shelf] = self._read(f"{shelf}.added", _added_to(shelf, signature))[1] if values else {}
            self._shelves[shelf] = {**values, **self._added[shelf]}
            self._used[shelf] = set()
        return self._shelves[shelf]

    def _read(self, file_name: str, purpose: str) -> tuple[bytes, dict[str, Any]]:
        """The signature and the values of a file; nothing where it is not ours."""
        if self.folder is None or self._key is None:
            return b"", {}
        import hmac

        try:
            if _is_linked(self.folder):
                return b"", {}
            raw = (self.folder / f"{file_name}.cache").read_bytes()
        except OSError:
            return b"", {}
        signature, content = raw[:32], raw[32:]
        if not hmac.compare_digest(signature, _sign(self._key, purpose, content)):
            return b"", {}
        try:
            values = marshal.loads(content)  # noqa: S302
        except (EOFError, ValueError, TypeError):
            return b"", {}
        return (signature, values) if isinstance(values, dict) else (b"", {})

    @cached_property
    def _key(self) -> bytes | None:
        """This person's key, made at the first use; None where it cannot be written."""
        home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
        try:
            file = Path(home).expanduser() / "marronnier" / "key"
            if not file.exists():
                import secrets

                file.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as opened:
                    opened.write(secrets.token_bytes(32))
            key = file.read_bytes()
        except (OSError, RuntimeError):
            return None
        return key if len(key) >= 32 else None


def _added_to(shelf: str, signature: bytes) -> str:
    """What a file with added values is for: this shelf, as long as its file with all values is the one with this signature."""
    return f"{shelf} after {signature.hex()}"


def _sign(key: bytes, purpose: str, content: bytes) -> bytes:
    import hmac

    made_by = f"{__version__} {_fingerprint()} {sys.implementation.cache_tag} {marshal.version} {purpose}\n"
    return hmac.digest(key, made_by.encode() + content, "sha256")


def _is_linked(folder: Path) -> bool:
    return folder.is_symlink() or folder.parent.is_symlink()


def _make_folder(folder: Path) -> None:
    """Raises OSError when the folder is a link or cannot be made."""
    if _is_linked(folder):
        raise OSError("the cache folder is a link")
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _write(file: Path, raw: bytes) -> None:
    """Whole or not at all. A cache may be lost with the power, so nothing waits for the disk. Raises OSError."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(raw)
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


_CODE = ("files", "desk", "text", "model", "networks", "approval", "ledger", "sandbox", "checks")
"""The folders of the code that makes cached values, with all folders in them."""


@cache
def _fingerprint() -> str:
    """A digest that changes with the code that makes cached values: from size and time of its files."""
    stats = sorted(stat for folder in _CODE for stat in _stats(f"{os.path.dirname(__file__)}/{folder}"))  # noqa: PTH120
    return hashlib.sha256("\n".join(stats).encode()).hexdigest()[:16]


def _stats(folder: str) -> Iterator[str]:
    """The place, size and time of each Python file below a folder."""
    with os.scandir(folder) as files:
        for file in files:
            if file.name.endswith(".py"):
                read = file.stat()
                yield f"{file.path} {read.st_size} {read.st_mtime_ns}"
            elif file.is_dir() and file.name != "__pycache__":
                yield from _stats(file.path)
