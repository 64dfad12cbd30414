"""Suggestions for names that do not exist: the closest known name, and the list of known names."""

from __future__ import annotations

from collections.abc import Iterable

from marronnier.messages import _


def closest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most similar to that one; None when none is similar."""
    import difflib

    matches = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def name_list(known: Iterable[str], limit: int = 12) -> str:
    """Names in backticks for a message; a list longer than `limit` ends with the number of the others."""
    names = sorted(known)
    listed = ", ".join(f"`{name}`" for name in names[:limit])
    return _("{names} and {count} more", names=listed, count=len(names) - limit) if len(names) > limit else listed
