"""Writes the file of a new post: its name, its folder and its front matter."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from marronnier.desk.post_parser import slugify
from marronnier.files.atomic_write import write
from marronnier.messages import Trouble, _
from marronnier.model.scalars import SLUG, WrittenDate

MAX_SLUG_LENGTH = 60
"""The most characters of a name made from a title: names are part of web addresses and file names."""

_PLAIN = re.compile(r"[^\W\d_](?:[^\n:#]|:(?! |$)|(?<! )#)*", re.UNICODE)
_NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


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
    """The name for a title: `Épluchures & cœur d’artichaut` gives `epluchures-coeur-d-artichaut`. `post` when no Latin letter is left."""
    name = re.sub(r"[._-]+", "-", slugify(title.replace("ı", "i")))
    if len(name) > MAX_SLUG_LENGTH:
        name = name[: MAX_SLUG_LENGTH + 1].rpartition("-")[0] or name[:MAX_SLUG_LENGTH]
    return name


def write_post(root: Path, request: PostRequest, taken: Collection[str], today: date) -> str:
    """Write a new post and return its path below `root`. `taken` are the ids of the brand's other posts.

    Raises Trouble for a title without words, OSError when the file cannot be written. Never writes over a file.
    """
    title = " ".join(_CONTROL.sub(" ", request.title).split())
    if not title:
        raise Trouble(_("A post needs a title"), _('Write it in quotes: `marronnier new "Portes ouvertes"`.'), status=2)
    folder = root / _post_folder(request, today)
    name = _unused_name(slug_of_title(title), {post_id.casefold() for post_id in taken}, folder)
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, _file_text(name, title, request))
    return path.relative_to(root).as_posix()


def _post_folder(request: PostRequest, today: date) -> str:
    if request.idea:
        return "content/ideas"
    day = (request.date.day if request.date else None) or today
    return f"content/posts/{day:%Y}/{day:%m}"


def _unused_name(name: str, taken: Collection[str], folder: Path) -> str:
    number, unused = 1, name
    while unused in taken or (folder / f"{unused}.md").exists():
        number += 1
        unused = f"{name}-{number}"
    assert re.fullmatch(SLUG, unused)
    return unused


def _file_text(name: str, title: str, request: PostRequest) -> str:
    lines = [f"id: {name}", f"title: {_yaml_title(title)}"]
    if request.date is not None:
        lines.append(f"date: {request.date}")
    if request.slot is not None:
        lines.append(f"slot: {request.slot}")
    if request.channels:
        lines.append(f"channels: [{', '.join(request.channels)}]")
    if request.campaign is not None:
        lines.append(f"campaign: {request.campaign}")
    if request.pillar is not None:
        lines.append(f"pillar: {request.pillar}")
    return "\n".join(["---", *lines, "---", "", ""])


def _yaml_title(title: str) -> str:
    """A title as YAML: plain where every YAML reader takes it as text, else in double quotes."""
    if _PLAIN.fullmatch(title) and title.casefold() not in _NOT_TEXT:
        return title
    return '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
