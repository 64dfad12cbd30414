"""The README: its sessions are run with an empty HOME and print what it shows, and its links lead to files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from house.newcomer import Newcomer

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def output_pattern(shown: str) -> re.Pattern[str]:
    """The output that the page shows, as a pattern: `…` is anything in a line, and alone on a line any lines."""
    lines = ["(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n" for line in shown.splitlines()]
    return re.compile("".join(lines))


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.splitlines()[0][2:40])
def test_a_session_prints_what_the_page_shows(session: str, tmp_path: Path) -> None:
    shown = re.split(r"^\$ .*\n", session, flags=re.MULTILINE)[1:]
    commands = re.findall(r"^\$ (.*)$", session, re.MULTILINE)
    for (command, said, _status), expected in zip(Newcomer.at(tmp_path).type(*commands), shown, strict=True):
        tidy = re.sub(r"\n{2,}", "\n", said)
        assert output_pattern(expected).fullmatch(tidy), f"$ {command}\n{said}"


def test_the_page_has_a_session() -> None:
    assert SESSIONS


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", README)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [name for name in re.findall(r"\bmake ([a-z-]+)", README) if not re.search(rf"^{name}:", makefile, re.MULTILINE)]


def test_the_post_it_shows_is_valid(tmp_path: Path) -> None:
    from marronnier import start

    start.create_brand(tmp_path, start.example_brand())
    (post,) = (block for block in re.findall(r"^```markdown\n(.*?)^```", README, re.MULTILINE | re.DOTALL) if "\nid: " in block)
    (tmp_path / "content/posts/2026/12/portes-ouvertes-2026.md").write_text(post.replace("10:00", "16:00"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "marronnier", "-C", str(tmp_path), "check", "--format", "json"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]")
