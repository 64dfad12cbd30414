"""Ledgers for tests: real repositories, made and tampered with through git."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.places import Place, begin
from marronnier.git import Repo
from marronnier.model.brand import Brand
from people import Town


@pytest.fixture(autouse=True)
def quiet_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine: no settings, no identity, no key, no forge."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GITHUB_REPOSITORY_ID", "MARRONNIER_SIGNING_KEY", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def free(town: Town, tmp_path: Path) -> Place:
    """A purely local, unsigned ledger."""
    return begin(town.found(tmp_path / "free"), unsigned=True)


@pytest.fixture
def publisher(town: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The publisher's key, given to this process."""
    key = town.keys / "publisher"
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(key))
    return key


@pytest.fixture
def signed(town: Town, tmp_path: Path, publisher: Path) -> Place:
    """A local ledger signed by the publisher."""
    return begin(town.found(tmp_path / "signed"), unsigned=False)


@pytest.fixture
def shared(town: Town, tmp_path: Path, publisher: Path) -> Callable[[str], Place]:
    """Clones of one bare remote that holds a signed ledger; the first clone made it."""
    source = town.found(tmp_path / "source")
    bare = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(source), str(bare)], check=True)
    made: list[Brand] = []

    def clone(name: str) -> Place:
        path = tmp_path / name
        subprocess.run(["git", "clone", "-q", str(bare), str(path)], check=True)
        if not made:
            made.append(begin(path, unsigned=False).brand)
        return Place(path, Repo(path), made[0])

    return clone
