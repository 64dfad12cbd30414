"""Writes a new brand into a folder: all of its files or none, and never over an existing file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marronnier.files.atomic_write import write
from marronnier.git import Repo
from marronnier.messages import Trouble, _

ALLOWED_FILES = frozenset(
    {".git", ".gitattributes", ".gitignore", ".github", ".DS_Store", "LICENSE", "LICENSE.md", "LICENSE.txt", "README.md"}
)
"""Files that a folder may hold and still count as empty: a forge writes them into a new repository."""
MAX_LISTED = 8
"""The most names of existing files that a message lists."""


@dataclass(frozen=True, slots=True)
class NewBrand:
    """The result of writing a brand."""

    written_files: tuple[str, ...]
    """Paths of the written files, below the folder."""
    kept_files: tuple[str, ...]
    """Paths of files that existed and stay as they were."""
    made_repository: bool
    """Whether a git repository was created."""
    is_author_known: bool
    """Whether git knows who commits there: where it does not, every commit fails."""


def create_brand(folder: Path, files: Mapping[str, bytes]) -> NewBrand:
    """Write these files into an empty folder and make it a git repository whose first branch is `main`.

    Raises Trouble when the folder holds other files, OSError when a file cannot be written: then no written file stays.
    """
    _require_empty(folder)
    existing = tuple(path for path in files if (folder / path).exists())
    written = tuple(path for path in files if path not in existing)
    _write_all(folder, {path: files[path] for path in written})
    made_repository = _make_repository(folder)
    is_author_known = Repo(folder).try_text("var", "GIT_COMMITTER_IDENT") is not None
    return NewBrand(written, existing, made_repository, is_author_known)


def _require_empty(folder: Path) -> None:
    if (folder / "brand" / "brand.yml").exists():
        raise Trouble(
            _("There is already a brand here: {file}", file=folder / "brand" / "brand.yml"),
            _("Run `marronnier status` to see its state, or name another folder: `marronnier init FOLDER`."),
            status=2,
        )
    if folder.exists() and not folder.is_dir():
        raise Trouble(_("{folder} is a file", folder=folder), _("Name a folder that is empty or does not exist yet."), status=2)
    names = sorted(path.name for path in folder.iterdir() if path.name not in ALLOWED_FILES) if folder.is_dir() else []
    if names:
        raise Trouble(
            _("{folder} is not empty, and nothing in it may be overwritten: {names}", folder=folder, names=_list_names(names)),
            _("Name an empty folder, or one that does not exist yet: `marronnier init FOLDER`."),
            status=2,
        )


def _list_names(names: list[str]) -> str:
    listed = ", ".join(names[:MAX_LISTED])
    return listed if len(names) <= MAX_LISTED else _("{names} and {more} more", names=listed, more=len(names) - MAX_LISTED)


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    created: list[Path] = []
    try:
        for path, data in files.items():
            created += [parent for parent in reversed((folder / path).parents) if not parent.exists()]
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            created.append(folder / path)
            write(folder / path, data)
    except BaseException:
        # The next `init` would refuse a folder with half a brand.
        for entry in reversed(created):
            if entry.is_dir():
                entry.rmdir()
            else:
                entry.unlink(missing_ok=True)
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
