"""Many objects through one `git cat-file --batch`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from marronnier.git.coprocess import Coprocess


class CatFile(Coprocess):
    """Reads objects of one repository, one after the other."""

    MAX_REQUEST = 8192
    """Bytes of questions sent before answers are read: fewer than any pipe holds, so that neither side waits for the other."""

    def __init__(self, git: Sequence[str]) -> None:
        super().__init__(git, "cat-file", "--batch")

    def read(self, name: str) -> bytes | None:
        """The bytes of an object, by id or as `revision:path`; None when there is none. Raises GitError, ValueError for a line break."""
        return next(self.read_all((name,)))

    def object_id(self, name: str) -> str | None:
        """The id of an object, by a name of any kind; None when there is none. Raises as `read`."""
        self._write(name.encode("utf-8", "surrogateescape") + b"\n")
        found = self._read_answer()
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
            if size >= self.MAX_REQUEST:
                yield from self._read_answers(asked)
                asked, size = [], 0
        yield from self._read_answers(asked)

    def _read_answers(self, questions: Sequence[bytes]) -> Iterator[bytes | None]:
        self._write(b"".join(questions))
        for _question in questions:
            found = self._read_answer()
            yield found[1] if found is not None else None

    def _read_answer(self) -> tuple[str, bytes] | None:
        header = self._read_line()
        size = header.rsplit(b" ", 1)[-1].strip()
        if not size.isdigit():
            return None
        return header.split(b" ", 1)[0].decode(), self._read_bytes(int(size) + 1)[:-1]
