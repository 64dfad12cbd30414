"""Secrets of GitHub's jobs: sealed with the repository's key, written by a token for that alone, and stored before the new token is used."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from credentials.workplace import Workplace
from fakes import graph
from fakes.telegram import TOKEN as BOT
from fakes.telegram import Telegram
from fakes.threads import Threads
from marronnier.demo.github import FakeGitHub
from people import Town

CHANNELS = "channels:\n  posts: {{network: {network}, account: '{account}', host: '{host}', env: {{token: POSTS_TOKEN}}}}\n"


class Team:
    """A brand whose jobs run on a GitHub of this machine."""

    def __init__(self, town: Town, folder: Path, github: FakeGitHub, channels: str) -> None:
        ines = github.person("ines-morel", id=4711, name="Inès Morel")
        self.there = github.repository("le-feuillage/jardin")
        self.there.invite(ines, "admin")
        self.there.environment("publishing", branches=["main"])
        self.private = PrivateKey.generate()
        self.there.record.secrets_key = bytes(self.private.public_key)
        self.place = Workplace(town, folder, channels)
        town.git(self.place.folder, "remote", "add", "origin", f"{github.server_url}/le-feuillage/jardin.git")
        self.token = ines.token
        self.place.env |= {"GITHUB_API_URL": github.api_url, "GITHUB_SERVER_URL": github.server_url, "MARRONNIER_SECRETS_TOKEN": ines.token}

    def kept(self) -> dict[str, str]:
        """What GitHub's jobs get."""
        sealed = self.there.record.environments["publishing"].sealed
        return {name: SealedBox(self.private).decrypt(base64.b64decode(value)).decode() for name, value in sealed.items()}


@pytest.fixture
def github(tmp_path: Path) -> FakeGitHub:
    with FakeGitHub(tmp_path / "github") as running:
        yield running


def test_what_is_typed_is_sealed_and_stored(town: Town, tmp_path: Path, github: FakeGitHub) -> None:
    with Telegram(tmp_path / "telegram").running() as server:
        team = Team(town, tmp_path, github, CHANNELS.format(network="telegram", account="@jardin_public", host=server.host))
        said, status = team.place.run("connect", "posts", typed=[BOT])
        assert status == 0 and "stored: POSTS_TOKEN in the secrets of le-feuillage/jardin on GitHub" in said, said
        assert team.kept() == {"POSTS_TOKEN": BOT} and team.token not in said
        assert BOT not in str(github.exchanges)


def test_doctor_renews_and_stores_before_it_uses(town: Town, tmp_path: Path, github: FakeGitHub) -> None:
    with Threads(tmp_path / "threads").running() as server:
        server.ends = datetime.now(UTC) + timedelta(days=9, hours=1)
        team = Team(town, tmp_path, github, CHANNELS.format(network="threads", account="@jardin", host=server.host))
        team.place.env["POSTS_TOKEN"] = graph.TOKEN
        said, status = team.place.run("doctor", "posts")
        assert status == 0 and "the credentials were renewed, and end on " in said, said
        assert team.kept() == {"POSTS_TOKEN": server.issued[0]}


def test_without_the_right_to_write_nothing_is_asked_for(town: Town, tmp_path: Path, github: FakeGitHub) -> None:
    with Threads(tmp_path / "threads").running() as server:
        server.ends = datetime.now(UTC) + timedelta(days=9, hours=1)
        team = Team(town, tmp_path, github, CHANNELS.format(network="threads", account="@jardin", host=server.host))
        team.place.env |= {"POSTS_TOKEN": graph.TOKEN, "MARRONNIER_SECRETS_TOKEN": team.there.job({"contents": "write"})}
        said, status = team.place.run("doctor", "posts")
        assert status == 3 and "the credentials were not renewed" in said and server.issued == []
        assert team.kept() == {}
