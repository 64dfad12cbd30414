"""The pages of the rules, read as tests: small repositories given as files, and what `marronnier check` says of each."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result

from marronnier.cli import marronnier

BRAND = Path(__file__).parent / "brand"
"""The brand that a page's files are laid over."""
NOW = "2026-12-02 09:00"

_LABEL = re.compile(r"\*\*(Refused|marronnier check|Accepted)\*\*")
_FENCE = re.compile(r'(?P<fence>`{3,})(?P<lang>\w*)(?: title="(?P<title>[^"]+)")?')


@dataclass
class Case:
    """One small repository of a page."""

    kind: str
    line: int
    files: dict[str, str] = field(default_factory=dict)
    said: str | None = None


def cases(page: str) -> list[Case]:
    """Every repository of a page, in order."""
    found: list[Case] = []
    label = fence = title = ""
    block: list[str] = []
    for number, line in enumerate(page.split("\n"), 1):
        if fence and line == fence:
            text = "".join(f"{one}\n" for one in block)
            if title:
                assert label in ("Refused", "Accepted"), f"line {number}: a file under no label"
                found[-1].files[title] = text
            elif label == "marronnier check":
                found[-1].said = text
            fence, block = "", []
        elif fence:
            block.append(line)
        elif opening := _FENCE.fullmatch(line):
            fence, title = opening["fence"], opening["title"] or ""
        elif labelled := _LABEL.fullmatch(line):
            label = labelled[1]
            if label != "marronnier check":
                found.append(Case(label, number))
    return found


def build(root: Path, files: dict[str, str]) -> Path:
    """The brand with these files laid over it."""
    shutil.copytree(BRAND, root, dirs_exist_ok=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    return root


def check(root: Path, *arguments: str, now: str = NOW) -> Result:
    """`marronnier check`, through the door people use; the output holds both streams as a terminal shows them."""
    return CliRunner().invoke(marronnier, ["-C", str(root), "--now", now, "check", *arguments], catch_exceptions=False)
