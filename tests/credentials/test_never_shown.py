"""From consent to publication: neither the token, nor the code, nor the application's secret stands in an output, an error, the ledger or the site."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from fakes import browser
from fakes.mastodon import TOKEN, Mastodon
from marronnier import networks
from people import Town
from publish.mastodon_newsroom import MastodonNewsroom


class ServerNewsroom(MastodonNewsroom):
    """A newsroom on a server: its secrets are in a file, and its environment has none."""

    def env(self, now: str) -> dict[str, str]:
        kept = {name: value for name, value in super().env(now).items() if name != "TOOTS_TOKEN"}
        return {**kept, "MARRONNIER_SECRETS_FILE": str(self.folder.parent / "secrets" / "marronnier.env")}


def test_a_journey_shows_nothing(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as there:
        newsroom = ServerNewsroom(town, tmp_path / "work" / "repository", there)
        newsroom.post("pommier", "Un pommier.", "2026-12-02 08:30")
        newsroom.post("poirier", "Un poirier.", "2026-12-02 08:40")
        env = {**newsroom.env("2026-12-02 09:00"), "BROWSER": f"{sys.executable} {Path(browser.__file__)} %s"}
        connected = subprocess.run(
            ["marronnier", "connect", "toots"], cwd=newsroom.folder, env=env, capture_output=True, text=True, check=False, timeout=120
        )
        assert connected.returncode == 0, connected.stderr
        # A server that says the token in its error, and an answer that is lost.
        there.order("locked")
        there.order("cut-after-accept")
        said = [connected, newsroom.run("doctor"), newsroom.run("publish"), newsroom.run("publish", now="2026-12-02 09:20")]
        said += [
            newsroom.run("publish", now="2026-12-02 09:40"),
            newsroom.run("status"),
            newsroom.run("check"),
            newsroom.run("plan", "--all"),
        ]
        newsroom.run("build", "--to", str(tmp_path / "work" / "site"))
        assert sorted(newsroom.texts()) == ["Un poirier.", "Un pommier."], "the publisher reads the file"
        objects = newsroom.town.git(newsroom.folder, "cat-file", "--batch-check", "--batch-all-objects").splitlines()
        kept = [newsroom.town.git(newsroom.folder, "cat-file", "-p", line.split()[0]) for line in objects if " tree " not in line]
        files = [path for path in (tmp_path / "work").rglob("*") if path.is_file() and "secrets" not in path.parts]
        written = [path.read_bytes().decode("utf-8", "replace") for path in files]
        everything = "\n".join([*(done.stdout + done.stderr for done in said), *kept, *written])
        client = next(iter(there.consent.clients.values()))
        for secret in (TOKEN, client, f"code-hush-{len(there.consent.asked)}"):
            for dress in (secret, quote(secret), secret.encode().hex(), base64.b64encode(secret.encode()).decode(), secret[:12]):
                assert dress not in everything, dress


@pytest.mark.parametrize("page", sorted(Path(networks.__file__).parent.glob("*.md")), ids=lambda page: page.name)
def test_no_page_lets_a_secret_into_the_history_of_a_shell(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"export \w+=|-d '[^']*password", text)
