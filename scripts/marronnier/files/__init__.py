"""Files that people write: reading, parsing, fixing and writing them."""

from __future__ import annotations

from marronnier.files.worktree import TEAM_FOLDERS, Tree, WorkTree, is_safe_path, printable_path

__all__ = ["TEAM_FOLDERS", "Tree", "WorkTree", "is_safe_path", "printable_path"]
