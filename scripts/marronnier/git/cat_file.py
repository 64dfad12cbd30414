"""Reading many Git objects through one `git cat-file --batch`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from marronnier.git.coprocess import Coprocess


class CatFile(Coprocess):
    """Reads the objects of one repository through one git process."""

    MAX_REQUEST = 8192
    """Bytes of names sent before answers are read: fewer than any pipe holds, so that the two processes never wait for each other."""

    def __init__(self, git: Sequence[str]) -> None:
        super().__init__(git, "cat-file", "--batch")

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, by id or as `revision:path`; None when it does not exist.

        Raises GitError when git ended, ValueError for a name with a line break.
        """
        return next(self.read_all((name,)))

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
