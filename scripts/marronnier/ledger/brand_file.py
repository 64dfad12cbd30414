"""The ledger's first commit as written in `brand/brand.yml`; every other line stays as the team wrote it."""

from __future__ import annotations

from pathlib import Path

from marronnier.files import atomic_write, yaml_edit
from marronnier.messages import Trouble, _


def write_first_commit(path: Path, first: str, *, unsigned: bool) -> None:
    """Set `ledger: first` in the brand file, and `unsigned` where it is or was true.

    Raises Trouble when the file cannot be read as YAML, OSError.
    """
    try:
        text = with_first_commit(path.read_bytes().decode("utf-8"), first, unsigned=unsigned)
    except ValueError as error:
        raise Trouble(
            _("{path} cannot be read, so the ledger's name cannot be written there.", path=path),
            _("Run `marronnier check`, correct the file, and run this again: the ledger exists, only its name is missing there."),
        ) from error
    atomic_write.write(path, text)


def with_first_commit(text: str, first: str, *, unsigned: bool) -> str:
    """The brand file's text with `ledger: first` set. Raises ValueError when the text is not YAML."""
    text = yaml_edit.set_key(text, ("ledger", "first"), first)
    # An absent `unsigned` means signed, so `unsigned: false` is written over an older value only.
    return yaml_edit.set_key(text, ("ledger", "unsigned"), unsigned) if unsigned or "unsigned:" in text else text
