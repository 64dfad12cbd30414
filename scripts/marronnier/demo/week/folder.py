"""The folder in which the week is played: emptied for each demo, unless somebody changed something in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from marronnier.files.atomic_write import remove_folder
from marronnier.files.atomic_write import write as write_file
from marronnier.git import Repo
from marronnier.messages import Trouble, _

MARKER = "marronnier-demo-github"
"""File in `.git`: empty while the week is played, then what the folder held at its end."""


def clear_folder(folder: Path, show_progress: Callable[[str], None]) -> None:
    """Remove the week that was played there before. Raises Trouble where somebody changed something since; other folders stay as they are."""
    marker = folder / ".git" / MARKER
    if marker.is_file():
        noted = marker.read_text(encoding="utf-8")
        if noted and noted != _contents(folder):
            raise Trouble(
                _("Somebody worked in {folder} since the week was played there, and nothing of it may be lost", folder=folder),
                _("Name another folder: `marronnier demo --github DIR`; or remove that one."),
                status=2,
            )
        show_progress(_("The week was played here before; it is played again from the start."))
        remove_folder(folder)


def note_begun(folder: Path) -> None:
    """The week is being played there: what is left of it when it is cut short may be removed."""
    write_file(folder / ".git" / MARKER, "")


def note_finished(folder: Path) -> None:
    """The week was played: remember what the folder holds, so that nobody's work is removed later."""
    write_file(folder / ".git" / MARKER, _contents(folder))


def _contents(folder: Path) -> str:
    """What a person would change: branches, the commit that stands there, and files that are not committed."""
    repo = Repo(folder)
    branches = repo.try_text("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/")
    return f"{branches}\n{repo.try_text('rev-parse', 'HEAD')}\n{repo.try_text('status', '--porcelain', '--untracked-files=all')}"
