"""What the front matter of a post says of its identity, found without a YAML parser where it is written as nearly all posts are.

A run of the publisher asks of ten thousand old posts only which they are. Anything unusual is no sketch, and the post is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from marronnier.desk.post_parser import is_post_path
from marronnier.files.utf8 import MAX_BYTES
from marronnier.model.post import FrontMatter

_KEY = re.compile(rb"([a-z_]+):(?: +(\S.*?))? *")
_CONTINUED = re.compile(rb" +\S.*|- .*")
_SLUG = rb"[a-z0-9][a-z0-9._-]*"
_ID = re.compile(_SLUG)
_NAMES = re.compile(rb"\[ *(%s(?: *, *%s)*)? *\]" % (_SLUG, _SLUG))
_DATE = re.compile(rb"(\d{4}-\d\d-\d\d)(?: \d\d:\d\d)?")
# Of a value that begins like anything but a word, the whole must be seen to end on its line.
_SPECIAL = re.compile(rb"""[-?:,\[\]{}#&*!|>'"%@`]""")
_WHOLE = re.compile(rb"""\[[^\[\]{}"'#&*!|>%@`]*\]|"[^"\\]*"|'[^']*'""")
_QUOTED = re.compile(rb"""(?<=[\s\[{,:])(?:"[^"\\]*"|'[^']*')""")
_OPENED = re.compile(rb"""[\s\[{,:]["']""")
_OWN_KEYS = frozenset(field.alias or name for name, field in FrontMatter.fields.items())
_ALONE = ("id", "date", "channels")
"""Keys whose value must stand on their line, all of it."""


@dataclass(frozen=True, slots=True)
class PostSketch:
    """A post of which only this was read."""

    id: str
    path: str
    channels: tuple[str, ...]
    """As written: names of channels, former names or groups."""
    day: date | None
    """The day written under `date`; None where no date is written."""
    keys: frozenset[str]
    """Every key of its front matter."""


def sketch_post(path: str, data: bytes) -> PostSketch | None:
    """The sketch of a post's file; None for one that only the parser reads."""
    if not is_post_path(path) or not data.startswith(b"---\n") or len(data) > MAX_BYTES:
        return None
    end = data.find(b"\n---\n", 3)
    front = data[4 : end + 1]
    if end < 0 or b"\r" in front or b"\t" in front or b"\0" in front:
        return None
    written = _read_keys(front)
    if written is None:
        return None
    names, day = _NAMES.fullmatch(written.get("channels", b"")), _DATE.fullmatch(written.get("date", b""))
    if names is None or ("date" in written and day is None) or not _ID.fullmatch(written.get("id", b"")):
        return None
    channels = tuple(name.strip().decode() for name in (names[1] or b"").split(b",") if name.strip())
    try:
        return PostSketch(written["id"].decode(), path, channels, date.fromisoformat(day[1].decode()) if day else None, frozenset(written))
    except ValueError:
        return None


def _read_keys(front: bytes) -> dict[str, bytes] | None:
    """The keys of front matter and what stands behind each on its line; None where that may not be how YAML reads it."""
    written: dict[str, bytes] = {}
    last = ""
    for line in front.split(b"\n"):
        if not line or line.startswith(b"#"):
            continue
        key = _KEY.fullmatch(line)
        if key is None:
            # A quotation that goes on at the margin could look like a key.
            if last in ("", *_ALONE) or not _CONTINUED.fullmatch(line) or _OPENED.search(_QUOTED.sub(b"", line)):
                return None
            continue
        last, value = key[1].decode(), key[2] or b""
        if last in written or last not in _OWN_KEYS or (_SPECIAL.match(value) and not _WHOLE.fullmatch(value)):
            return None
        written[last] = value
    return written
