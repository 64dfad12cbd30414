"""Reads a story.md (what is typed, written and shown) and runs it in a repository."""

from __future__ import annotations

import contextlib
import gc
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

from marronnier import messages
from people import Town

STORIES = Path(__file__).parent
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<kind>\w+)(?P<attributes>[^\n]*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Command:
    """One command of a story and the output that the story expects."""

    line: int
    """The line of the command in story.md, counted from 1."""
    typed: str
    seen: str
    status: int
    who: str
    now: str


@dataclass(frozen=True)
class Written:
    """A file that a person of the story writes."""

    path: str
    text: str


def folders() -> list[Path]:
    """The folder of every story, by name."""
    return sorted(path.parent for path in STORIES.glob("*/story.md"))


def steps(story: str) -> Iterator[Command | Written]:
    """The commands of a story, and the files it writes, in order."""
    who, now = "ines", "2026-12-02 09:00"
    for block in FENCE.finditer(story):
        attributes = dict(ATTRIBUTE.findall(block["attributes"]))
        if "file" in attributes:
            yield Written(attributes["file"], block["body"])
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
    """Whether an output is the expected one; `…` stands for anything on a line, a line `...` for any lines."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line == "..." else re.escape(line).replace("…", "[^\n]*") + "\n" for line in expected.splitlines()
    )
    seen = "\n".join(line.rstrip() for line in seen.strip("\n").splitlines())
    return re.fullmatch(pattern, seen + "\n" if seen else "") is not None


def place(story: str, town: Town, folder: Path) -> Path:
    """Make the repository a story begins in: with a ledger, unless the story itself runs `ledger init`."""
    return town.found(folder) if "marronnier ledger init" in story else town.newsroom(folder)


def lived(folder: Path, town: Town, there: Path) -> Iterator[tuple[Command, str, int]]:
    """Run a story: each command with its output and its exit code. `there` is an empty folder for its repository."""
    story = (folder / "story.md").read_text(encoding="utf-8")
    repository = place(story, town, there / "repository")
    if (folder / "repository").is_dir():
        shutil.copytree(folder / "repository", repository, dirs_exist_ok=True)
    for step in steps(story):
        if isinstance(step, Written):
            path = repository / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        else:
            yield step, *run(step, repository, there, town)


def run(step: Command, repository: Path, there: Path, town: Town) -> tuple[str, int]:
    """Run one command and return its output, both streams together, and its exit code."""
    where, typed = repository, step.typed
    if found := re.match(r"\[in (\S+)\] ", typed):
        where, typed = there / found[1], typed[found.end() :]
    env = town.surroundings(step.who, step.now)
    if typed.startswith("marronnier ") and not re.search(r"[|&;>]", typed):
        seen, status = run_marronnier(["--now", step.now, *shlex.split(typed)[1:]], where, env)
    else:
        seen, status = run_shell(typed, where, env)
    return seen.replace(str(there), "…"), status


def run_marronnier(arguments: list[str], folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """Run the real command line in this process, which is much faster than a new one."""
    from marronnier import cli

    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
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
        # The command freezes what is left of it, as a process that ends may: here it would stay for ever, with its gits.
        gc.unfreeze()
        os.environ.clear()
        os.environ.update(before)
        os.chdir(here)
        sys.argv = words
        messages.use_language("en")
    said.seek(0)
    return said.read(), status


def run_shell(typed: str, folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """Run any other command in bash."""
    done = subprocess.run(
        ["bash", "-c", typed],
        cwd=folder,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout, done.returncode
