"""Git, run as a command: the only package that starts git processes."""

from __future__ import annotations

from marronnier.git.coprocess import CatFile
from marronnier.git.environment import GitError, NotInstalled, git_environment
from marronnier.git.origin import OriginAnswer
from marronnier.git.repo import OLDEST_GIT, Repo
from marronnier.git.ssh_keygen import NO_PROMPT, ssh_keygen, text_signer

__all__ = [
    "NO_PROMPT",
    "OLDEST_GIT",
    "CatFile",
    "GitError",
    "NotInstalled",
    "OriginAnswer",
    "Repo",
    "git_environment",
    "ssh_keygen",
    "text_signer",
]
