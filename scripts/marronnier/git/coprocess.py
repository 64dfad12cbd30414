"""Git processes that stay open for many requests: starting one takes longer than a hundred requests."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


class CatFile(Coprocess):
    """Reads the objects of one repository through one `git cat-file --batch`."""

    PIECE = 1 << 20
    """Bytes of an object that are handed on at once."""
    MAX_REQUEST = 8192
    """Bytes of names sent before answers are read: fewer than any pipe holds, so that the two processes never wait for each other."""

    def __init__(self, git: Sequence[str]) -> None:
        super().__init__(git, "cat-file", "--batch")

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, by id or as `revision:path`; None when it does not exist.

        Raises GitError when git ended, ValueError for a name with a line break.
        """
        return next(self.read_all((name,)))

    def copy(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Hand the bytes of an object to `write`, piece by piece; False when it does not exist. Raises as `read`, and what `write` raises."""
        if "\n" in name:
            raise ValueError("the name of an object holds no line break; ask by id")
        self._write(name.encode("utf-8", "surrogateescape") + b"\n")
        size = self._read_line().rsplit(b" ", 1)[-1].strip()
        if not size.isdigit():
            return False
        left = int(size)
        try:
            while left:
                piece = self._read_bytes(min(left, self.PIECE))
                left -= len(piece)
                write(piece)
            self._read_bytes(1)
        except BaseException:
            # Half an answer stands in the pipe: nobody may read on.
            self.close()
            raise
        return True

    def object_id(self, name: str) -> str | None:
        """The id of an object, by any name that git understands; None when it does not exist. Raises GitError when git ended."""
        self._write(name.encode("utf-8", "surrogateescape") + b"\n")
        answer = self._read_answer()
        return answer[0] if answer is not None else None

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """The bytes of many objects, in the order of their names. Raises as `read`."""
        lines: list[bytes] = []
        size = 0
        for name in names:
            if "\n" in name:
                raise ValueError("the name of an object holds no line break; ask by id")
            lines.append(name.encode("utf-8", "surrogateescape") + b"\n")
            size += len(lines[-1])
            if size >= self.MAX_REQUEST:
                yield from self._read_answers(lines)
                lines, size = [], 0
        yield from self._read_answers(lines)

    def _read_answers(self, lines: Sequence[bytes]) -> Iterator[bytes | None]:
        """Ask for the objects in these lines, and give the bytes of each."""
        self._write(b"".join(lines))
        for _line in lines:
            answer = self._read_answer()
            yield answer[1] if answer is not None else None

    def _read_answer(self) -> tuple[str, bytes] | None:
        """The id and the bytes in the next answer; None for an object that does not exist."""
        header = self._read_line()
        size = header.rsplit(b" ", 1)[-1].strip()
        if not size.isdigit():
            return None
        return header.split(b" ", 1)[0].decode(), self._read_bytes(int(size) + 1)[:-1]


class RefUpdater(Coprocess):
    """Moves references through one `git update-ref --stdin`. A move that fails ends the process: open another updater."""

    def __init__(self, git: Sequence[str]) -> None:
        super().__init__(git, "update-ref", "--stdin", "-m", "marronnier: record", errors_among_answers=True)

    def update(self, moves: Mapping[str, str], expected: Mapping[str, str | None]) -> None:
        """Move each reference to its commit, all of them or none.

        `expected`: the commit at which a reference must be now, None for a reference that must not exist. A reference not named there
        may be anywhere. Raises GitError when a reference is elsewhere or cannot be written.
        """
        self._write("".join(("start\n", *_update_lines(moves, expected), "commit\n")).encode())
        errors = b""
        while (line := self._read_line(errors)) != b"commit: ok\n":
            errors += line if line != b"start: ok\n" else b""


def _update_lines(moves: Mapping[str, str], expected: Mapping[str, str | None]) -> Iterator[str]:
    for name, commit in moves.items():
        condition = f" {expected[name] or '0' * len(commit)}" if name in expected else ""
        yield f"update {name} {commit}{condition}\n"
