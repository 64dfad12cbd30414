"""A repository on the fake GitHub that is quick to make, and a clone in which its publisher works."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from command_line import run_marronnier
from marronnier.demo.github import FakeGitHub, FakePerson
from marronnier.demo.github.people import Files
from marronnier.demo.github.records import FakePullRequest
from people import Town
from reviewing import BRAND_ON_GITHUB, IDS, NOW, POLICY, make_template

MORNING, NEXT_DAY = "2026-11-20 09:00", "2026-11-21 10:00"
"""When nothing is due yet, and when every written date is."""
POLICIES = {
    "one": POLICY,
    "two": POLICY.replace("quorum: 1", "quorum: 2"),
    "nobody": POLICY.replace("quorum: 1", "quorum: 0"),
    "without claire": "".join(line for line in POLICY.splitlines(keepends=True) if "claire" not in line),
    "with omar": POLICY + "  omar: {name: Omar, github: 104, emails: [omar@example.org]}\n",
}
FILES = {
    "brand/brand.yml": BRAND_ON_GITHUB["brand/brand.yml"] + "grace: 72h\nbrakes: {at_once: 100}\n",
    "brand/channels.yml": "channels:\n  journal: {network: feed, lang: fr}\n",
    "calendar/slots.yml": 'slots:\n  midi: {days: [lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche], at: "12:00", channels: [journal]}\n',
}
OTHERS = {"omar": 104, "zoe": 900, "renovate[bot]": 901}


@dataclass
class Templates:
    """Repositories whose ledger began, packed, by the policy that they begin with."""

    town: Town
    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def __getitem__(self, policy: str) -> Path:
        if policy not in self.made:
            place = self.folder / policy
            place.mkdir(parents=True)
            self.town.git(place, "clone", "-q", "--bare", str(make_template(self.town, place / "tree", {**FILES, "brand/approvals.yml": POLICIES[policy]})), "bare.git")  # fmt: skip
            self.town.git(place / "bare.git", "repack", "-adq")
            self.town.git(place / "bare.git", "pack-refs", "--all")
            self.town.git(place, "clone", "-q", str(place / "bare.git"), "clone")
            self.made[policy] = place
        return self.made[policy]


class World:
    """One history: the repository, its people, and the publisher's clone."""

    def __init__(self, town: Town, templates: Templates, github: FakeGitHub, folder: Path, number: int, policy: str) -> None:
        self.town, self.github, self.folder = town, github, folder
        github.set_clock(NOW)
        self.hour = MORNING
        self.name = f"jardin/calendrier-{number}"
        self.team = github.repository(self.name)
        self.people: dict[str, FakePerson] = {who: github.person(who, id=id, email=f"{who}@example.org") for who, id in {**IDS, **OTHERS}.items() if "[" not in who}  # fmt: skip
        self.people["renovate"] = github.bot("renovate[bot]", id=OTHERS["renovate[bot]"])
        for who in (*IDS, "renovate"):
            self.team.invite(self.people[who])
        template, bare = templates[policy], self.team.path
        (bare / "objects/info/alternates").write_text(f"{template / 'bare.git/objects'}\n")
        shutil.copy(template / "bare.git/packed-refs", bare / "packed-refs")
        self.team.record.known_refs = self.team.record.git.refs()
        self.clone = folder / "clone"
        shutil.copytree(template / "clone", self.clone)
        config = self.clone / ".git/config"
        config.write_text(config.read_text().replace(str(template / "bare.git"), str(bare)))
        self.token = self.team.job({"contents": "read", "pull_requests": "read", "issues": "read"})

    def close(self) -> None:
        for person in self.people.values():
            person.account.deleted = False
        for repository in [
            one for one in self.github.state.repositories.values() if one is self.team.record or one.parent is self.team.record
        ]:
            repository.git.close()
            del self.github.state.repositories[repository.id]
            shutil.rmtree(repository.git.path)
        self.github.gateway.exchanges.clear()
        shutil.rmtree(self.folder)

    @property
    def main(self) -> str:
        tip = self.team.tip()
        assert tip is not None
        return tip

    def text(self, path: str, ref: str = "") -> str | None:
        return self.team.file(path, ref)

    def does(self, *arguments: str, who: str = "publisher", token: str = "") -> str:
        """What `marronnier …` says in the clone, in a job."""
        env = {
            **self.town.surroundings(who, self.hour),
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_REPOSITORY": self.name,
            "GITHUB_REPOSITORY_ID": str(self.team.id),
            "GITHUB_TOKEN": token or self.token,
        }
        said, status = run_marronnier(["--now", self.hour, *arguments], self.clone, env)
        assert "Traceback" not in said and "marronnier-fault" not in said and status in (0, 3), said
        return said

    def would_send(self) -> tuple[set[str], str]:
        """What `publish --dry-run` would send now, and all that it says."""
        said = self.does("publish", "--dry-run", "--format", "json")
        told: Mapping[str, Any] = json.loads(said[said.index("{") :])
        assert not told["stopped"], said
        return {line["key"].partition("@")[0] for line in told["lines"]}, said

    def publish(self) -> tuple[dict[str, list[Mapping[str, Any]]], str]:
        """Run the publisher; the ledger's lines by post afterwards, and what it said."""
        said = self.does("publish")
        assert "Stopped" not in said, said
        self.team.notice_pushes()
        git, lines = self.team.record.git, {}
        for _kind, _mode, sha, path in git.tree(git.branch("ledger") or "", "publications", deep=True):
            if path.endswith(".jsonl"):
                data = git.repo.read(sha) or b""
                lines[Path(path).name.partition("@")[0]] = [json.loads(line) for line in data.decode().splitlines()]
        return lines, said

    def ask(self, name: str, who: str) -> FakePullRequest | None:
        """`marronnier ask`, by somebody in the clone as the default branch stands."""
        self.town.git(self.clone, "fetch", "-q", "--prune", "origin", who="ines")
        self.town.git(self.clone, "switch", "-q", "-C", "main", "origin/main", who="ines")
        said = self.does("ask", name, who=who, token=self.people[who].token)
        found = re.search(r"#(\d+) at", said)
        return self.team.pull(int(found[1])) if found else None


def edited(world: World, files: Files) -> Files:
    """Files that differ from those of the default branch."""
    return {path: text for path, text in files.items() if world.text(path) != text}
