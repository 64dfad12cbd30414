"""Several holders at once, in processes of their own: each publication goes out once, on its second."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fakes.mastodon import TOKEN, Mastodon
from people import Town
from publish.holding import say, write
from publish.living import BRUSSELS, Brand
from publish.mastodon_newsroom import MastodonNewsroom
from publish.newsroom import NOW


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Mastodon]:
    with Mastodon(tmp_path / "toots").running() as server:
        yield server


def test_two_holders_with_a_bare_origin_and_a_mastodon_server_send_once(town: Town, tmp_path: Path, there: Mastodon) -> None:
    """In real time: their hold is a few seconds long. Under a fixed clock a server on this machine may be reached, and `--now` lets it go on."""
    newsroom = MastodonNewsroom(town, tmp_path / "desk", there)
    newsroom.post("portes", "On ouvre le jardin.", "2026-12-02 10:00")
    newsroom.post("tisane", "Menthe, verveine.", "2026-12-02 10:01")
    town.git(tmp_path, "clone", "-q", "--bare", str(newsroom.folder), "origin.git")
    env = {**town.surroundings("publisher", NOW), "TOOTS_TOKEN": TOKEN}
    running = []
    for runner in ("one", "two"):
        town.git(tmp_path, "clone", "-q", "origin.git", runner)
        command = ["marronnier", "--now", "2026-12-02 09:59:54", "publish", "--hold", "20s"]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        running.append(subprocess.Popen(command, cwd=tmp_path / runner, env=env, text=True, **streams))  # type: ignore[call-overload]
    said = [each.communicate(timeout=90)[0] for each in running]
    assert [each.returncode for each in running] == [0, 0], said
    assert [toot["request"]["status"] for toot in there.toots()] == ["On ouvre le jardin."], said
    log = town.git(tmp_path / "origin.git", "log", "--format=%s", "ledger")
    assert log.count("sent portes@toots") == 1, log
    assert all("Nothing goes out within 20 s, so this run ends." in each for each in said), said
    assert sum("✓ portes@toots  sent" in each for each in said) == 1, said


def test_t15_eight_silent_hours_then_five_runs_at_once(brand: Brand) -> None:
    write(brand, {"brand/brand.yml": (brand.desk / "brand/brand.yml").read_text(encoding="utf-8").replace("grace: 4h", "grace: 2h")})
    say(brand, "portes", "2026-12-01 10:00")
    path = brand.desk / "content/posts/2026/12/soupe.md"
    path.write_text(
        "---\nid: soupe\ndate: 2026-12-01 10:05\nchannels: [place]\non_missed: send-until 12h\n---\nLa soupe est servie.\n",
        encoding="utf-8",
    )
    brand.commit("ines", "Write soupe")
    brand.approve("karim", "soupe")
    brand.now = datetime(2026, 12, 1, 9, 30, tzinfo=BRUSSELS)
    assert brand.does("publish", folder=brand.pass_on("one"))[1] == 0
    folders = [brand.folder / "one", brand.folder / "two"]
    for number in range(3):
        folders.append(brand.folder / f"more-{number}")
        brand.git("clone", "-q", str(brand.origin), str(folders[-1]), folder=brand.folder)
    brand.now += timedelta(hours=8)
    running = [brand.starts("publish", folder=folder) for folder in folders]
    said = [each.communicate(timeout=120) for each in running]
    assert {each.returncode for each in running} <= {0, 3}, said
    assert [message.key for message in brand.messages()] == ["soupe@place"]
    asked, _status = brand.does("status", "portes", folder=folders[0])
    assert "it missed its time" in asked and "settle portes@place" in asked
