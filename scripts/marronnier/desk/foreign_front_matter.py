"""Posts made for Hugo, Jekyll or Material's blog, read as they are: their keys become ours, or are passed over by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from marronnier.files.document import Document
from marronnier.model.foreign_keys import FOREIGN, JEKYLL_ONLY
from marronnier.model.post import FrontMatter
from marronnier.model.shape import shape_of

Path = tuple[str | int, ...]
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})-.")
_OWN = frozenset(shape_of(FrontMatter).keys)


@dataclass(slots=True)
class AdaptedFrontMatter:
    """Front matter with our keys only."""

    data: dict[str, Any]
    ignored: list[str] = field(default_factory=list)
    """Keys passed over."""
    moved: dict[Path, Path] = field(default_factory=dict)
    """Where a value of ours really stands."""


def adapt(document: Document, foreign_keys: Collection[str] = ()) -> AdaptedFrontMatter:
    """The front matter in our keys. Ours always win over another tool's; unknown keys stay, to be refused."""
    data = document.data
    if not (data.keys() - _OWN) and isinstance(data.get("date", ""), str):
        return AdaptedFrontMatter(data)
    out = AdaptedFrontMatter({key: value for key, value in data.items() if key in _OWN})
    theirs = {key: value for key, value in data.items() if key not in _OWN}
    # Material's blog writes `date: {created: …, updated: …}`.
    day = data.get("date")
    if isinstance(day, Mapping) and isinstance(day.get("created"), str) and set(day) <= {"created", "updated", "modified", "published"}:
        _put(out, "date", day["created"], ("date", "created"), force=True)
    for key, value in theirs.items():
        use = FOREIGN.get(key)
        if key in foreign_keys or use == "ignored" or (use is not None and value is None):
            out.ignored.append(key)
        elif use is None:
            out.data[key] = value
        else:
            _use(out, use, key, value)
    if JEKYLL_ONLY & theirs.keys():
        _jekyll(document, out)
    return out


def _use(out: AdaptedFrontMatter, use: str, key: str, value: Any) -> None:
    """Let a key of another tool fill ours, where ours is not written."""
    match use:
        case "owner":
            names = [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]
            _put(out, "owner", ", ".join(names) or None, (key,))
        case "media":
            media = [medium for one in (value if isinstance(value, list) else [value]) if (medium := _medium(one))]
            if media:
                _put(out, "media", media, (key,))
        case "draft":
            if value == "false":
                _put(out, "draft", "true", (key,))
        case "tags":
            _put(out, "tags", value.split() if isinstance(value, str) else value, (key,))
        case "date" | "expires" if isinstance(value, str):
            _put(out, use, value, (key,))
    out.ignored.append(key)


def _put(out: AdaptedFrontMatter, key: str, value: Any, place: Path, *, force: bool = False) -> None:
    if value is not None and (force or out.data.get(key) is None):
        out.data[key] = value
        out.moved[(key,)] = place


def _medium(value: Any) -> dict[str, str] | None:
    """A picture of another tool: its path, or a mapping with `path`, `src` or `url`. One on the web is not ours to send."""
    read = {"src": value} if isinstance(value, str) else value if isinstance(value, Mapping) else {}
    src = next((read[name] for name in ("path", "src", "url") if isinstance(read.get(name), str)), "")
    if not src or "://" in src or src.startswith("//"):
        return None
    alt = read.get("alt")
    return {"src": src.lstrip("/"), **({"alt": alt} if isinstance(alt, str) else {})}


def _jekyll(document: Document, out: AdaptedFrontMatter) -> None:
    """The day in the file's name, when none is written; tags written as words in a row."""
    found = _DAY.match(document.path.rpartition("/")[2])
    if found and out.data.get("date") is None and out.data.get("slot") is None:
        out.data["date"] = found[1]
    if isinstance(out.data.get("tags"), str):
        out.data["tags"] = out.data["tags"].split()
