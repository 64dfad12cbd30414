"""Names that do not exist: their finding, the closest known name, and the list of known names."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from marronnier.messages import _, join_names
from marronnier.model.finding import Finding, Place


def closest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most similar to that one; None when none is similar."""
    import difflib

    matches = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def name_list(known: Iterable[str], limit: int = 12) -> str:
    """Names in backticks for a message; a list longer than `limit` ends with the number of the others."""
    names = sorted(known)
    listed = join_names(f"`{name}`" for name in names[:limit])
    return _("{names} and {count} more", names=listed, count=len(names) - limit) if len(names) > limit else listed


def unknown_name(rule: str, place: Place, name: str, known: Collection[str], file: str, *, message: str, if_none: str) -> Finding:
    """The finding for a name that is not among the known ones of a file. `if_none`: what is expected when the file has none."""
    suggestion = closest_name(name, known)
    expected = _("one of {names}", names=name_list(known)) if known else if_none
    next = (
        _("write `{near}`, or add `{name}` to {file}", near=suggestion, name=name, file=file)
        if suggestion
        else _("remove it, or add `{name}` to {file}", name=name, file=file)
    )
    return Finding(rule, "error", place, message, expected, next)
