"""The door to git: the one place that runs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TIMEOUT = 120.0
"""Seconds before a git command is given up; a network that hangs must not hold a run for ever."""


class GitError(Exception):
    """Git said no; the message is its own last words."""

    def __init__(self, command: Sequence[str], status: int, said: str) -> None:
        super().__init__(said.strip() or f"git {command[0]} ended with {status}")
        self.command = tuple(command)
        self.status = status
        self.said = said


class NoGit(Exception):
    """There is no git here, or no repository."""


class Repo:
    """A clone, seen through the git command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None, timeout: float = TIMEOUT) -> bytes:
        """Run git with these arguments and give its standard output. Raises GitError, NoGit."""
        # The person's own settings must not change what a command prints or does.
        surroundings = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", **(env or {})}
        try:
            done = subprocess.run(
                ["git", "-c", "core.quotePath=false", "-c", "gc.auto=0", "-C", str(self.path), *arguments],
                input=stdin,
                capture_output=True,
                env=surroundings,
                timeout=timeout,
                check=False,
                stdin=subprocess.DEVNULL if stdin is None else None,
            )
        except FileNotFoundError as error:
            raise NoGit("git is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(arguments, -1, f"git {arguments[0]} gave no answer in {timeout:.0f} s") from error
        if done.returncode != 0:
            raise GitError(arguments, done.returncode, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def text(self, *arguments: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """Like `run`, as text without the last newline."""
        return self.run(*arguments, stdin=stdin, env=env).decode("utf-8", "replace").rstrip("\n")

    def find(self, *arguments: str) -> str | None:
        """Like `text`, or None where git answers no."""
        try:
            return self.text(*arguments)
        except GitError:
            return None
