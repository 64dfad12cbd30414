"""No process of git outlives the command that began it, whoever still holds what it was asked by."""

from __future__ import annotations

import pytest

from command_line import run_marronnier
from marronnier.git import CatFile, Repo
from people import Town
from reviewing import OTHER, OTHER_PATH, PATH, POST, TODAY, Hub


@pytest.mark.parametrize("arguments", ["status", "who portes", "publish", "publish --dry-run", "ask bois", "plan"])
def test_every_git_ends_with_its_command(hub: Hub, town: Town, arguments: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.ines.push(hub.team, "main", {OTHER_PATH: OTHER})
    town.git(hub.folder, "pull", "-q", "--ff-only", "origin", "main")
    who = "publisher" if arguments.startswith("publish") else "ines"
    if who == "ines":
        hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
    begun: list[CatFile] = []
    share = Repo.shared_reader

    def noted(repo: Repo) -> CatFile:
        reader = share(repo)
        begun.extend([reader] if repo.path == hub.folder else [])
        return reader

    monkeypatch.setattr(Repo, "shared_reader", noted)
    env = {**town.surroundings(who, TODAY), **hub.surroundings}
    said, status = run_marronnier(["--now", TODAY, *arguments.split()], hub.folder, env)
    assert status in (0, 3), said
    assert begun
    assert not [reader for reader in begun if reader.is_usable]
