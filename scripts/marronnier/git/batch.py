"""Many objects through one `git cat-file --batch`."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from marronnier.git.surroundings import GitError, NoGit, surroundings

if TYPE_CHECKING:
    import subprocess


class Batch:
    """Reads objects of one repository, one after the other, through a single process. Not for two threads at once."""

    AT_ONCE = 8192
    """Bytes of questions sent before answers are read: fewer than any pipe holds, so that neither side waits for the other."""

    def __init__(self, git: Sequence[str]) -> None:
        import subprocess

        try:
            self._process = subprocess.Popen(
                [*git, "cat-file", "--batch"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
            )
        except FileNotFoundError as error:
            raise NoGit("git is not installed") from error
        self.close = weakref.finalize(self, _end, self._process)
        """Ends the process; it also ends with this object."""

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, by id or as `revision:path`; None when there is none. Raises GitError, ValueError for a line break."""
        return next(self.read_all((name,)))

    def name(self, name: str) -> str | None:
        """The id of an object, by a name of any kind; None when there is none. Raises as `read`."""
        self._send(name.encode("utf-8", "surrogateescape") + b"\n")
        found = self._answer()
        return found[0] if found is not None else None

    def read_all(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """The bytes of many objects, in order. Raises as `read`."""
        asked: list[bytes] = []
        size = 0
        for name in names:
            if "\n" in name:
                raise ValueError("the name of an object holds no line break; ask by id")
            asked.append(name.encode("utf-8", "surrogateescape") + b"\n")
            size += len(asked[-1])
            if size >= self.AT_ONCE:
                yield from self._ask(asked)
                asked, size = [], 0
        yield from self._ask(asked)

    def _ask(self, questions: Sequence[bytes]) -> Iterator[bytes | None]:
        self._send(b"".join(questions))
        for _question in questions:
            found = self._answer()
            yield found[1] if found is not None else None

    def _send(self, questions: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(questions)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise GitError(("cat-file",), self._process.poll() or 1, "git cat-file ended early") from error

    def _answer(self) -> tuple[str, bytes] | None:
        assert self._process.stdout is not None
        header = self._process.stdout.readline()
        if not header:
            raise GitError(("cat-file",), self._process.poll() or 1, "git cat-file ended early")
        size = header.rsplit(b" ", 1)[-1].strip()
        if not size.isdigit():
            return None
        data = self._process.stdout.read(int(size))
        self._process.stdout.read(1)
        if len(data) != int(size):
            raise GitError(("cat-file",), self._process.poll() or 1, "git cat-file ended early")
        return header.split(b" ", 1)[0].decode(), data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                pass
    process.wait()
