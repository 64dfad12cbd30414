"""`make` on machines that lack something: one plain sentence, or it just works."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds the Makefile."""
    folder = tmp_path / "mon dépôt"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def fake_python(folder: Path, *cases: str) -> str:
    """A fake Python that answers the given cases, lines of a shell `case`, and runs the real one otherwise."""
    script = folder / "python"
    script.write_text("\n".join(["#!/bin/sh", 'case "$*" in', *cases, f'*) exec "{sys.executable}" "$@";;', "esac", ""]))
    script.chmod(0o755)
    return f"PYTHON={script}"


def test_an_old_python_gets_one_sentence(clone: Path, tmp_path: Path) -> None:
    done = make(clone, ".venv/made", fake_python(tmp_path, "*version_info*) exit 1;;"))
    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_python_gets_one_sentence(clone: Path) -> None:
    done = make(clone, ".venv/made", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr


def test_a_missing_ensurepip_names_the_package(clone: Path, tmp_path: Path) -> None:
    done = make(clone, ".venv/made", fake_python(tmp_path, "'-m venv'*|'-m virtualenv'*) echo 'ensurepip is not available'; exit 1;;"))
    assert done.returncode != 0
    assert "python3-venv" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2  # the sentence, and make's own last word
    assert not (clone / ".venv").exists()


def test_a_pip_beside_stands_in_for_ensurepip_and_once_is_enough(clone: Path, tmp_path: Path) -> None:
    (clone / "requirements.lock").write_text("")
    python = fake_python(tmp_path, "'-m venv .venv'*) mkdir .venv; exit 1;;", "'-m virtualenv'*) exit 1;;")
    done = make(clone, ".venv/made", python)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([clone / ".venv/bin/python", "-c", "pass"], check=False).returncode == 0
    assert "up to date" in make(clone, ".venv/made").stdout


def test_help_lists_every_target(clone: Path) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(" ".join(re.findall(r"^\.PHONY:(.*)$", text, re.MULTILINE)).split()) - {"help", "machine", "compiled", "setup-tests"}
    listed = set(re.findall(r"^make ([a-z-]+)", make(clone).stdout, re.MULTILINE))
    assert listed == targets


def test_a_folder_of_real_posts_is_proved_where_one_is_given(clone: Path) -> None:
    listed = make(clone, "--dry-run", "proof", "POSTS=../real posts", "--old-file=.venv/setup-tests").stdout
    assert '-m proof.real_posts "../real posts"' in listed
    assert "real_posts" not in make(clone, "--dry-run", "proof", "--old-file=.venv/setup-tests").stdout


@pytest.mark.parametrize("file", ["Makefile", ".ci/run", "pyproject.toml"])
def test_nothing_names_a_place_on_one_machine(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not re.findall(r"(?<![\w.$])/(?:home|root|opt|tmp|work|Users|srv)\b", text)
