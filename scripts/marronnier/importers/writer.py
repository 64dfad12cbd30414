"""Landing: what was read is written into the brand. Nothing of the team's is ever written over, so that it can be done again."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marronnier.desk import Desk
from marronnier.files import Tree, is_safe_path, yaml_edit
from marronnier.files.atomic_write import write
from marronnier.importers import picture_download
from marronnier.importers.bundle import Bundle, ImportedPost
from marronnier.importers.picture_download import PictureFiles
from marronnier.importers.settings_lines import add_names
from marronnier.messages import _
from marronnier.web import Web

CHANNELS, HANDLES, BRAND = "brand/channels.yml", "brand/handles.yml", "brand/brand.yml"
_PICTURE = re.compile(rf"(?:{picture_download.STAND_IN}|{picture_download.FETCHED})/([0-9a-f]{{16}})\.\w+")


@dataclass
class ImportDiff:
    """What is new to the brand, and what is there already."""

    new: list[ImportedPost] = field(default_factory=list)
    there: dict[str, str] = field(default_factory=dict)
    """Posts that stand there word for word: id and path."""
    differing: dict[str, str] = field(default_factory=dict)
    """Posts whose name is taken by other words, which stay as they are: id and path."""
    channels: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    foreign_keys: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    pictures: PictureFiles = field(default_factory=PictureFiles)

    @property
    def known(self) -> Collection[str]:
        """Posts whose past is that of the other tool's posts: the new ones, and those that came over before."""
        return {post.id for post in self.new} | self.there.keys()


def compare(crossing: Bundle, desk: Desk) -> ImportDiff:
    """What is new, compared with what the brand holds; nothing is written."""
    landing = ImportDiff()
    paths = {post_id: path for path, post_id in desk.unreadable_posts.items()} | {post.id: post.path for post in desk.posts.values()}
    for post in crossing.posts:
        path = paths.get(post.id, post.path)
        if not desk.tree.exists(path):
            landing.new.append(post)
        elif _same(desk.tree.read(path).decode("utf-8", "replace"), post.text):
            landing.there[post.id] = path
        else:
            landing.differing[post.id] = path
    landing.channels = [name for name in crossing.channels if name not in desk.channels.channels and not desk.expand((name,))]
    landing.handles = [name for name in crossing.handles if name not in desk.handles.handles]
    landing.foreign_keys = [key for key in crossing.foreign_keys if key not in desk.brand.foreign_keys]
    landing.copies = [path for path in crossing.copies if is_safe_path(path) and not desk.tree.exists(path)]
    return landing


def _same(one: str, other: str) -> bool:
    """Whether two posts are the same words: their pictures may have come meanwhile."""
    return _PICTURE.sub(r"\1", one) == _PICTURE.sub(r"\1", other)


def write_bundle(crossing: Bundle, landing: ImportDiff, source: Tree, desk: Desk, root: Path, door: Web | None) -> None:
    """Write what is new: settings first, then pictures, then posts. `door` None: no picture is fetched. Raises OSError, ValueError."""
    _add(root, CHANNELS, "channels", {name: crossing.channels[name] for name in landing.channels})
    comment = _("Who of these is a person, {tool} does not say: write `kind: person`, a basis and an end date.", tool=crossing.tool)
    _add(root, HANDLES, "handles", {name: crossing.handles[name] for name in landing.handles}, comment=comment)
    if landing.foreign_keys:
        place = root / BRAND
        write(
            place,
            yaml_edit.set_key(place.read_bytes().decode("utf-8"), ("foreign_keys",), [*desk.brand.foreign_keys, *landing.foreign_keys]),
        )
    for path in landing.copies:
        write(root / path, source.read(crossing.copies[path]))
    wanted = _pictures_of(crossing, landing, root)
    landing.pictures = picture_download.provide_pictures(wanted, root, door)
    for post in landing.new:
        write(root / post.path, landing.pictures.placed(post.text))
    for path in landing.there.values():
        before = (root / path).read_bytes().decode("utf-8")
        after = landing.pictures.placed(before)
        if after != before:
            write(root / path, after)
    picture_download.drop_stand_ins(landing.pictures, root)


def _pictures_of(crossing: Bundle, landing: ImportDiff, root: Path) -> Mapping[str, str]:
    """The pictures that the posts that come over still name: a team may have put others in their place."""
    texts = [post.text for post in landing.new]
    texts += [(root / path).read_bytes().decode("utf-8") for path in landing.there.values()]
    named = {name for text in texts for name in _PICTURE.findall(text)}
    return {name: address for name, address in crossing.pictures.items() if name in named}


def _add(root: Path, path: str, key: str, new: Mapping[str, Any], *, comment: str = "") -> None:
    if new:
        place = root / path
        text = place.read_bytes().decode("utf-8") if place.exists() else ""
        write(place, add_names(text, path, key, new, comment=comment))
