"""A picture, video or sound that leads away from the plain files below `content/`."""

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
                yield Finding(
                    "symlinked-media",
                    use.level(LEVEL),
                    use.place,
                    _message(kind, use.src),
                    _("a plain file below content/: what a link leads to is another thing on every computer"),
                    _("copy the file itself below content/media/, and write its name here"),
                )


def _message(kind: str, file: str) -> str:
    match kind:
        case "link":
            return _("`{file}` is a link, or is reached through one", file=file)
        case "submodule":
            return _("`{file}` is in a repository of its own", file=file)
        case "special":
            return _("`{file}` is no plain file", file=file)
        case _:
            return _("`{file}` leads out of content/", file=file)
