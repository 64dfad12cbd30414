"""Findings for files that the team probably meant as posts or settings and that are never loaded: wrong suffix, folder or capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from marronnier.desk import post_parser
from marronnier.files import Tree, printable_path
from marronnier.files.document import SETTINGS
from marronnier.files.utf8 import MAX_BYTES
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place

_SETTINGS_BY_STEM = {path.partition(".")[0]: path for path in SETTINGS}
_TEXT_SUFFIXES = (".md", ".markdown", ".mdx", ".txt", ".doc", ".docx", ".odt", ".rtf")
"""Suffixes of text documents."""
_CHANNELS_KEY = re.compile(rb"^channels[ \t]*:", re.MULTILINE)
_HEAD_BYTES = 4096
"""How much of a file is searched for the key `channels`, in bytes."""


def ignored_file_findings(tree: Tree, paths: Iterable[str]) -> Iterator[Finding]:
    """A finding for each of these paths that is never loaded and looks like a post or a settings file."""
    for path in paths:
        if path.startswith("content/"):
            yield from _check_content_file(tree, path)
        elif path not in SETTINGS:
            yield from _check_settings_file(path)


def _check_content_file(tree: Tree, path: str) -> Iterator[Finding]:
    folded = path.lower()
    if (
        not folded.endswith(_TEXT_SUFFIXES)
        or path.startswith("content/media/")
        or path == "content/index.md"
        or post_parser.is_post_path(path)
    ):
        return
    if post_parser.is_post_path(folded):
        yield _ignored_file(path, "warning", _("the folders content/posts/ and content/ideas/, in lower case"), _("Rename the folder"))
    elif path.startswith(("content/posts/", "content/ideas/")):
        if not folded.endswith((".md", ".markdown")):
            yield _ignored_file(
                path, "notice", _("a text in Markdown, whose name ends in .md"), _("Save it as Markdown, or move it elsewhere")
            )
        elif _CHANNELS_KEY.search(_read_head(tree, path)):
            yield _ignored_file(path, "warning", _("a post with its own file name: the index of a folder is not a post"), _("Rename it"))
    elif folded.endswith(".md") and _CHANNELS_KEY.search(_read_head(tree, path)):
        yield _ignored_file(path, "warning", _("a post below content/posts/ or content/ideas/"), _("Move it there"))


def _read_head(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path)[:_HEAD_BYTES] if tree.size(path) <= MAX_BYTES else b""
    except OSError:
        return b""


def _check_settings_file(path: str) -> Iterator[Finding]:
    folded = path.lower()
    stem, _dot, ending = folded.rpartition(".")
    intended = _SETTINGS_BY_STEM.get(stem) if ending in ("yml", "yaml") else None
    if intended is not None:
        yield _ignored_file(path, "warning", intended, _("Rename it to {path}", path=intended))
    elif stem.startswith("calendar/campaigns/") and ending in ("yml", "yaml", "md", "markdown", "txt") and not path.endswith(".md"):
        yield _ignored_file(
            path, "warning", _("a page in Markdown, whose name ends in .md"), _("Rename it, and put its keys between two lines ---")
        )


def _ignored_file(path: str, level: Level, expected: str, next_step: str) -> Finding:
    return Finding("unreadable", level, Place(printable_path(path)), _("this file is never read"), expected, next_step)
