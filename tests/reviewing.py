"""A team whose repository is on a fake GitHub: pull requests, reviews, and what a clone makes of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from command_line import complete_marronnier
from marronnier import plan
from marronnier.demo.github import FakeGitHub, FakePerson
from marronnier.git import Repo
from marronnier.model.plan import Approval, PlanLine
from marronnier.proofs.situation_loader import CommittedSituation, load_situation
from people import BRAND, Town
from teamwork import KEY, NOW, PATH, POST, TODAY

IDS = {"ines": 101, "karim": 102, "claire": 103, "omar": 104}
NAME = "jardin/calendrier"

POLICY = """\
quorum: 1
approvers:
  ines: {name: Inès, github: 101, emails: [ines@example.org]}
  karim: {name: Karim, github: 102, emails: [karim@example.org]}
  claire: {name: Claire, github: 103, emails: [claire@example.org]}
"""
BRAND_ON_GITHUB = {
    "brand/brand.yml": BRAND["brand/brand.yml"] + "clock: 2026-11-20\n",
    "brand/approvals.yml": POLICY,
}
OTHER = POST.replace("id: portes", "id: bois").replace("On ouvre le jardin", "On coupe du bois")
OTHER_PATH = PATH.replace("portes", "bois")


class Hub:
    """The repository on GitHub, its people, and a clone of it in which the publisher works."""

    def __init__(self, town: Town, folder: Path, template: Path, *, origin: str = "") -> None:
        self.town = town
        self.github = FakeGitHub(folder / "github", NOW)
        self.team = self.github.repository(NAME)
        self.ines, self.karim, self.claire, self.omar = (self.person(who) for who in IDS)
        origin = town.origin(template)
        origin.fill(self.team.path)
        self.team.forget_pushes()
        self.folder = origin.copy_clone(self.team.path, folder / "clone")
        self.surroundings: dict[str, str] = {
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_REPOSITORY_ID": str(self.team.record.id),
            "GITHUB_TOKEN": self.team.job({"contents": "read", "pull_requests": "read", "issues": "read"}),
        }

    def person(self, who: str) -> FakePerson:
        """Somebody who may write to the repository."""
        person = self.github.person(who, id=IDS[who], email=f"{who}@example.org")
        self.team.invite(person)
        return person

    @property
    def repo(self) -> Repo:
        """The clone."""
        return Repo(self.folder)

    @contextmanager
    def being(self, who: str = "publisher") -> Iterator[None]:
        """Act as somebody in the clone, in a job."""
        env = {name: value for name, value in {**self.town.surroundings(who, TODAY), **self.surroundings}.items() if value}
        with mock.patch.dict(os.environ, env, clear=True):
            yield

    def marronnier(self, *arguments: str, who: str = "ines") -> str:
        """Run the command in the clone; what it printed."""
        with self.being(who):
            done = complete_marronnier(["--now", os.environ["NOW"], *arguments], self.folder, os.environ.copy())
        return done.stdout + done.stderr

    def situation(self, *, fetch: bool = True, **more: object) -> CommittedSituation:
        """The situation of the default branch, as GitHub has it now."""
        if fetch:
            self.town.git(self.folder, "fetch", "-q", "--prune", "origin")
        with self.being():
            return load_situation(self.repo, NOW, **{"proposals": False, **more})  # type: ignore[arg-type]

    def approval(self, key: str = KEY) -> Approval:
        """Whether a publication of the default branch is approved."""
        return self.situation().approvals[key]

    def lines(self, key: str = KEY) -> dict[str, PlanLine]:
        """The lines of the whole plan for a publication, by the proposal; the default branch's is under an empty name."""
        return {line.proposal: line for line in plan.make(self.situation(proposals=True)).lines if line.key == key}

    def asked(self) -> list[str]:
        """The addresses that were asked for, without their repository."""
        return [exchange.path.removeprefix(f"/repos/{NAME}") for exchange in self.github.exchanges]


def make_template(town: Town, folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A brand on `main` whose publisher began its ledger."""
    return town.newsroom(folder, {**BRAND_ON_GITHUB, **(files or {})})
