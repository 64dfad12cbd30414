"""A picture, video or sound in Git LFS whose content is not on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

LEVEL: Level = "warning"
ALLOWABLE = False
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every file that a post names and that is a pointer without its object; a notice in an idea."""
    for path, uses in view.media.index.files.items():
        pointer = view.desk.tree.pointer(path)
        if pointer is None or not any(view.media.is_inspected(use.post) for use in uses):
            continue
        info = view.media.inspect(path)
        if info is None or info.problem != "no-lfs-object":
            continue
        for use in uses:
            message = _(
                "`{file}` is in Git LFS, and its {size} MB are not here: nothing else is known of it",
                file=use.src,
                size=-(-pointer.size >> 20),
            )
            expected = _("the file itself; publishing fetches it, and compares its SHA-256 with what was approved")
            next = _("run `git lfs pull` before you check; if you added the file, see that `git lfs push` went through")
            yield Finding("unfetched-media", use.level(LEVEL), use.place, message, expected, next)
