"""The shell: a builder's page with markers, which the emitter replaces to write other pages.

The builder makes one page with the markers `marronnier:title`, `marronnier:description`, `marronnier:body` and, if it likes,
`marronnier:toc` and `marronnier:lang`, each in double square brackets. The shell's own path, wherever the page holds it, becomes the
path of the new page. What `current(section, text)` gives stays on the pages of that section, and goes from all others.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape

MARKERS = {name: f"[[marronnier:{name}]]" for name in ("title", "description", "body", "toc", "lang")}
"""The markers, by the name of what replaces them."""

_TAG = re.compile(r"""<[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""(?P<name>\s[^\s=<>"'/]+)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=<>`]+))""")
"""Any attribute, so that words within the value of one are never taken for another."""
_LINKS = frozenset(("href", "src", "action", "poster"))
_BASE = "/site/language/"
"""Stands for the folders above: a shell links to other languages and to files of the whole site too."""
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\[\[", re.IGNORECASE)


_CURRENT = re.compile(r"\[\[marronnier:current (?P<section>[^|\]]*)\|(?P<text>[^\]]*)\]\]")


def current(section: str, text: str) -> str:
    """The marker of text that is for the pages of one section only: the class of its link in a menu."""
    return f"[[marronnier:current {section}|{text}]]"


class MissingMarker(ValueError):
    """The builder's page lacks a required marker."""


@dataclass(frozen=True)
class Shell:
    """A builder's page with markers."""

    html: str
    path: str
    """The page's path below the language's root, with `/` at its end: `posts/shell/`."""

    def __post_init__(self) -> None:
        missing = [marker for name, marker in MARKERS.items() if name in ("title", "body") and marker not in self.html]
        if missing:
            raise MissingMarker(f"the shell page {self.path} holds no {' and no '.join(missing)}")

    @cached_property
    def digest(self) -> str:
        """The digest of the shell: every page written with it depends on it."""
        return sha256((self.path + "\0" + self.html).encode()).hexdigest()

    def wrap(self, path: str, *, title: str, description: str, body: str, toc: str = "", lang: str = "", section: str | None = None) -> str:
        """The whole page at `path`, of a section. `title`, `description` and `lang` are plain text; `body` and `toc` are safe HTML."""
        values = {
            MARKERS["title"]: escape(title),
            MARKERS["description"]: escape(re.sub(r"\s+", " ", description)),
            MARKERS["toc"]: toc,
            MARKERS["lang"]: escape(lang),
        }
        # One pass, so that a marker within a title or a body stays text.
        return _ANY_MARKER.sub(lambda match: body if match[0] == MARKERS["body"] else values[match[0]], self._frame_for(path, section))

    def _frame_for(self, path: str, section: str | None) -> str:
        place = path.count("/"), section
        frame = self._frames.get(place)
        if frame is None:
            moved = self.html if place[0] == self.path.count("/") else self._with_moved_links(path)
            frame = self._frames[place] = _CURRENT.sub(lambda match: match["text"] if match["section"] == section else "", moved)
        return frame.replace(self.path, path)

    @cached_property
    def _frames(self) -> dict[tuple[int, str | None], str]:
        """The frame of each depth and section."""
        return {}

    def _with_moved_links(self, path: str) -> str:
        """The shell with its relative links rewritten for a page of another depth; absolute links stay."""

        own = posixpath.join(_BASE, self.path).rstrip("/")

        def move(match: re.Match[str]) -> str:
            link = match["double"] or match["single"] or match["bare"] or ""
            if match["name"].strip().lower() not in _LINKS or not link or _ABSOLUTE.match(link):
                return match[0]
            target, mark, rest = _split_link(link)
            absolute = posixpath.normpath(posixpath.join(own, target)) if target else own
            if absolute == own:
                return f'{match["name"]}="{mark}{rest}"' if rest else f'{match["name"]}="./"'
            slash = "/" if target.endswith("/") or target.rpartition("/")[2] in (".", "..") else ""
            return f'{match["name"]}="{posixpath.relpath(absolute, _BASE + path)}{slash}{mark}{rest}"'

        return _TAG.sub(lambda tag: _ATTRIBUTE.sub(move, tag[0]), self.html)


_ANY_MARKER = re.compile("|".join(re.escape(marker) for marker in MARKERS.values()))


def _split_link(link: str) -> tuple[str, str, str]:
    """The path, the mark `?` or `#`, and the rest."""
    match = re.search(r"[?#]", link)
    return (link[: match.start()], match[0], link[match.end() :]) if match else (link, "", "")
