"""A team's repository with the workflows that `marronnier init --github` writes, an origin on this machine, and an account on a server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from command_line import run_marronnier
from fakes.mastodon import Mastodon
from marronnier.demo.github import FakeGitHub
from marronnier.demo.github.records import FakePullRequest
from people import Town, write
from servers.act import COMMIT, TOOL

NOW = "2026-12-02 09:00"
POST = "---\nid: {name}\ntitle: {title}\ndate: {date}\nchannels: [{channel}]\n---\n{words}\n"


class TeamOnGitHub:
    """The clone of a maintainer, its bare origin, and what a checkout of a job holds."""

    def __init__(self, town: Town, folder: Path, server: Mastodon, github: FakeGitHub, closed: tuple[str, ...] = ()) -> None:
        self.town, self.folder, self.server, self.github = town, folder / "clone", server, github
        self.ines = github.person("ines", id=4711, email="ines@example.org")
        self.there = github.repository("le-feuillage/jardin")
        self.there.invite(self.ines, "admin")
        self.bare = self.there.path
        self.url = f"{github.server_url}/le-feuillage/jardin.git"
        town.found(self.folder)
        brand = (self.folder / "brand/brand.yml").read_text(encoding="utf-8")
        write(
            self.folder,
            {
                "brand/brand.yml": f"{brand}clock: {NOW}\n",
                "brand/approvals.yml": "quorum: 0\n",
                "brand/channels.yml": (
                    "channels:\n  journal: {network: feed}\n"
                    f'  toots: {{network: mastodon, account: "{server.account}", env: {{token: TOOTS_TOKEN}}}}\n'
                    + "".join(
                        f'  {name}: {{network: mastodon, account: "{server.account}", env: {{token: {name.upper().replace("-", "_")}_TOKEN}}}}\n'
                        for name in closed
                    )
                ),
                "mkdocs.yml": "site_name: Le jardin\ndocs_dir: brand\ntheme: {name: material}\nplugins: [marronnier, material/search]\n",
            },
        )
        self.git("remote", "add", "origin", self.url)
        done = self.marronnier("init", "--github-id", "4711", "--tool", f"{TOOL}@{COMMIT}", "--lang", "en")
        assert done[1] == 0, done[0]
        self.commit("Found the brand")
        # A person pushes as themselves; what the tests look at is read from the folder.
        self.git("remote", "set-url", "origin", self.url.replace("://", f"://ines:{self.ines.token}@"))
        self.git("push", "-q", "-u", "origin", "main")

    def begin(self, now: str = NOW) -> None:
        """Begin the ledger, as the printed steps say."""
        said, status = self.marronnier("--now", now, "ledger", "init", GITHUB_REPOSITORY_ID=str(self.there.id))
        assert status == 0, said
        self.commit("Begin the ledger")
        self.git("push", "-q", "origin", "main")

    def post(self, name: str, words: str, *, channel: str = "toots", title: str = "Un mot", date: str = "2026-12-02 08:50") -> None:
        """Write a post, and merge it."""
        self.write_post(name, words, channel=channel, title=title, date=date)
        self.commit(name)
        self.git("push", "-q", "origin", "main")

    def write_post(self, name: str, words: str, *, channel: str = "toots", title: str = "Un mot", date: str = "2026-12-02 08:50") -> None:
        text = POST.format(name=name, title=title, date=date, channel=channel, words=words)
        write(self.folder, {f"content/posts/2026/12/{name}.md": text})

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def git(self, *arguments: str) -> str:
        return self.town.git(self.folder, *arguments, now="2026-12-01 09:00")

    def marronnier(self, *arguments: str, **more: str) -> tuple[str, int]:
        """`marronnier …` as the maintainer."""
        told = {"GITHUB_API_URL": self.github.api_url, "GITHUB_SERVER_URL": self.github.server_url}
        return run_marronnier([*arguments], self.folder, {**self.town.surroundings("publisher", NOW), **told, **more})

    def checkout(self, place: Path, pull: FakePullRequest | None = None) -> Path:
        """A clone as `actions/checkout` leaves it, of the default branch or of a pull request: the whole history, and no credentials."""

        def git(*arguments: str) -> None:
            subprocess.run(["git", "-C", place, *arguments], check=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})

        place.mkdir()
        git("clone", "-q", "--branch", "main", str(self.bare), ".")
        git("remote", "set-url", "origin", self.url)
        if pull is not None:
            git("fetch", "-q", str(self.bare), f"refs/pull/{pull.number}/head:refs/remotes/pull/{pull.number}/merge")
            git("checkout", "-q", "--detach", f"refs/remotes/pull/{pull.number}/merge")
        return place

    def job(self, **permissions: str) -> dict[str, str]:
        """What a job with these permissions is told; its token too."""
        return self.there.surroundings(self.there.job(permissions))

    def events(self, key: str) -> list[str]:
        """What the ledger at origin says of a publication."""
        said, _status = self.marronnier("ledger", "log", key, "--format", "json")
        return [event["event"] for event in json.loads(said[said.index("{") :])["events"]]


def secrets(town: Town, tokens: Mapping[str, str]) -> dict[str, str]:
    """What the environment `publishing` holds."""
    return {"MARRONNIER_SIGNING_KEY": (town.keys / "publisher").read_text(encoding="utf-8"), **tokens}
