"""`python tests/stories/retell.py FOLDER…` runs stories and writes into each story.md what its commands show now.

Only outputs that differ from the expected ones are replaced.
Read every change before you commit it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from installed import site_of_fakes
from people import Town
from stories.telling import STORIES, Command, lived, matches

# The commands of a story run in this process, which must find the fake networks where they are installed.
sys.path.insert(0, str(site_of_fakes()))

VARIES = re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}\b…?")
"""Commit ids, which differ every time."""


def retold(lines: list[str], step: Command, seen: str, status: int) -> list[str]:
    """The lines of a story with the output of one command replaced by the one shown now."""
    end = step.line
    while not lines[end].startswith(("$ ", "```")):
        end += 1
    shown = [VARIES.sub("…", line.rstrip()) for line in seen.strip("\n").splitlines()]
    return [*lines[: step.line], *shown, *([f"[{status}]"] if status else []), *lines[end:]]


def main() -> None:
    """Rewrite the outputs of the stories named on the command line."""
    for name in sys.argv[1:]:
        folder = STORIES / Path(name).name
        with tempfile.TemporaryDirectory() as scratch:
            town = Town(Path(scratch) / "people")
            lines = (folder / "story.md").read_text(encoding="utf-8").split("\n")
            happened = list(lived(folder, town, Path(scratch) / "story"))
        for step, seen, status in reversed(happened):
            if status != step.status or not matches(step.seen, seen):
                lines = retold(lines, step, seen, status)
        (folder / "story.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
