"""A git process that stays open: starting one takes longer than asking it a hundred times."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from marronnier.git.environment import GitError, NoGit, git_environment

if TYPE_CHECKING:
    import subprocess


class Coprocess:
    """One git command of one repository, asked and answered line by line. Not for two threads at once."""

    def __init__(self, git: Sequence[str], *arguments: str, errors_among_answers: bool = False) -> None:
        import subprocess

        self._command, self._errors_among_answers = arguments, errors_among_answers
        try:
            self._process = subprocess.Popen(
                [*git, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if errors_among_answers else subprocess.DEVNULL,
                env=git_environment(),
            )
        except FileNotFoundError as error:
            raise NoGit("git is not installed") from error
        self._owner = os.getpid()
        self.close = weakref.finalize(self, _close_process, self._process)
        """Ends the process; it also ends with this object."""

    @property
    def is_usable(self) -> bool:
        """Whether the process is there still, and ours: one shared with a forked process would get its answers mixed."""
        return self._owner == os.getpid() and self._process.poll() is None

    def _write(self, question: bytes) -> None:
        """Raises GitError."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(question)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended_error() from error

    def _read_line(self, said: bytes = b"") -> bytes:
        """The next line of the answer; `said`: the lines before, which an error repeats. Raises GitError."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._ended_error(said)
        return line

    def _read_bytes(self, size: int) -> bytes:
        """The next bytes of the answer. Raises GitError."""
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if len(data) != size:
            raise self._ended_error()
        return data

    def _ended_error(self, said: bytes = b"") -> GitError:
        """That the process ended, and what it said when errors stand among its answers; `said`: what was read of that already."""
        if self._errors_among_answers and self._process.stdout is not None:
            said += self._process.stdout.read()
        return GitError(self._command, self._process.wait() or 1, said.decode("utf-8", "replace") or f"git {self._command[0]} ended early")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _close_process(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                pass
    process.wait()
