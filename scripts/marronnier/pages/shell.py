"""A page of any builder with markers in it, around which the emitter writes pages of its own.

The builder makes one page that holds these words: `marronnier:title`, `marronnier:description`, `marronnier:body`, and, where it likes,
`marronnier:toc` and `marronnier:lang`, each in double square brackets. The shell's own address, wherever it stands in the page, becomes
the new page's.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape

MARKERS = {name: f"[[marronnier:{name}]]" for name in ("title", "description", "body", "toc", "lang")}
"""What the builder's page holds in place of what differs."""

_RELATIVE = re.compile(
    r'(?P<before>\s(?:href|src|action|poster)=)(?:"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<bare>[^\s"\'=<>`]+))', re.IGNORECASE
)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\[\[", re.IGNORECASE)


class MissingMarker(ValueError):
    """The builder's page lacks a marker that no page can do without."""


@dataclass(frozen=True)
class Shell:
    """The frame, and where it stood."""

    html: str
    path: str
    """Its address below the language's root, with `/` at its end: `posts/shell/`."""

    def __post_init__(self) -> None:
        missing = [marker for name, marker in MARKERS.items() if name in ("title", "body") and marker not in self.html]
        if missing:
            raise MissingMarker(f"the shell page {self.path} holds no {' and no '.join(missing)}")

    @cached_property
    def digest(self) -> str:
        """Of the frame: when it changes, every page around it does."""
        return sha256((self.path + "\0" + self.html).encode()).hexdigest()

    def wrap(self, path: str, *, title: str, description: str, body: str, toc: str = "", lang: str = "") -> str:
        """The whole page at `path`. `title`, `description` and `lang` are plain text; `body` and `toc` are HTML, taken as they are."""
        values = {
            MARKERS["title"]: escape(title),
            MARKERS["description"]: escape(re.sub(r"\s+", " ", description)),
            MARKERS["toc"]: toc,
            MARKERS["lang"]: escape(lang),
        }
        made = self._frame_for(path)
        # One pass: what a title brings along can never be taken for a marker.
        return _ANY_MARKER.sub(lambda found: body if found[0] == MARKERS["body"] else values[found[0]], made)

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
        """The frame with its relative links written anew for another depth; absolute ones stay."""

        def anew(found: re.Match[str]) -> str:
            link = found["double"] or found["single"] or found["bare"] or ""
            if not link or _ABSOLUTE.match(link):
                return found[0]
            target, mark, rest = _split_link(link)
            whole = posixpath.normpath(posixpath.join("/", self.path, target)) if target else "/" + self.path.rstrip("/")
            if whole.strip("/") == self.path.strip("/"):
                return f'{found["before"]}"{mark}{rest}"' if rest else f'{found["before"]}"./"'
            kept = "/" if target.endswith("/") or target.rpartition("/")[2] in (".", "..") else ""
            way = posixpath.relpath(whole, "/" + path)
            return f'{found["before"]}"{way}{kept}{mark}{rest}"'

        return _RELATIVE.sub(anew, self.html)


_ANY_MARKER = re.compile("|".join(re.escape(marker) for marker in MARKERS.values()))


def _split_link(link: str) -> tuple[str, str, str]:
    """Path, the mark `?` or `#`, and what follows it."""
    found = re.search(r"[?#]", link)
    return (link[: found.start()], found[0], link[found.end() :]) if found else (link, "", "")
