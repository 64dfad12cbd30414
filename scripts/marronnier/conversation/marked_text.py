"""Texts of ours on a forge: each begins with a hidden line that says what it is about, by which it is found again; people's words stand in code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from marronnier.messages import _, ngettext
from marronnier.text.escapes import escape_controls
from marronnier.text.markdown_code import code_block, code_span

_MARKER = re.compile(r"\A<!-- marronnier:(?P<kind>[a-z-]+)(?P<fields>(?: [a-z]+=[\w.,-]*)*) -->(?:\r?\n|\Z)")
MOST_SHOWN = 300
"""The most characters of people's words that a text of ours repeats: a forge takes no text without end, and an escape is longer than what it stands for."""
MOST_CHARACTERS = 60_000
"""The most characters of a text of ours: GitHub takes 65,536, the hidden line too."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")


def marked(kind: str, text: str, **fields: object) -> str:
    """A text with its hidden first line. The values of fields are numbers and ids."""
    told = "".join(f" {name}={value}" for name, value in fields.items())
    return f"<!-- marronnier:{kind}{told} -->\n{text}"


def fields_of(kind: str, text: str) -> Mapping[str, str] | None:
    """What the hidden first line of a text says; None where it is no text of that kind."""
    match = _MARKER.match(text)
    if match is None or match["kind"] != kind:
        return None
    return dict(field.split("=", 1) for field in match["fields"].split())


def joined(pieces: Iterable[str], most: int = MOST_CHARACTERS) -> str:
    """Pieces with empty lines between them, as many as a forge takes; the end says how many are left out."""
    kept: list[str] = []
    left_out = 0
    for piece in pieces:
        most -= len(piece) + 2
        if most < 0:
            left_out += 1
        else:
            kept.append(piece)
    if left_out:
        kept.append(ngettext("One more is not shown.", "{count} more are not shown.", left_out))
    return "\n\n".join(kept)


def digest_of(text: str) -> str:
    """A short digest by which a text is compared with what stands there."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def told_of(name: str, what: str) -> str:
    """A line of a list: a name, and what is to be said of it."""
    return _("- {name}: {what}", name=name, what=what)


def lines_block(lines: Iterable[str]) -> str:
    """Lines in a block of code, as people copy them."""
    return code_block("\n".join(map(escape_controls, lines)))


def link(address: str) -> str:
    """An address as a link; as code where it has a form that no address of a post needs."""
    return f"<{address}>" if _ADDRESS.fullmatch(address) and "://github.com/" not in address else code_span(address)
