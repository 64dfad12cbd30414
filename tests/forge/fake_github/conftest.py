"""What these tests share: a public repository on the fake GitHub, in which Inès and Sam may write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marronnier.demo.github import FakeGitHub, FakePerson, HostedRepository


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    with FakeGitHub(tmp_path / "github") as github:
        team = github.repository("arbres/calendrier")
        team.invite(github.person("ines", id=101, name="Inès", email="ines@arbres.example"))
        team.invite(github.person("sam", id=102, name="Sam", email="sam@arbres.example"))
        yield github


@pytest.fixture
def team(github: FakeGitHub) -> HostedRepository:
    return github.repository("arbres/calendrier")


@pytest.fixture
def ines(github: FakeGitHub) -> FakePerson:
    return github.person("ines")


@pytest.fixture
def sam(github: FakeGitHub) -> FakePerson:
    return github.person("sam")
