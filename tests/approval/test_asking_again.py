"""Asking again on GitHub: what failed the first time is finished, and what is there already is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from people import Town
from reviewing import NAME, PATH, POST, Hub, make_template


@pytest.fixture(scope="module")
def template(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(town, tmp_path_factory.mktemp("again") / "template")


@pytest.fixture
def hub(town: Town, tmp_path: Path, template: Path) -> Iterator[Hub]:
    hub = Hub(town, tmp_path, template)
    hub.ines.push(hub.team, "main", {PATH: POST})
    town.git(hub.folder, "pull", "-q", "--ff-only", "origin", "main")
    hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
    yield hub
    hub.github.close()


@pytest.mark.parametrize("failure", ["no push", "no token", "no answer", "closed"])
def test_what_failed_is_finished_by_asking_again(hub: Hub, failure: str) -> None:
    address, token = hub.town.git(hub.folder, "remote", "get-url", "origin"), hub.surroundings["GITHUB_TOKEN"]
    if failure == "no push":
        hub.town.git(hub.folder, "remote", "set-url", "--push", "origin", str(hub.folder / "nowhere"))
    elif failure == "no token":
        hub.surroundings["GITHUB_TOKEN"] = ""
    elif failure == "no answer":
        hub.github.fail_next(502, method="POST", path="/pulls")
    first = hub.marronnier("ask", "portes")
    if failure == "closed":
        hub.ines.close(hub.team.pull(1))
    else:
        assert "A reviewer reads #" not in first
        assert not hub.team.pulls
    hub.town.git(hub.folder, "remote", "set-url", "--push", "origin", address)
    hub.surroundings["GITHUB_TOKEN"] = token
    said = hub.marronnier("ask", "portes")
    (pull,) = [pull for pull in hub.team.pulls if pull.issue.state == "open"]
    assert f"A reviewer reads #{pull.number} at {hub.github.server_url}/{NAME}/pull/{pull.number}" in said
    assert hub.town.git(hub.folder, "branch", "--list", "ask/*").split() == ["ask/portes"]


def test_what_is_there_already_is_shown_with_its_address(hub: Hub) -> None:
    hub.marronnier("ask", "portes")
    said = hub.marronnier("ask", "portes")
    assert "Approval was already requested on #1 ask/portes" in said
    assert f"A reviewer approves it at {hub.github.server_url}/{NAME}/pull/1" in said
    assert len(hub.team.pulls) == 1


def test_asking_without_a_token_says_again_what_is_left_to_do(hub: Hub) -> None:
    hub.surroundings["GITHUB_TOKEN"] = ""
    for _time in range(2):
        said = hub.marronnier("ask", "portes")
        assert "Run `git push origin ask/portes`" in said
        assert f"{hub.github.server_url}/{NAME}/compare/main...ask/portes?expand=1" in said
