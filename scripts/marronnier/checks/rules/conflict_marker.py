"""A line that Git left in a file where a merge needs a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

LEVEL: Level = "error"
ALLOWABLE = True

_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?= \S).*$", re.MULTILINE)


def check(view: View) -> Iterator[Finding]:
    """The first such line of every file that people write; a notice in an idea."""
    posts = {post.path: post for post in view.posts}
    for path, text in view.texts.all_files():
        if "<<<<<<< " not in text and ">>>>>>> " not in text and "||||||| " not in text:
            continue
        marker = _MARKER.search(text)
        if marker is None:
            continue
        level = level_for_post(posts[path], LEVEL) if path in posts else LEVEL
        message = _("a merge is not finished here: `{line}`", line=marker[0][:60].rstrip())
        expected = _("the lines of one side, or of both, without those of Git")
        next = _("keep the lines that are right, delete those that begin with `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>`, then commit")
        yield Finding("conflict-marker", level, Place(path, text.count("\n", 0, marker.start()) + 1), message, expected, next)
