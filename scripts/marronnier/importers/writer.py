"""Compares an imported bundle with the brand and writes what is new. No file of the team is overwritten, so an import can be repeated."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marronnier.desk import Desk
from marronnier.files import Tree, document, is_safe_path, yaml_block, yaml_edit, yaml_text
from marronnier.files.atomic_write import write
from marronnier.importers import picture_download, site_pictures
from marronnier.importers.bundle import Bundle, ImportedPost
from marronnier.importers.picture_download import PictureFiles
from marronnier.messages import _
from marronnier.web import Web

CHANNELS, HANDLES, BRAND = "brand/channels.yml", "brand/handles.yml", "brand/brand.yml"
_PICTURE = re.compile(rf"(?:{picture_download.STAND_IN_FOLDER}|{picture_download.FETCHED_FOLDER})/([0-9a-f]{{16}})\.\w+")


@dataclass
class ImportDiff:
    """What is new to the brand, and what it holds already."""

    new: list[ImportedPost] = field(default_factory=list)
    unchanged: dict[str, str] = field(default_factory=dict)
    """Posts that the brand holds word for word: path by id."""
    conflicting: dict[str, str] = field(default_factory=dict)
    """Posts whose id belongs to a post of other words, which stays as it is: path by id."""
    channels: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    foreign_keys: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    differing_copies: list[str] = field(default_factory=list)
    """Files whose name belongs to another file here, which stays as it is."""
    pictures: PictureFiles = field(default_factory=PictureFiles)

    @property
    def new_and_unchanged(self) -> Collection[str]:
        """The ids of posts with the other tool's words, whose past is therefore theirs."""
        return {post.id for post in self.new} | self.unchanged.keys()


def compare_with_brand(bundle: Bundle, desk: Desk, source: Tree | None = None) -> ImportDiff:
    """What of the bundle is new to the brand; nothing is written. Without the source no file to copy is compared with one of its name."""
    diff = ImportDiff()
    paths = {post_id: path for path, post_id in desk.unreadable_posts.items()} | {post.id: post.path for post in desk.posts.values()}
    for post in bundle.posts:
        path = paths.get(post.id, post.path)
        if not desk.tree.exists(path):
            diff.new.append(post)
        elif _same_text(desk.tree.read(path).decode("utf-8", "replace"), post.text, bundle.pictures):
            diff.unchanged[post.id] = path
        else:
            diff.conflicting[post.id] = path
    diff.channels = [name for name in bundle.channels if name not in desk.channels.channels and not desk.expand((name,))]
    diff.handles = [name for name in bundle.handles if name not in desk.handles.handles]
    diff.foreign_keys = [key for key in bundle.foreign_keys if key not in desk.brand.foreign_keys]
    diff.copies = [path for path in bundle.copies if is_safe_path(path) and not desk.tree.exists(path)]
    if source is not None:
        there = [path for path in bundle.copies if is_safe_path(path) and desk.tree.exists(path)]
        diff.differing_copies = [path for path in there if desk.tree.sha256(path) != source.sha256(bundle.copies[path])]
    return diff


def _same_text(first: str, second: str, pictures: Mapping[str, str]) -> bool:
    """Whether two posts have the same text. A downloaded picture is the same as its stand-in, and as its address on the web."""
    if first == second:
        return True
    names = {address: name for name, address in pictures.items()}
    return _with_picture_names(first, names) == _with_picture_names(second, names)


def _with_picture_names(text: str, names: Mapping[str, str]) -> str:
    return site_pictures.replace_addresses(_PICTURE.sub(r"\1", text), names)


def write_bundle(bundle: Bundle, diff: ImportDiff, source: Tree, desk: Desk, root: Path, web_client: Web | None) -> None:
    """Write what is new: settings first, then pictures, then posts. Without a client no picture is downloaded.

    Raises OSError when a file cannot be written, ValueError when a settings file cannot be read.
    """
    _add_settings(root, CHANNELS, "channels", {name: bundle.channels[name] for name in diff.channels})
    comment = _(
        "{tool} does not say which of these are people: for each person, write `kind: person`, a basis and an end date.", tool=bundle.tool
    )
    _add_settings(root, HANDLES, "handles", {name: bundle.handles[name] for name in diff.handles}, comment=comment)
    if diff.foreign_keys:
        file = root / BRAND
        write(file, yaml_edit.set_key(file.read_bytes().decode("utf-8"), ("foreign_keys",), [*desk.brand.foreign_keys, *diff.foreign_keys]))
    for path in diff.copies:
        write(root / path, source.read(bundle.copies[path]))
    pictures = _referenced_pictures(bundle, diff, root)
    diff.pictures = picture_download.provide_pictures(pictures, root, web_client)
    for post in diff.new:
        write(root / post.path, diff.pictures.replace_stand_ins(post.text))
    for path in diff.unchanged.values():
        before = (root / path).read_bytes().decode("utf-8")
        after = diff.pictures.replace_stand_ins(before)
        if after != before:
            write(root / path, after)
    picture_download.remove_stand_ins(diff.pictures, root)


def _referenced_pictures(bundle: Bundle, diff: ImportDiff, root: Path) -> Mapping[str, str]:
    """The pictures that new and unchanged posts name: a team may have replaced others."""
    texts = [post.text for post in diff.new]
    texts += [(root / path).read_bytes().decode("utf-8") for path in diff.unchanged.values()]
    named = {name for text in texts for name in _PICTURE.findall(text)}
    return {name: address for name, address in bundle.pictures.items() if name in named}


def _add_settings(root: Path, path: str, parent: str, new: Mapping[str, Any], *, comment: str = "") -> None:
    """Add keys to a settings file, below the key `parent`, a line each, under a comment; every other line stays as it was."""
    if not new:
        return
    file = root / path
    text = file.read_bytes().decode("utf-8") if file.exists() else ""
    added = [f"# {comment}"] if comment else []
    added += [f"{yaml_text.yaml_key(name)}: {yaml_text.flow_yaml(value)}" for name, value in new.items()]
    edited = yaml_block.append_entries(text, parent, added)
    if edited is None or not _has_keys(edited, path, parent, new):
        edited = text
        for name, value in new.items():
            edited = yaml_edit.set_key(edited, (parent, name), value)
    write(file, edited)


def _has_keys(text: str, path: str, parent: str, new: Mapping[str, Any]) -> bool:
    """Whether the text can be read and holds the new keys below `parent`."""
    settings = document.parse_yaml(path, text.encode())
    value = settings.data.get(parent)
    return settings.is_complete and not settings.findings and isinstance(value, Mapping) and new.keys() <= value.keys()
