"""A git process that stays open for many requests: starting one takes longer than a hundred requests."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from marronnier.git.environment import GitError, NotInstalled, git_environment

if TYPE_CHECKING:
    import subprocess


class Coprocess:
    """One running git command of one repository, with requests and answers in lines. Not for two threads at once.

    `errors_among_answers`: git's error messages come on the same pipe as its answers, so that a GitError can hold them.
    """

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
            raise NotInstalled("git is not installed") from error
        self._owner = os.getpid()
        self.close = weakref.finalize(self, _close_process, self._process)
        """Ends the process. The process also ends with this object."""

    @property
    def is_usable(self) -> bool:
        """Whether the process still runs and is ours. A process shared after a fork would mix up its answers."""
        return self._owner == os.getpid() and self._process.poll() is None

    def _write(self, request: bytes) -> None:
        """Send bytes to the process. Raises GitError when it has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended_error() from error

    def _read_line(self, output: bytes = b"") -> bytes:
        """The next line of the answer. Raises GitError when the process has ended; `output` is what was read before, for its message."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._ended_error(output)
        return line

    def _read_bytes(self, size: int) -> bytes:
        """The next bytes of the answer. Raises GitError when the process has ended."""
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if len(data) != size:
            raise self._ended_error()
        return data

    def _ended_error(self, output: bytes = b"") -> GitError:
        """The error for a process that has ended; `output` is what was read of its message already."""
        if self._errors_among_answers and self._process.stdout is not None:
            output += self._process.stdout.read()
        message = output.decode("utf-8", "replace") or f"git {self._command[0]} ended early"
        return GitError(self._command, self._process.wait() or 1, message)

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
