"""The door to our files: reading what people write, mending it, and writing."""

from __future__ import annotations

from marronnier.files.worktree import TEAM_FOLDERS, Tree, WorkTree, is_safe_path, printable_path

__all__ = ["TEAM_FOLDERS", "Tree", "WorkTree", "is_safe_path", "printable_path"]
