"""A repository in which merging counts as approval, and what people do there through the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from command_line import complete_marronnier
from fakes.square import Server
from marronnier.publish import real_time
from people import Town, write

NOW = "2026-12-02 09:00"


def read_json(said: str) -> Any:
    """The JSON in what was said; warnings may stand before it."""
    start = min(place for place in (said.find("{"), said.find("[")) if place >= 0)
    return json.JSONDecoder().raw_decode(said[start:])[0]


class Newsroom:
    """The repository, with its ledger and its channels."""

    def __init__(self, town: Town, folder: Path, channels: str, files: Mapping[str, str] | None = None) -> None:
        self.town, self.folder = town, folder
        town.newsroom(folder, {"brand/approvals.yml": "quorum: 0\n", "brand/channels.yml": f"channels:\n{channels}", **(files or {})})

    def env(self, now: str) -> dict[str, str]:
        """The publisher's environment."""
        return self.town.surroundings("publisher", now)

    def commit(self, message: str, now: str = "2026-12-01 09:00") -> None:
        self.town.git(self.folder, "add", "-A", now=now)
        self.town.git(self.folder, "commit", "-qm", message, now=now)

    def write_post(self, name: str, front: str, words: str) -> None:
        """Write a post and commit it."""
        write(self.folder, {f"content/posts/2026/12/{name}.md": f"---\nid: {name}\n{front}---\n{words}\n"})
        self.commit(name)

    def run(
        self, *arguments: str, now: str = NOW, later: int = 0, folder: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """`marronnier …` in this process; `later` is how many seconds of real time the machine's clock is ahead."""
        with mock.patch.object(real_time, "real_now", lambda: datetime.now(UTC) + timedelta(seconds=later)):
            done = complete_marronnier(["--now", now, *arguments], folder or self.folder, {**self.env(now), **variables})
        assert "Traceback" not in done.stderr and "marronnier-fault" not in done.stdout + done.stderr, done.stderr
        return done

    def run_apart(self, *arguments: str, now: str = NOW) -> subprocess.CompletedProcess[str]:
        """`marronnier …` in a process of its own, which an order to the network may end."""
        return subprocess.run(
            ["marronnier", *arguments],
            cwd=self.folder,
            env=self.env(now),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )


class SquareNewsroom(Newsroom):
    """A newsroom on the fake network Square."""

    def __init__(self, town: Town, folder: Path, network: str = "fakes.square") -> None:
        self.square = Server(folder.parent / "square")
        super().__init__(town, folder, f"  journal: {{network: feed}}\n  place: {{network: {network}}}\n  forum: {{network: {network}}}\n")

    def env(self, now: str) -> dict[str, str]:
        return {**super().env(now), "SQUARE_STATE": str(self.square.folder)}

    def post(
        self, name: str, *, date: str = "2026-12-02 08:50", channels: str = "place", words: str = "Bonjour du jardin.", more: str = ""
    ) -> None:
        self.write_post(name, f"date: {date}\nchannels: [{channels}]\n{more}", words)

    def publish(self, *arguments: str, now: str = NOW) -> tuple[dict[str, str], int]:
        """The last act of each publication, and the exit code."""
        done = self.run("publish", "--format", "json", *arguments, now=now)
        assert done.stdout, done.stderr
        return {step["key"]: step["act"] for step in json.loads(done.stdout)["steps"]}, done.returncode

    def states(self, now: str = NOW) -> dict[str, str]:
        done = self.run("plan", "--format", "json", "--all", now=now)
        read = json.loads(done.stdout)
        return {line["key"]: line["state"] for line in read["lines"]}

    def texts(self, channel: str | None = None) -> list[str]:
        return [message.wire["status"] for message in self.square.received(channel)]
