"""Names in messages: the one that was perhaps meant, and those there are."""

from __future__ import annotations

from collections.abc import Iterable

from marronnier.messages import _


def closest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like that one; None when none is near."""
    import difflib

    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def name_list(known: Iterable[str], most: int = 12) -> str:
    """Names in backticks for a message; a long list is cut, and says so."""
    names = sorted(known)
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return _("{names} and {count} more", names=shown, count=len(names) - most) if len(names) > most else shown
