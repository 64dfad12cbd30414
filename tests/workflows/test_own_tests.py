"""The workflow of the tool's own tests, by act: what it starts is `.ci/run`, of which these tests are a part, so that a small program stands in for it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from servers.act import ROOT, Runner


def test_the_tools_own_tests_are_started_with_each_python_and_their_end_is_the_jobs(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".github/workflows").mkdir(parents=True)
    shutil.copy(ROOT / ".github/workflows/tests.yml", repository / ".github/workflows")
    (repository / ".ci").mkdir()
    (repository / ".ci/run").write_text('#!/bin/sh\necho "RAN by $(command -v python)"\nexit 1\n', encoding="utf-8")
    # It must be executable as it stands in the repository.
    (repository / ".ci/run").chmod((ROOT / ".ci/run").stat().st_mode)
    subprocess.run(["git", "init", "-q", "-b", "main", repository], check=True)
    done = Runner(tmp_path / "act", builds=False).run(repository, "pull_request", "tests.yml")
    assert done.status == 1, done.log
    # One that fails does not end the other.
    assert done.log.count("RAN by ") == 2 and "/python/bin/python" in done.log, done.log
