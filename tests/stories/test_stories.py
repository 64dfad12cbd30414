"""Stories: a repository, a clock, what must be true after. Each folder's story.md is read by people and run here."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from people import Town

STORIES = Path(__file__).parent
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<kind>\w+)(?P<attributes>[^\n]*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Command:
    """One command of a story and what it shows."""

    line: int
    typed: str
    seen: str
    status: int
    who: str
    now: str


def steps(story: str) -> Iterator[Command | tuple[str, str]]:
    """The commands of a story, and the files it writes, in order."""
    who, now = "ines", "2026-12-02 09:00"
    for block in FENCE.finditer(story):
        attributes = dict(ATTRIBUTE.findall(block["attributes"]))
        if "file" in attributes:
            yield attributes["file"], block["body"]
        elif block["kind"] == "console":
            who, now = attributes.get("as", who), attributes.get("now", now)
            start = story[: block.start()].count("\n") + 1
            yield from commands(block["body"], start, who, now)


def commands(body: str, start: int, who: str, now: str) -> Iterator[Command]:
    """The commands of one block."""
    typed, seen, line = "", [], start
    for number, text in enumerate([*body.splitlines(), "$ "], start + 1):
        if not text.startswith("$ ") and text != "$":
            seen.append(text)
            continue
        if typed:
            status = 0
            if seen and re.fullmatch(r"\[\d+\]", seen[-1]):
                status = int(seen.pop()[1:-1])
            yield Command(line, typed, "\n".join(seen).strip("\n"), status, who, now)
        typed, seen, line = text[2:].strip(), [], number


def matches(expected: str, seen: str) -> bool:
    """Whether what was seen is what was expected, `…` and `...` standing for anything."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line == "..." else re.escape(line).replace("…", "[^\n]*") + "\n" for line in expected.splitlines()
    )
    return re.fullmatch(pattern, seen.strip("\n") + "\n" if seen.strip("\n") else "") is not None


def run_marronnier(arguments: list[str], folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """Run the real command line in this process: its output, both streams together, and its exit code."""
    from marronnier import cli

    said = io.StringIO()
    before, here, words = dict(os.environ), Path.cwd(), sys.argv
    status = 0
    try:
        os.environ.clear()
        os.environ.update(env)
        os.chdir(folder)
        sys.argv = ["marronnier", *arguments]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            cli.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        os.environ.clear()
        os.environ.update(before)
        os.chdir(here)
        sys.argv = words
    return said.getvalue(), status


def run_shell(typed: str, folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """Run anything else in bash."""
    done = subprocess.run(
        ["bash", "-c", typed],
        cwd=folder,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout, done.returncode


@pytest.mark.parametrize("folder", sorted(path.parent for path in STORIES.glob("*/story.md")), ids=lambda path: path.name)
def test_story(folder: Path, town: Town, tmp_path: Path) -> None:
    repository = town.found(tmp_path / "repository")
    if (folder / "repository").is_dir():
        shutil.copytree(folder / "repository", repository, dirs_exist_ok=True)
    for step in steps((folder / "story.md").read_text(encoding="utf-8")):
        if isinstance(step, tuple):
            path = repository / step[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step[1], encoding="utf-8")
            continue
        where, typed = repository, step.typed
        if found := re.match(r"\[in (\S+)\] ", typed):
            where, typed = tmp_path / found[1], typed[found.end() :]
        env = town.surroundings(step.who, step.now)
        if typed.startswith("marronnier ") and not re.search(r"[|&;>]", typed):
            arguments = shlex.split(typed)[1:]
            seen, status = run_marronnier(["--now", step.now, *arguments], where, env)
        else:
            seen, status = run_shell(typed, where, env)
        told = f"{folder.name}/story.md:{step.line}: $ {step.typed}\n{seen}"
        assert "Traceback" not in seen, told
        assert status == step.status, f"exit code {status}, not {step.status}\n{told}"
        if step.seen or status == 0:
            assert matches(step.seen, seen), f"expected:\n{step.seen}\n\nseen:\n{told}"
