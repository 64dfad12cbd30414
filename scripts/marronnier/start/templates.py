"""The files of a new brand, which come with the package: the empty brand's templates and the example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from marronnier.start.whereabouts import UNKNOWN, Whereabouts

HERE = Path(__file__).parent
EXAMPLE = HERE / "example"
"""The folder of the example brand; it can be loaded like any brand."""
_DOTFILES = {"gitignore": ".gitignore", "gitattributes": ".gitattributes"}


@cache
def template_languages() -> tuple[str, ...]:
    """The languages in which the files of an empty brand are explained: the folders of `blank/` that hold a brand."""
    return tuple(sorted(path.parent.name for path in (HERE / "blank").glob("*/brand")))


def blank_brand(lang: str, name: str, place: Whereabouts = UNKNOWN) -> Mapping[str, bytes]:
    """The files of an empty brand of that name, by path: explained in `lang`, or in English where there is no template in it."""
    files = {**_common_files(), **_read_files(f"blank/{lang if lang in template_languages() else 'en'}")}
    there = {b"@ZONE@": place.zone.encode(), b"@TERRITORY@": place.territory.encode()}
    return {path: _replace_all(data, {b"@NAME@": _name_for_file(path, name), **there}) for path, data in files.items()}


def _replace_all(data: bytes, replacements: Mapping[bytes, bytes]) -> bytes:
    for old, new in replacements.items():
        data = data.replace(old, new)
    return data


def example_brand() -> Mapping[str, bytes]:
    """The files of the example brand, by path: the team folders of this project's own root, and what explains them."""
    return {**_common_files(), **_read_files("blank/example"), **_read_files("example")}


def _common_files() -> Mapping[str, bytes]:
    return {_DOTFILES[name]: data for name, data in _read_files("blank/both").items()}


def _read_files(folder: str) -> Mapping[str, bytes]:
    top = HERE / folder
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def _name_for_file(path: str, name: str) -> bytes:
    """The brand's name as that file holds it: in YAML, quoted where it needs quotes."""
    is_plain = name.replace(" ", "").isalnum() and not name[0].isdigit()
    return (name if is_plain or not path.endswith(".yml") else '"' + name.replace("\\", "").replace('"', "'") + '"').encode()
