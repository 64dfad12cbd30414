"""Writing the ledger's name into `brand/brand.yml`, leaving every other line as the team wrote it."""

from __future__ import annotations

from pathlib import Path

from marronnier.files import atomic_write, yaml_edit
from marronnier.messages import Trouble, _


def write_ledger_name(path: Path, first: str, *, unsigned: bool) -> None:
    """Set `ledger: first` in the brand file, and `unsigned` where it is or was true. Raises Trouble, OSError."""
    try:
        text = with_ledger_name(path.read_bytes().decode("utf-8"), first, unsigned=unsigned)
    except ValueError as error:
        raise Trouble(
            _("{path} cannot be read, so the ledger's name cannot be written there.", path=path),
            _("Run `marronnier check`, correct the file, and run this again: the ledger exists, only its name is missing there."),
        ) from error
    atomic_write.write(path, text)


def with_ledger_name(text: str, first: str, *, unsigned: bool) -> str:
    """The brand file's text with the ledger's name in it. Raises ValueError when it is not YAML."""
    text = yaml_edit.set_key(text, ("ledger", "first"), first)
    # Never written where it says nothing: absent means signed.
    return yaml_edit.set_key(text, ("ledger", "unsigned"), unsigned) if unsigned or "unsigned:" in text else text
