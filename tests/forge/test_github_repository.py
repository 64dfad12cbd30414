"""Which repository on GitHub a clone is of, and with what it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from marronnier.forge.github_repository import repository_of
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from people import Town

JOB = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "Jardin/calendrier", "GITHUB_REPOSITORY_ID": "77", "GITHUB_TOKEN": "t"}


@pytest.fixture
def repo(town: Town, tmp_path: Path) -> Repo:
    town.git(tmp_path, "init", "-q", "x")
    return Repo(tmp_path / "x")


def at(repo: Repo, origin: str) -> Repo:
    repo.run("remote", "add", "origin", origin)
    return repo


@pytest.mark.parametrize(
    "origin",
    [
        "https://github.com/Jardin/calendrier.git",
        "https://github.com/Jardin/calendrier",
        "https://github.com/Jardin/calendrier/",
        "https://x-access-token:secret@github.com/Jardin/calendrier",
        "git@github.com:Jardin/calendrier.git",
        "ssh://git@github.com/Jardin/calendrier.git",
        "ssh://git@ssh.github.com:443/Jardin/calendrier.git",
        "https://GitHub.com/Jardin/calendrier",
    ],
)
def test_the_address_of_origin_names_the_repository(repo: Repo, origin: str) -> None:
    place = repository_of(at(repo, origin), {})
    assert place is not None
    assert (place.name, place.api, place.token, place.number) == ("Jardin/calendrier", "https://api.github.com", "", None)
    assert "secret" not in repr(place)


@pytest.mark.parametrize(
    "origin",
    [
        "https://gitlab.com/Jardin/calendrier.git",
        "https://github.com.evil.example/Jardin/calendrier",
        "https://evil.example/github.com/calendrier",
        "/srv/git/Jardin/calendrier.git",
        "git@codeberg.org:Jardin/calendrier.git",
        "https://github.com/Jardin",
        "https://github.com/",
    ],
)
def test_any_other_origin_is_plain_git(repo: Repo, origin: str) -> None:
    assert repository_of(at(repo, origin), {"GITHUB_TOKEN": "t"}) is None


def test_no_origin_is_plain_git(repo: Repo) -> None:
    assert repository_of(repo, {}) is None


def test_a_job_names_its_own_repository_and_none_else(repo: Repo, tmp_path: Path) -> None:
    at(repo, "https://github.com/jardin/calendrier")
    place = repository_of(repo, JOB)
    assert place is not None
    assert (place.name, place.number, place.token) == ("Jardin/calendrier", 77, "t")
    # The tests of a tool run in a job of the tool, on repositories that are none of its.
    repo.run("remote", "set-url", "origin", str(tmp_path / "origin.git"))
    assert repository_of(repo, JOB) is None


def test_gh_token_serves_where_there_is_no_github_token(repo: Repo) -> None:
    at(repo, "https://github.com/jardin/calendrier")
    place = repository_of(repo, {"GH_TOKEN": "g"})
    assert place is not None and place.token == "g"
    place = repository_of(repo, {"GH_TOKEN": "g", "GITHUB_TOKEN": "t"})
    assert place is not None and place.token == "t"


def test_a_rehearsal_on_this_machine_is_told_by_its_address(repo: Repo) -> None:
    place = repository_of(repo, {**JOB, "GITHUB_API_URL": "http://127.0.0.1:8080/"})
    assert place is not None
    assert (place.is_loopback, place.api) == (True, "http://127.0.0.1:8080")


def test_n03_a_token_is_not_sent_without_tls(repo: Repo) -> None:
    at(repo, "https://github.com/jardin/calendrier")
    with pytest.raises(ForgeTrouble, match="over https only"):
        repository_of(repo, {**JOB, "GITHUB_API_URL": "http://api.example.org"})


def test_a_server_of_ones_own_is_known_by_the_job(repo: Repo) -> None:
    at(repo, "https://git.example.org/Jardin/calendrier")
    env = {**JOB, "GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_API_URL": "https://git.example.org/api/v3"}
    place = repository_of(repo, env)
    assert place is not None and place.api == "https://git.example.org/api/v3"
