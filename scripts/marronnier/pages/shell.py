"""The shell: a builder's page with markers, which the emitter replaces to write other pages.

The builder makes one page with the markers `marronnier:title`, `marronnier:description`, `marronnier:body` and, if it likes,
`marronnier:toc` and `marronnier:lang`, each in double square brackets. The shell's own path, wherever the page holds it, becomes the
path of the new page.
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

_RELATIVE = re.compile(
    r'(?P<before>\s(?:href|src|action|poster)=)(?:"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<bare>[^\s"\'=<>`]+))', re.IGNORECASE
)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\[\[", re.IGNORECASE)


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

    def wrap(self, path: str, *, title: str, description: str, body: str, toc: str = "", lang: str = "") -> str:
        """The whole page at `path`. `title`, `description` and `lang` are plain text; `body` and `toc` are safe HTML."""
        values = {
            MARKERS["title"]: escape(title),
            MARKERS["description"]: escape(re.sub(r"\s+", " ", description)),
            MARKERS["toc"]: toc,
            MARKERS["lang"]: escape(lang),
        }
        # One pass, so that a marker within a title or a body stays text.
        return _ANY_MARKER.sub(lambda match: body if match[0] == MARKERS["body"] else values[match[0]], self._frame_for(path))

    def _frame_for(self, path: str) -> str:
        depth = path.count("/")
        frame = self._by_depth.get(depth)
        if frame is None:
            frame = self.html if depth == self.path.count("/") else self._with_moved_links(path)
            self._by_depth[depth] = frame
        return frame.replace(self.path, path)

    @cached_property
    def _by_depth(self) -> dict[int, str]:
        return {}

    def _with_moved_links(self, path: str) -> str:
        """The shell with its relative links rewritten for a page of another depth; absolute links stay."""

        def rewrite(match: re.Match[str]) -> str:
            link = match["double"] or match["single"] or match["bare"] or ""
            if not link or _ABSOLUTE.match(link):
                return match[0]
            target, mark, rest = _split_link(link)
            absolute = posixpath.normpath(posixpath.join("/", self.path, target)) if target else "/" + self.path.rstrip("/")
            if absolute.strip("/") == self.path.strip("/"):
                return f'{match["before"]}"{mark}{rest}"' if rest else f'{match["before"]}"./"'
            slash = "/" if target.endswith("/") or target.rpartition("/")[2] in (".", "..") else ""
            relative = posixpath.relpath(absolute, "/" + path)
            return f'{match["before"]}"{relative}{slash}{mark}{rest}"'

        return _RELATIVE.sub(rewrite, self.html)


_ANY_MARKER = re.compile("|".join(re.escape(marker) for marker in MARKERS.values()))


def _split_link(link: str) -> tuple[str, str, str]:
    """The path, the mark `?` or `#`, and the rest."""
    match = re.search(r"[?#]", link)
    return (link[: match.start()], match[0], link[match.end() :]) if match else (link, "", "")
