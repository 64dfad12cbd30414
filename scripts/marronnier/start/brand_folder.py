"""Writing a new brand into a folder: everything or nothing, and never over what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marronnier.files.atomic_write import write
from marronnier.git import Repo
from marronnier.messages import Trouble, _

WELCOME = frozenset({".git", ".gitattributes", ".gitignore", ".github", ".DS_Store", "LICENSE", "LICENSE.md", "LICENSE.txt", "README.md"})
"""What a folder may hold and still be empty: a forge writes these into a new repository."""
SHOWN = 8
"""How many names of what is there are listed."""


@dataclass(frozen=True, slots=True)
class NewBrand:
    """A brand that was just written."""

    written: tuple[str, ...]
    """Paths below the folder."""
    kept: tuple[str, ...]
    """Files that were there already and stay as they were."""
    repository: bool
    """Whether a git repository was made."""


def create_brand(folder: Path, files: Mapping[str, bytes]) -> NewBrand:
    """Write these files into an empty folder and make it a git repository whose first branch is `main`.

    Raises Trouble when the folder holds something already, OSError when the disk or its rights refuse:
    then nothing of what was written stays.
    """
    _refuse_full(folder)
    kept = tuple(path for path in files if (folder / path).exists())
    written = tuple(path for path in files if path not in kept)
    _write_all(folder, {path: files[path] for path in written})
    return NewBrand(written, kept, _make_repository(folder))


def _refuse_full(folder: Path) -> None:
    if (folder / "brand" / "brand.yml").exists():
        raise Trouble(
            _("There is a brand here already: {file}", file=folder / "brand" / "brand.yml"),
            _("Run `marronnier status` to see where it stands, or name another folder: `marronnier init FOLDER`."),
            status=2,
        )
    if folder.exists() and not folder.is_dir():
        raise Trouble(_("{folder} is a file", folder=folder), _("Name a folder that is empty or does not exist yet."), status=2)
    there = sorted(path.name for path in folder.iterdir() if path.name not in WELCOME) if folder.is_dir() else []
    if there:
        raise Trouble(
            _("{folder} is not empty, and nothing here may be written over: {names}", folder=folder, names=_few(there)),
            _("Name an empty folder, or one that does not exist yet: `marronnier init FOLDER`."),
            status=2,
        )


def _few(names: list[str]) -> str:
    listed = ", ".join(names[:SHOWN])
    return listed if len(names) <= SHOWN else _("{names} and {more} more", names=listed, more=len(names) - SHOWN)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    made: list[Path] = []
    try:
        for path, data in files.items():
            made += [parent for parent in reversed((folder / path).parents) if not parent.exists()]
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            made.append(folder / path)
            write(folder / path, data)
    except BaseException:
        # A half-written brand would be refused by the next `init`.
        for one in reversed(made):
            if one.is_dir():
                one.rmdir()
            else:
                one.unlink(missing_ok=True)
        raise


def _make_repository(folder: Path) -> bool:
    repo = Repo(folder)
    top = repo.try_text("rev-parse", "--show-toplevel")
    if top is not None and Path(top) == folder.resolve():
        return False
    # `git init -b` is younger than the oldest git we work with.
    repo.run("init", "--quiet")
    repo.run("symbolic-ref", "HEAD", "refs/heads/main")
    return True
