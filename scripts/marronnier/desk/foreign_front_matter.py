"""Front matter written for Hugo, Jekyll or Material's blog: its keys are converted to ours, or ignored by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from marronnier.files.document import Document
from marronnier.model.finding import KeyPath
from marronnier.model.foreign_keys import FOREIGN_KEYS, JEKYLL_KEYS
from marronnier.model.post import FrontMatter
from marronnier.model.shape import shape_of

_DAY_IN_FILE_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-.")
_OWN_KEYS = frozenset(shape_of(FrontMatter).keys)


@dataclass(slots=True)
class AdaptedFrontMatter:
    """Front matter with our keys only."""

    data: dict[str, Any]
    ignored: list[str] = field(default_factory=list)
    """Keys of another tool that are ignored."""
    moved: dict[KeyPath, KeyPath] = field(default_factory=dict)
    """The path at which a converted value is written, by the path it has in `data`."""


def adapt_front_matter(document: Document, foreign_keys: Collection[str] = ()) -> AdaptedFrontMatter:
    """Front matter with our keys. A key of ours always wins over one of another tool; unknown keys stay, so that validation reports them."""
    data = document.data
    if not (data.keys() - _OWN_KEYS) and isinstance(data.get("date", ""), str):
        return AdaptedFrontMatter(data)
    adapted = AdaptedFrontMatter({key: value for key, value in data.items() if key in _OWN_KEYS})
    foreign = {key: value for key, value in data.items() if key not in _OWN_KEYS}
    # Material's blog writes `date: {created: …, updated: …}`, and a site may add dates of its own.
    date = data.get("date")
    if isinstance(date, Mapping) and isinstance(date.get("created"), str):
        adapted.data["date"], adapted.moved[("date",)] = date["created"], ("date", "created")
    for key, value in foreign.items():
        use = FOREIGN_KEYS.get(key)
        if key in foreign_keys or use == "ignored" or (use is not None and value is None):
            adapted.ignored.append(key)
        elif use is None:
            adapted.data[key] = value
        else:
            _convert_key(adapted, use, key, value)
    if JEKYLL_KEYS & foreign.keys():
        _apply_jekyll_rules(document, adapted)
    return adapted


def _convert_key(adapted: AdaptedFrontMatter, use: str, key: str, value: Any) -> None:
    """Fill our key from a key of another tool, unless ours is written."""
    match use:
        case "owner":
            names = [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]
            _set_if_absent(adapted, "owner", ", ".join(names) or None, (key,))
        case "media":
            media = [medium for src in (value if isinstance(value, list) else [value]) if (medium := _convert_medium(src))]
            if media:
                _set_if_absent(adapted, "media", media, (key,))
        case "draft":
            if value == "false":
                _set_if_absent(adapted, "draft", "true", (key,))
        case "tags":
            _set_if_absent(adapted, "tags", value.split() if isinstance(value, str) else value, (key,))
        case "date" | "expires" if isinstance(value, str):
            _set_if_absent(adapted, use, value, (key,))
    adapted.ignored.append(key)


def _set_if_absent(adapted: AdaptedFrontMatter, key: str, value: Any, source: KeyPath) -> None:
    if value is not None and adapted.data.get(key) is None:
        adapted.data[key] = value
        adapted.moved[(key,)] = source


def _convert_medium(value: Any) -> dict[str, str] | None:
    """Our medium for a picture of another tool: its path, or a mapping with `path`, `src` or `url`. None for a picture on the web, which is not sent."""
    medium = {"src": value} if isinstance(value, str) else value if isinstance(value, Mapping) else {}
    src = next((medium[name] for name in ("path", "src", "url") if isinstance(medium.get(name), str)), "")
    if not src or "://" in src or src.startswith("//"):
        return None
    alt = medium.get("alt")
    return {"src": src.lstrip("/"), **({"alt": alt} if isinstance(alt, str) else {})}


def _apply_jekyll_rules(document: Document, adapted: AdaptedFrontMatter) -> None:
    """Take the date from the file's name when none is written, and split tags written as words in a row."""
    day = _DAY_IN_FILE_NAME.match(document.path.rpartition("/")[2])
    if day and adapted.data.get("date") is None and adapted.data.get("slot") is None:
        adapted.data["date"] = day[1]
    if isinstance(adapted.data.get("tags"), str):
        adapted.data["tags"] = adapted.data["tags"].split()
