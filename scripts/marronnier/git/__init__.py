"""The door to git: the one place that runs it."""

from __future__ import annotations

from marronnier.git.cat_file import CatFile
from marronnier.git.environment import GitError, NoGit, git_environment
from marronnier.git.repo import OLDEST_GIT, Repo
from marronnier.git.ssh_keygen import NO_PASSPHRASE_PROMPT, commit_text_signer, ssh_keygen

__all__ = [
    "NO_PASSPHRASE_PROMPT",
    "OLDEST_GIT",
    "CatFile",
    "GitError",
    "NoGit",
    "Repo",
    "commit_text_signer",
    "git_environment",
    "ssh_keygen",
]
