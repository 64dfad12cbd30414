"""Files that somebody put there to be read, and that nobody reads: another ending, another folder, other capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from marronnier.desk import post_parser
from marronnier.files import Tree, printable
from marronnier.files.document import SETTINGS
from marronnier.files.utf8 import MOST_BYTES
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

_NAMED = {path.partition(".")[0]: path for path in SETTINGS}
_TEXTS = (".md", ".markdown", ".mdx", ".txt", ".doc", ".docx", ".odt", ".rtf")
"""Endings of what people write words in."""
_SENT = re.compile(rb"^channels[ \t]*:", re.MULTILINE)
_BEGINNING = 4096
"""Where the keys of a page are looked for, in bytes."""


def ignored_file_findings(tree: Tree, paths: Iterable[str]) -> Iterator[Finding]:
    """One finding for each of them."""
    for path in paths:
        if path.startswith("content/"):
            yield from _post(tree, path)
        elif path not in SETTINGS:
            yield from _settings(path)


def _post(tree: Tree, path: str) -> Iterator[Finding]:
    folded = path.lower()
    if not folded.endswith(_TEXTS) or path.startswith("content/media/") or path == "content/index.md" or post_parser.is_post(path):
        return
    if post_parser.is_post(folded):
        yield _unread(path, "warning", _("the folders content/posts/ and content/ideas/, in lower case"), _("Rename the folder"))
    elif path.startswith(("content/posts/", "content/ideas/")):
        if not folded.endswith((".md", ".markdown")):
            yield _unread(path, "notice", _("a text in Markdown, whose name ends in .md"), _("Save it as Markdown, or move it elsewhere"))
        elif _SENT.search(_beginning(tree, path)):
            yield _unread(path, "warning", _("a post with its own file name: the index of a folder is not a post"), _("Rename it"))
    elif folded.endswith(".md") and _SENT.search(_beginning(tree, path)):
        yield _unread(path, "warning", _("a post below content/posts/ or content/ideas/"), _("Move it there"))


def _beginning(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path)[:_BEGINNING] if tree.size(path) <= MOST_BYTES else b""
    except OSError:
        return b""


def _settings(path: str) -> Iterator[Finding]:
    folded = path.lower()
    stem, _dot, ending = folded.rpartition(".")
    meant = _NAMED.get(stem) if ending in ("yml", "yaml") else None
    if meant is not None:
        yield _unread(path, "warning", meant, _("Rename it to {path}", path=meant))
    elif stem.startswith("calendar/campaigns/") and ending in ("yml", "yaml", "md", "markdown", "txt") and not path.endswith(".md"):
        yield _unread(
            path, "warning", _("a page in Markdown, whose name ends in .md"), _("Rename it, and put its keys between two lines ---")
        )


def _unread(path: str, level: Level, expected: str, then: str) -> Finding:
    return Finding("unreadable", level, Place(printable(path)), _("this file is never read"), expected, then)
