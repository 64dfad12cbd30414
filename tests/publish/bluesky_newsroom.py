"""A newsroom whose one channel is on a Bluesky server on loopback."""

from __future__ import annotations

from pathlib import Path

from fakes.bluesky import HANDLE, PASSWORD, Server
from people import BRAND, Town
from publish.newsroom import NOW, Newsroom, read_json


class BlueskyNewsroom(Newsroom):
    """A newsroom under a clock, and a Bluesky server."""

    def __init__(self, town: Town, folder: Path, there: Server) -> None:
        self.there, self.password = there, PASSWORD
        channel = f"  sky: {{network: bluesky, account: {HANDLE}, host: '{there.host}', env: {{password: SKY}}}}\n"
        super().__init__(town, folder, channel, {"brand/brand.yml": BRAND["brand/brand.yml"] + f"clock: {NOW}\n"})

    def env(self, now: str) -> dict[str, str]:
        return {**super().env(now), "SKY": self.password}

    def post(self, name: str, words: str, more: str = "") -> None:
        self.write_post(name, f"date: 2026-12-02 08:50\nchannels: [sky]\n{more}", words)

    def publish(self, now: str = NOW, later: int = 0) -> dict[str, str]:
        """The last act of each publication; `later` is how many seconds of real time the machine's clock is ahead."""
        done = self.run("publish", "--format", "json", now=now, later=later)
        assert done.stdout, done.stderr
        return {step["key"]: step["act"] for step in read_json(done.stdout)["steps"]}

    def hours(self) -> list[tuple[str, str]]:
        """The posts on the server, each with the hour written in it."""
        return [(line["record"]["text"], line["record"]["createdAt"][11:16]) for line in self.there.received()]
