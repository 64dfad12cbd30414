"""Fixtures: repositories with a local, a signed and a shared ledger."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.ledger_repo import LedgerRepo, init_ledger
from marronnier.git import Repo
from marronnier.model.brand import Brand
from people import Town


@pytest.fixture(autouse=True)
def quiet_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide this machine from git: its settings, identity, keys and forge."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GITHUB_REPOSITORY_ID", "MARRONNIER_SIGNING_KEY", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def local(town: Town, tmp_path: Path) -> LedgerRepo:
    """A purely local, unsigned ledger."""
    return init_ledger(town.found(tmp_path / "local"), unsigned=True)


@pytest.fixture
def publisher(town: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The publisher's key, in this process's environment."""
    key = town.keys / "publisher"
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(key))
    return key


@pytest.fixture
def signed(town: Town, tmp_path: Path, publisher: Path) -> LedgerRepo:
    """A local ledger signed by the publisher."""
    return init_ledger(town.found(tmp_path / "signed"), unsigned=False)


@pytest.fixture
def shared(town: Town, tmp_path: Path, publisher: Path) -> Callable[[str], LedgerRepo]:
    """Clones, by name, of one bare remote with a signed ledger. The first clone created the ledger."""
    source = town.found(tmp_path / "source")
    bare = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(source), str(bare)], check=True)
    made: list[Brand] = []

    def clone(name: str) -> LedgerRepo:
        path = tmp_path / name
        subprocess.run(["git", "clone", "-q", str(bare), str(path)], check=True)
        if not made:
            made.append(init_ledger(path, unsigned=False).brand)
        return LedgerRepo(path, Repo(path), made[0])

    return clone
