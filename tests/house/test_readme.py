"""The README: its sessions are run and print what it shows, and its links lead to files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
MARK = "\x1e"


def run_session(session: str, folder: Path) -> list[tuple[str, str]]:
    """Run a session in one shell, and return each command with its output."""
    shims = folder / "bin"
    shims.mkdir()
    (shims / "marronnier").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m marronnier "$@"\n', encoding="utf-8")
    (shims / "marronnier").chmod(0o755)
    desk = folder / "desk"
    desk.mkdir()
    commands = re.findall(r"^\$ (.*)$", session, re.MULTILINE)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MARRONNIER_", "PYTHON"))}
    env |= {
        "PATH": f"{shims}{os.pathsep}{env['PATH']}",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(folder),
        **{
            f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Ana"), ("EMAIL", "ana@example.org"))
        },
    }
    script = "".join(f"{command}\nprintf '{MARK}'\n" for command in commands)
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"], cwd=desk, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    said = done.stdout.split(MARK)[: len(commands)]
    assert len(said) == len(commands), done.stdout
    return list(zip(commands, said, strict=True))


def output_pattern(shown: str) -> re.Pattern[str]:
    """The output that the page shows, as a pattern: `…` is anything in a line, and alone on a line any lines."""
    lines = ["(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n" for line in shown.splitlines()]
    return re.compile("".join(lines))


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.splitlines()[0][2:40])
def test_a_session_prints_what_the_page_shows(session: str, tmp_path: Path) -> None:
    shown = re.split(r"^\$ .*\n", session, flags=re.MULTILINE)[1:]
    for (command, said), expected in zip(run_session(session, tmp_path), shown, strict=True):
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
