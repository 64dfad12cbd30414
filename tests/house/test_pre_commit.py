"""The hook for pre-commit: a definition it accepts, and an entry that checks the files it receives."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from house.command import run

ROOT = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
REQUIRED = {"id", "name", "entry", "language"}
KNOWN = {*REQUIRED, "description", "files", "exclude", "types", "types_or", "pass_filenames", "require_serial", "args", "stages", "verbose"}
"""Keys of a hook's definition (https://pre-commit.com/#creating-new-hooks, seen 2026-11-25)."""


def files_for_hook(paths: list[str]) -> list[str]:
    """The files of a commit that pre-commit would hand to the hook."""
    return [path for path in paths if re.search(HOOK["files"], path)]


def test_the_definition_is_one_that_pre_commit_reads() -> None:
    assert HOOK.keys() >= REQUIRED and HOOK.keys() <= KNOWN
    assert (HOOK["id"], HOOK["language"]) == ("marronnier-check", "python")
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert shlex.split(HOOK["entry"])[0] in project["scripts"], "pre-commit installs the package and calls its command"


@pytest.mark.parametrize(
    "path", ["content/posts/2026/12/a.md", "brand/channels.yml", "calendar/campaigns/noel.md", "content/ideas/b.markdown"]
)
def test_it_receives_the_files_that_people_write(path: str) -> None:
    assert files_for_hook([path, "README.md", "scripts/x.py", "content/media/a.png", "other/content/a.md"]) == [path]


def test_its_entry_checks_the_files_of_a_commit(tmp_path: Path) -> None:
    run(tmp_path, "init", "jardin", "--lang", "en")
    desk = tmp_path / "jardin"
    posts = desk / "content/posts"
    posts.mkdir(parents=True)
    (posts / "good.md").write_text("---\ntitle: Bonjour\ndate: 2099-12-05 10:00\nchannels: [journal]\n---\nMots.\n", encoding="utf-8")
    (posts / "bad.md").write_text("---\ntitle: Bonjour\ndate: 2099-12-06 10:00\nchannels: [jurnal]\n---\nMots.\n", encoding="utf-8")
    entry = shlex.split(HOOK["entry"])[1:]
    changed = files_for_hook(["content/posts/good.md", "brand/channels.yml", "README.md"])
    assert run(desk, *entry, *changed).returncode == 0
    done = run(desk, *entry, *files_for_hook(["content/posts/good.md", "content/posts/bad.md"]))
    assert done.returncode == 1 and "content/posts/bad.md:4:12: error[unknown-channel]" in done.stdout
