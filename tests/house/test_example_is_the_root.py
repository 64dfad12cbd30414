"""The root of this project is what `init --example` writes."""

from __future__ import annotations

from pathlib import Path

from marronnier import start

ROOT = Path(__file__).parents[2]
FOLDERS = ("brand", "calendar", "content")


def team_files() -> dict[str, bytes]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file()
    }


def test_the_example_is_the_root_byte_for_byte() -> None:
    example = {path: data for path, data in start.example_brand().items() if path.partition("/")[0] in FOLDERS}
    root = team_files()
    differing = sorted(path for path in {*example, *root} if example.get(path) != root.get(path))
    assert not differing, "run `make example` after a change of the team folders"


def test_pictures_stay_small() -> None:
    heavy = [path for path, data in team_files().items() if len(data) > 60_000]
    assert not heavy
