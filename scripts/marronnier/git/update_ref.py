"""Moving several references in one transaction, through one `git update-ref --stdin`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from marronnier.git.coprocess import Coprocess


class RefUpdater(Coprocess):
    """Moves the references of one repository. A move that fails ends the process: open another updater."""

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
