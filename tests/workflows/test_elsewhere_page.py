"""The page for those without GitHub: what it gives to copy is run, as far as it runs here. Part of `make proof`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fakes.mastodon import TOKEN, Mastodon
from marronnier.demo.github import FakeGitHub
from people import Town
from servers.act import ROOT, Runner
from workflows.brand import TeamOnGitHub, secrets

PAGE = (ROOT / "scripts/handbook/elsewhere.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.proof
"""Each installs the tool anew."""


def block(mark: str) -> str:
    """The code block with that text in it."""
    (found,) = (text for text in re.findall(r"^```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if mark in text)
    return str(found)


@pytest.fixture
def fork(town: Town, tmp_path: Path) -> Iterator[TeamOnGitHub]:
    """A fork of the tool with a brand, a ledger and a post that is due; its origin takes a token as password, as every forge does."""
    with Mastodon(tmp_path / "server").running() as server, FakeGitHub(tmp_path / "forge") as forge:
        team = TeamOnGitHub(town, tmp_path, server, forge)
        for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
            shutil.copy(ROOT / name, team.folder)
        shutil.copytree(ROOT / "scripts/marronnier", team.folder / "scripts/marronnier", ignore=shutil.ignore_patterns("__pycache__"))
        team.commit("The tool")
        team.begin()
        team.post("pommier", "Un pommier.")
        yield team


def shell(team: TeamOnGitHub, place: Path, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it as a runner does, with a Python of its own that has the packages of the tests."""
    venv = place.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    site = next(venv.glob("lib/python*/site-packages"))
    (site / "around.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")) + "\n", encoding="utf-8")
    env = {
        "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(place.parent),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "GIT_AUTHOR_NAME": "Publisher", "GIT_AUTHOR_EMAIL": "publisher@example.org",
        "GIT_COMMITTER_NAME": "Publisher", "GIT_COMMITTER_EMAIL": "publisher@example.org",
        **secrets(team.town, {"TOOTS_TOKEN": TOKEN}),
        **more,
    }  # fmt: skip
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=place, env=env, capture_output=True, text=True, check=False, timeout=300
    )


def sent(team: TeamOnGitHub) -> list[str]:
    return [toot["request"]["status"] for toot in team.server.toots()]


def test_the_script_of_gitlab_publishes(fork: TeamOnGitHub, tmp_path: Path) -> None:
    jobs = yaml.safe_load(block("# .gitlab-ci.yml"))
    lines = [*jobs["default"]["before_script"], *jobs["publish"]["script"]]
    token = fork.there.job({"contents": "write"})
    done = shell(fork, fork.checkout(tmp_path / "job"), "\n".join(lines), PUSH_TOKEN=token, CI_PROJECT_URL=fork.url.removesuffix(".git"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert sent(fork) == ["Un pommier."]
    assert token not in (tmp_path / "job/.git/config").read_text()


def test_the_line_of_cron_publishes(fork: TeamOnGitHub, tmp_path: Path) -> None:
    place = fork.checkout(tmp_path / "jardin")
    (tmp_path / "jardin-venv/bin").mkdir(parents=True)
    program = tmp_path / "jardin-venv/bin/marronnier"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT / "scripts"} exec {sys.executable} -m marronnier "$@"\n')
    program.chmod(0o755)
    (command,) = re.findall(r"^\*/5 \* \* \* \* (.+)$", block("*/5 * * * *"), re.MULTILINE)
    subprocess.run(["git", "remote", "set-url", "origin", fork.url.replace("://", f"://robot:{fork.ines.token}@")], cwd=place, check=True)
    done = shell(fork, place, command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sent(fork) == ["Un pommier."]


def test_the_workflow_of_forgejo_publishes_under_act(fork: TeamOnGitHub, tmp_path: Path) -> None:
    text = (
        block("# .forgejo/workflows/publish.yml")
        .replace("    container: python:3.13-bookworm\n", "")
        .replace("runs-on: docker", "runs-on: ubuntu-24.04")
    )
    setup = "      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97\n"
    place = fork.checkout(tmp_path / "job")
    (place / ".github/workflows/forgejo.yml").write_text(text.replace("    steps:\n", f"    steps:\n{setup}"), encoding="utf-8")
    runner = Runner(tmp_path / "act")
    kept = {**secrets(fork.town, {"TOOTS_TOKEN": TOKEN}), "PUSH_TOKEN": fork.there.job({"contents": "write"})}
    home = {"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(tmp_path / ".gitconfig"), "TOOTS_TOKEN": TOKEN}
    env = {
        "GITHUB_SERVER_URL": fork.github.server_url,
        "GITHUB_API_URL": fork.github.api_url,
        "GITHUB_REPOSITORY_ID": str(fork.there.id),
        **home,
    }
    done = runner.run(place, "push", "forgejo.yml", secrets=kept, env=env, payload={"repository": {"full_name": "le-feuillage/jardin"}})
    assert done.status == 0, done.log
    assert sent(fork) == ["Un pommier."]
