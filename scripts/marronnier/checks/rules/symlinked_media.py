"""A picture, video or sound that is a symbolic link, or is outside `content/`."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every medium that is a link, is reached through one, or is outside content/; a notice in an idea."""
    for path, uses in view.media.index.files.items():
        for use in uses:
            if ".." not in use.src and view.desk.tree.exists(path):
                break
            if kind := view.media.path_fault(use):
                message = _message(kind, use.src)
                expected = _("a regular file below content/: a link can lead to a different file on each computer")
                next = _("copy the file itself below content/media/, and write its name here")
                yield Finding("symlinked-media", use.level(LEVEL), use.place, message, expected, next)


def _message(kind: str, file: str) -> str:
    match kind:
        case "link":
            return _("`{file}` is a symbolic link, or is reached through one", file=file)
        case "submodule":
            return _("`{file}` is in a Git submodule", file=file)
        case "special":
            return _("`{file}` is not a regular file", file=file)
        case _:
            return _("`{file}` is outside content/", file=file)
