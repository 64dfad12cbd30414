"""What a command does not need, it does not import: each of these takes longer to load than most commands take to run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from people import Town

HEAVY = ("github", "mkdocs", "httpx", "httpx2", "httpcore2", "jinja2", "holidays", "icalendar", "ruamel", "rich")
"""Packages that only some commands need."""

LISTEN = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from marronnier.cli import main
main()
"""

POST = """\
---
id: portes
title: Portes ouvertes
date: 2026-12-05 10:00
channels: [journal]
---
On **ouvre** le jardin : <https://jardin.example>.
"""


@pytest.fixture(scope="module")
def house(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brand with a ledger and a post."""
    folder = town.newsroom(tmp_path_factory.mktemp("budget") / "house")
    (folder / "content/posts").mkdir(parents=True)
    (folder / "content/posts/portes.md").write_text(POST)
    town.git(folder, "add", "-A")
    town.git(folder, "commit", "-qm", "Write")
    return folder


def loaded(town: Town, house: Path, *arguments: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    env = town.surroundings("ines", "2026-11-20 09:00")
    done = subprocess.run([sys.executable, "-c", LISTEN, *arguments], cwd=house, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "check",
        "check content/posts/portes.md",
        "plan",
        "status",
        "publish --dry-run",
        "publish",
        "new Marché",
        "import --help",
        "explain over-length",
        "schema post",
    ],
)
def test_a_command_loads_only_what_it_needs(town: Town, house: Path, command: str) -> None:
    assert "click" in (modules := loaded(town, house, *command.split()))
    assert not modules & set(HEAVY)


def test_one_file_is_checked_without_parsing_markdown(town: Town, house: Path) -> None:
    assert not loaded(town, house, "check", "content/posts/portes.md") & {"markdown_it", "regex", "nh3", "dateutil", "multiprocessing"}


def test_the_budget_would_see_a_spender(town: Town, house: Path) -> None:
    assert "holidays" in loaded(town, house, "days", "2027")
