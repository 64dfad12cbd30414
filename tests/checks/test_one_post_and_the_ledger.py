"""One post is checked with what the ledger has of it, at the cost of one question to git, however much else the ledger has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from marronnier import publish
from marronnier.git import Repo
from people import Town, write

POST = "---\nid: {id}\ndate: 2026-11-20 10:00\nchannels: [journal]\n---\nOn ouvre le jardin, le {id}.\n"
LISTEN = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from marronnier.cli import main
main()
"""


@pytest.fixture(scope="module")
def brand(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brand that sent one post and never got to send another."""
    folder = town.newsroom(tmp_path_factory.mktemp("one") / "brand")
    write(folder, {"brand/approvals.yml": "quorum: 0\n"})
    town.git(folder, "add", "-A")
    town.git(folder, "commit", "-qm", "Merging is approving")
    with mock.patch.dict(os.environ, town.surroundings("publisher", "2026-11-20 09:00"), clear=True):
        publish.reset_policy(Repo(folder), datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    write(folder, {"content/posts/sent.md": POST.format(id="sent")})
    town.git(folder, "add", "-A")
    town.git(folder, "commit", "-qm", "Write")
    for now in ("2026-11-20 09:00", "2026-11-20 10:05"):
        done = run(town, folder, "publish", now=now)
        assert done.returncode == 0, done.stderr
    write(folder, {"content/posts/late.md": POST.format(id="late")})
    return folder


def run(town: Town, folder: Path, *arguments: str, now: str = "2026-11-25 09:00", **more: str) -> subprocess.CompletedProcess[str]:
    env = {**town.surroundings("publisher", now), **more}
    return subprocess.run(
        [sys.executable, "-c", LISTEN, "--now", now, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def test_a_sent_post_is_not_called_late(town: Town, brand: Path) -> None:
    assert "past-date" in run(town, brand, "check", "content/posts/late.md").stdout
    assert "past-date" not in run(town, brand, "check", "content/posts/sent.md").stdout


def test_it_takes_one_process_of_git_and_no_module_that_verifies_or_records(town: Town, brand: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    done = run(town, brand, "check", "content/posts/sent.md", GIT_TRACE=str(trace))
    assert [line.split("trace: ")[1] for line in trace.read_text().splitlines() if "built-in:" in line] == [
        "built-in: git cat-file --batch"
    ]
    modules = set(json.loads(done.stderr.splitlines()[-1]))
    assert {name for name in modules if name.startswith("marronnier.ledger.")} == {
        f"marronnier.ledger.{name}" for name in ("events", "glance", "renamed_channels")
    }


def test_a_history_that_was_changed_is_said_and_the_words_are_checked(town: Town, brand: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-R", str(brand), str(copy)], check=True)
    head = town.git(copy, "rev-parse", "ledger")
    path = next(name for name in town.git(copy, "ls-tree", "-r", "--name-only", head).splitlines() if "sent@" in name)
    town.git(copy, "worktree", "add", "-q", str(tmp_path / "ledger"), "ledger")
    file = tmp_path / "ledger" / path
    file.write_text(file.read_text().replace("journal", "gazette"))
    town.git(tmp_path / "ledger", "commit", "-qam", "Change")
    done = run(town, copy, "check", "content/posts/sent.md")
    assert "The ledger was not read: sent@journal is not as the ledger wrote it; run `marronnier ledger verify`" in done.stderr
    assert done.returncode in (0, 1)
