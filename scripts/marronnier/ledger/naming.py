"""Writing the ledger's name into `brand/brand.yml`, leaving every other line as the team wrote it."""

from __future__ import annotations

import re
from pathlib import Path

_BLOCK = re.compile(r"^ledger:[^\n]*(?:\n(?:[ \t]+[^\n]*|[ \t]*(?=\n[ \t]+\S)))*\n?", re.MULTILINE)


def name(path: Path, first: str, *, unsigned: bool) -> None:
    """Set `ledger: first` (and `unsigned: true`) in the brand file. Raises OSError."""
    text = path.read_bytes().decode("utf-8")
    try:
        from marronnier.files import writing

        writing.write(path, named(text, first, unsigned=unsigned))
    except ImportError:
        path.write_bytes(named(text, first, unsigned=unsigned).encode())


def named(text: str, first: str, *, unsigned: bool) -> str:
    """The brand file's text with the ledger's name in it."""
    newline = "\r\n" if "\r\n" in text else "\n"
    block = newline.join(["ledger:", f"  first: {first}", *(["  unsigned: true"] if unsigned else []), ""])
    without = _BLOCK.sub("", text)
    return without + ("" if without.endswith(("\n", "\ufeff")) or not without else newline) + block
