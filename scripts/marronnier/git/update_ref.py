"""Branches and tags moved, several at once and whole, through one `git update-ref --stdin`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from marronnier.git.coprocess import Coprocess


class RefUpdater(Coprocess):
    """Moves references of one repository. A move that fails ends the process: open another."""

    def __init__(self, git: Sequence[str]) -> None:
        super().__init__(git, "update-ref", "--stdin", "-m", "marronnier: record", errors_among_answers=True)

    def update(self, moves: Mapping[str, str], only_from: Mapping[str, str | None]) -> None:
        """Let each reference stand at its commit, all of them or none.

        `only_from`: where a reference must stand now, None for nowhere; one that is not named may stand anywhere.
        Raises GitError: one stands elsewhere, or cannot be written.
        """
        self._write("".join(("start\n", *_update_lines(moves, only_from), "commit\n")).encode())
        said = b""
        while (line := self._read_line(said)) != b"commit: ok\n":
            said += line if line != b"start: ok\n" else b""


def _update_lines(moves: Mapping[str, str], only_from: Mapping[str, str | None]) -> Iterator[str]:
    for name, commit in moves.items():
        expected = f" {only_from[name] or '0' * len(commit)}" if name in only_from else ""
        yield f"update {name} {commit}{expected}\n"
