"""A repository whose one channel is on a Mastodon server on loopback, and what people do there through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from fakes.mastodon import TOKEN, Mastodon
from people import Town, write
from stories.telling import run_marronnier

NOW = "2026-12-02 09:00"
THREAD = "Un pommier.\n\n---\n\nUn poirier.\n\n---\n\nUn prunier."


def read_json(said: str) -> Any:
    """The JSON in what was said; warnings may stand before it."""
    start = min(place for place in (said.find("{"), said.find("[")) if place >= 0)
    return json.JSONDecoder().raw_decode(said[start:])[0]


class Newsroom:
    """A repository in which merging counts as approval, its brand under a clock, and a Mastodon server."""

    def __init__(self, town: Town, folder: Path, there: Mastodon, clock: str = f"clock: {NOW}\n") -> None:
        self.town, self.folder, self.there = town, folder, there
        self.token = TOKEN
        town.found(folder)
        brand = (folder / "brand/brand.yml").read_text()
        write(
            folder,
            {
                "brand/brand.yml": brand + clock,
                "brand/approvals.yml": "quorum: 0\n",
                "brand/channels.yml": f'channels:\n  toots: {{network: mastodon, account: "{there.account}", env: {{token: TOOTS_TOKEN}}}}\n',
            },
        )
        self.commit("Merging is approving", "2026-11-02 09:00")
        assert self.run("ledger", "init", now="2026-11-02 10:00").returncode == 0
        self.commit("Name the ledger", "2026-11-02 10:00")

    def commit(self, message: str, now: str = "2026-12-01 09:00") -> None:
        self.town.git(self.folder, "add", "-A", now=now)
        self.town.git(self.folder, "commit", "-qm", message, now=now)

    def post(self, name: str, words: str, date: str = "2026-12-02 08:50") -> None:
        write(self.folder, {f"content/posts/2026/12/{name}.md": f"---\nid: {name}\ndate: {date}\nchannels: [toots]\n---\n{words}\n"})
        self.commit(name)

    def run(self, *arguments: str, now: str = NOW, later: int = 0) -> subprocess.CompletedProcess[str]:
        """`marronnier …`; `later` is how many seconds of real time the machine's clock is ahead."""
        env = {**self.town.surroundings("publisher", now), "TOOTS_TOKEN": self.token}
        if not later:
            said, status = run_marronnier(["--now", now, *arguments], self.folder, env)
            assert "Traceback" not in said and "marronnier-fault" not in said, said
            return subprocess.CompletedProcess(["marronnier", *arguments], status, said, "")
        done = subprocess.run(
            [sys.executable, "-m", "later", str(later), "--now", now, *arguments],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def publish(self, now: str = NOW, later: int = 0) -> dict[str, str]:
        done = self.run("publish", "--format", "json", now=now, later=later)
        assert done.stdout, done.stderr
        return {step["key"]: step["act"] for step in read_json(done.stdout)["steps"]}

    def texts(self) -> list[str]:
        return [toot["request"]["status"] for toot in self.there.toots()]

    def second_channel(self) -> None:
        """A channel `pouets` on the same account."""
        channels = self.folder / "brand/channels.yml"
        line = channels.read_text().splitlines()[1]
        channels.write_text(f"{channels.read_text()}{line.replace('toots:', 'pouets:')}\n")
        self.commit("Another channel")
