"""Decoding of files: UTF-8 only, newlines as `\\n`, no control characters."""

from __future__ import annotations

import re

from marronnier.messages import _
from marronnier.model.finding import Finding, Fix, Place

MAX_BYTES = 1 << 20
"""The largest size of a file that people write, in bytes: 1 MiB."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BOM = "\ufeff"


def unreadable_finding(
    path: str, message: str, expected: str, next: str, position: tuple[int, int] = (1, 1), fix: Fix | None = None
) -> Finding:
    """A finding of the rule `unreadable`, at a line and column from 1."""
    return Finding("unreadable", "error", Place(path, *position), message, expected, next, fix)


def too_large_finding(path: str, size: int) -> Finding:
    """The finding for a file of more than `MAX_BYTES`, which is not read."""
    return unreadable_finding(
        path,
        _("the file has {size} bytes", size=size),
        _("a text of at most {most} bytes", most=MAX_BYTES),
        _("Shorten it, or move pictures and videos to content/media"),
    )


def decode(path: str, data: bytes) -> str | Finding:
    """The text of a file without its byte order mark, or the finding that says why it cannot be decoded."""
    if len(data) > MAX_BYTES:
        return too_large_finding(path, len(data))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return unreadable_finding(path, _("the file is saved as UTF-16"), _("UTF-8"), _("Save it as UTF-8 in your editor"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return unreadable_finding(
            path,
            _("the byte 0x{byte} is not UTF-8", byte=f"{data[error.start]:02x}"),
            _("a text saved as UTF-8"),
            _("Save the file as UTF-8 in your editor"),
            _position_after(_normalize_newlines(before.removeprefix(_BOM))),
        )
    text = _normalize_newlines(text.removeprefix(_BOM))
    control = _CONTROLS.search(text)
    if control is not None:
        return unreadable_finding(
            path,
            _("the control character {name} was read", name=f"U+{ord(control[0]):04X}"),
            _("visible characters"),
            _("Delete that character"),
            _position_after(text[: control.start()]),
        )
    return text


def _normalize_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _position_after(before: str) -> tuple[int, int]:
    """Line and column, from 1, of the position right after this text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")
