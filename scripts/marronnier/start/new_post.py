"""Writes the file of a new post: its name, its folder and its front matter."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from marronnier.desk.post_parser import numbered_slugs, post_folder, slugify
from marronnier.files.atomic_write import write
from marronnier.files.yaml_text import double_quoted_unless, without_invisible
from marronnier.messages import Trouble, _
from marronnier.model.scalars import WrittenDate

MAX_SLUG_LENGTH = 60
"""The most characters of a name made from a title: names are part of web addresses and file names."""

_PLAIN = re.compile(r"[^\W\d_](?:[^\n:#]|:(?! |$)|(?<! )#)*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class PostRequest:
    """What a person asked for in a new post."""

    title: str
    channels: tuple[str, ...] = ()
    date: WrittenDate | None = None
    slot: str | None = None
    campaign: str | None = None
    pillar: str | None = None
    idea: bool = False
    """True for a post without a date, in `content/ideas/`."""


def slug_of_title(title: str) -> str:
    """The name for a title: `Épluchures & cœur d’artichaut` gives `epluchures-coeur-d-artichaut`, `你好世界` gives `ni-hao-shi-jie`."""
    name = re.sub(r"[._-]+", "-", slugify(title.replace("ı", "i")))
    if len(name) > MAX_SLUG_LENGTH:
        name = name[: MAX_SLUG_LENGTH + 1].rpartition("-")[0] or name[:MAX_SLUG_LENGTH]
    return name


def write_post(root: Path, request: PostRequest, taken: Collection[str], today: date) -> str:
    """Write a new post and return its path below `root`. `taken` are the ids of the brand's other posts.

    Raises Trouble for a title without words, OSError when the file cannot be written. Never writes over a file.
    """
    title = " ".join(without_invisible(request.title).split())
    if not title:
        raise Trouble(_("A post needs a title"), _('Write it in quotes: `marronnier new "Portes ouvertes"`.'), status=2)
    day = (request.date.day if request.date else None) or today
    folder = root / ("content/ideas" if request.idea else post_folder(day))
    ids = {post_id.casefold() for post_id in taken}
    names = numbered_slugs(slug_of_title(title))
    name = next(name for name in names if name not in ids and not (folder / f"{name}.md").exists())
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, _file_text(name, title, request))
    return path.relative_to(root).as_posix()


def _file_text(name: str, title: str, request: PostRequest) -> str:
    keys = {
        "id": name,
        "title": double_quoted_unless(_PLAIN, title),
        "date": request.date,
        "slot": request.slot,
        "channels": f"[{', '.join(request.channels)}]" if request.channels else None,
        "campaign": request.campaign,
        "pillar": request.pillar,
    }
    lines = [f"{key}: {value}" for key, value in keys.items() if value is not None]
    return "\n".join(["---", *lines, "---", "", ""])
