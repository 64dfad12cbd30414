"""Decisions, handbook and contributor pages: their form, and that every link and every file they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "scripts/decisions").glob("0*.md"))
PAGES = [
    *(ROOT / "scripts/decisions").glob("*.md"),
    *(ROOT / "scripts/handbook").glob("*.md"),
    *(ROOT / "scripts/changes").glob("*.md"),
    *(ROOT / "tests").glob("*/README.md"),
    ROOT / ".github/CONTRIBUTING.md",
]
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.py)(?:::\w+)?`")
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def page_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_index_of_decisions_names_each_with_its_title() -> None:
    index = (ROOT / "scripts/decisions/README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(\d{4})\]\((\S+)\) (.+)$", index, re.MULTILINE)
    titles = [(path.name, path.read_text(encoding="utf-8").splitlines()[0]) for path in DECISIONS]
    assert sorted((name, f"# {number}: {title}") for number, name, title in listed) == titles


def test_a_number_is_given_once() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("path", DECISIONS, ids=page_id)
def test_a_decision_has_context_decision_and_consequences(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    places = [text.find(f"\n**{part}.**") for part in ("Context", "Decision", "Consequences")]
    assert -1 not in places and places == sorted(places)


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_links_and_files_exist(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = [link.partition("#")[0] for link in LINK.findall(CODE.sub("", text)) if not link.startswith(("#", "http"))]
    missing = [link for link in links if not (path.parent / link).exists()]
    missing += [name for name in FILE.findall(text) if not any((ROOT / base / name).is_file() for base in (".", "scripts/marronnier"))]
    assert not missing
