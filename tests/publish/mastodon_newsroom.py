"""A newsroom whose one channel is on a Mastodon server on loopback."""

from __future__ import annotations

from pathlib import Path

from fakes.mastodon import TOKEN, Mastodon
from people import BRAND, Town
from publish.newsroom import NOW, Newsroom, read_json

THREAD = "Un pommier.\n\n---\n\nUn poirier.\n\n---\n\nUn prunier."


class MastodonNewsroom(Newsroom):
    """A newsroom under a clock, and a Mastodon server."""

    def __init__(self, town: Town, folder: Path, there: Mastodon, clock: str = f"clock: {NOW}\n") -> None:
        self.there, self.token = there, TOKEN
        channel = f'  toots: {{network: mastodon, account: "{there.account}", env: {{token: TOOTS_TOKEN}}}}\n'
        super().__init__(town, folder, channel, {"brand/brand.yml": BRAND["brand/brand.yml"] + clock})

    def env(self, now: str) -> dict[str, str]:
        return {**super().env(now), "TOOTS_TOKEN": self.token}

    def post(self, name: str, words: str, date: str = "2026-12-02 08:50") -> None:
        self.write_post(name, f"date: {date}\nchannels: [toots]\n", words)

    def publish(self, now: str = NOW, later: int = 0) -> dict[str, str]:
        """The last act of each publication; `later` is how many seconds of real time the machine's clock is ahead."""
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
