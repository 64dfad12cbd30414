"""The door to git: the one place that runs it."""

from __future__ import annotations

from marronnier.git.cat_file import CatFile
from marronnier.git.environment import GitError, NoGit, git_environment
from marronnier.git.repo import OLDEST, Repo
from marronnier.git.ssh_keygen import SILENT, signer, ssh_keygen

__all__ = ["OLDEST", "SILENT", "CatFile", "GitError", "NoGit", "Repo", "git_environment", "signer", "ssh_keygen"]
