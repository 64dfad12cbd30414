"""The door to git: the one place that runs it."""

from __future__ import annotations

from marronnier.git.batch import Batch
from marronnier.git.repo import OLDEST, Repo
from marronnier.git.signing import SILENT, keygen, signer
from marronnier.git.surroundings import GitError, NoGit, surroundings

__all__ = ["OLDEST", "SILENT", "Batch", "GitError", "NoGit", "Repo", "keygen", "signer", "surroundings"]
