"""Whoever asks where nobody could approve hears so, and no branch is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from people import Town, write
from stories.telling import run_marronnier


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("quorum: 1\n", "Nobody may approve here yet"),
        ("quorum: 1\napprovers:\n  ines: {emails: [ines@example.org]}\n", "nobody can give this approval"),
    ],
)
def test_nobody_is_asked_where_nobody_could_approve(town: Town, tmp_path: Path, policy: str, said: str) -> None:
    folder = town.found(tmp_path / "alone", {"brand/approvals.yml": policy})
    write(folder, {"content/posts/seul.md": "---\nid: seul\ndate: 2027-03-05 10:00\nchannels: [journal]\n---\nSeule.\n"})
    town.git(folder, "checkout", "-qb", "seul")
    town.git(folder, "add", "-A")
    town.git(folder, "commit", "-qm", "Write")
    for branch in ("seul", "main"):
        if branch == "main":
            town.git(folder, "checkout", "-q", "main")
            town.git(folder, "merge", "-q", "seul")
        heard, status = run_marronnier(["--now", "2026-12-02 09:00", "ask", "seul"], folder, town.surroundings("ines", "2026-12-02 09:00"))
        assert said in heard, heard
        assert status != 0
    assert town.git(folder, "branch", "--list", "ask/*") == ""
