"""Media that a network fetches from the public site: built in the hour before, compared when sent, gone afterwards."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fakes.graph import TOKEN
from fakes.instagram import Stage
from fakes.stages import stage_of
from people import Town, write
from pictures import loaded
from stories.telling import run_marronnier
from videos import video

POST = """\
---
id: pommier
title: Le pommier zarbre
date: 2026-12-02 10:00
channels: [{channel}]
media: [{{src: arbre.jpg, alt: Un arbre}}]
{more}---
Une zurprise au verger.
"""


class Quiet(SimpleHTTPRequestHandler):
    """A web server that says nothing."""

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


class PublicSite:
    """A brand with a channel on Instagram, and its public site on loopback."""

    def __init__(self, town: Town, folder: Path, stage: Stage) -> None:
        self.town, self.folder, self.stage = town, folder / "repository", stage
        self.built, self.served = folder / "built", folder / "served"
        self.served.mkdir()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(self.served)))
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}/"
        stage.server.site, stage.server.elsewhere = {}, self.address
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        town.found(self.folder)
        self.settings = (
            self.folder / "brand/brand.yml"
        ).read_text() + f"clock: 2026-12-02 09:00\nlanguages: [fr]\nsite_url: {self.address}\n"
        here = {"network": "instagram", **stage.channel, "env": {"token": "SECRET_TOKEN"}}
        self.channels = {"photos": here, "closed": {**here, "public_media": False}}
        files = {
            "brand/brand.yml": self.settings,
            "brand/approvals.yml": "quorum: 0\n",
            "brand/channels.yml": json.dumps({"channels": self.channels}),
        }
        self.commit(files, now="2026-11-02 09:00")
        self.run("ledger", "init", now="2026-11-02 10:00")
        self.commit({}, now="2026-11-02 10:00")

    def commit(self, files: dict[str, str], now: str = "2026-12-01 09:00") -> None:
        write(self.folder, files)
        self.town.git(self.folder, "add", "-A", now=now)
        self.town.git(self.folder, "commit", "-qm", "More", now=now)

    def post(self, channel: str = "photos", more: str = "", ending: str = "jpg", data: bytes = loaded()) -> None:
        media = self.folder / f"content/media/arbre.{ending}"
        media.parent.mkdir(parents=True, exist_ok=True)
        media.write_bytes(data)
        text = POST.format(channel=channel, more=more).replace("arbre.jpg", media.name)
        self.commit({"content/posts/2026/12/pommier.md": text})
        self.publish("08:00")

    def run(self, *arguments: str, now: str) -> str:
        env = {**self.town.surroundings("publisher", now), "SECRET_TOKEN": TOKEN}
        said, _status = run_marronnier(["--now", now, *arguments], self.folder, env)
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        return said

    def publish(self, hour: str) -> dict[str, tuple[str, str]]:
        """What became of each publication, and why."""
        said = self.run("publish", "--format", "json", now=f"2026-12-02 {hour}")
        steps = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]["steps"]
        return {step["key"]: (step["act"], step["said"]) for step in steps}

    def build(self, hour: str, *arguments: str) -> dict[str, bytes]:
        """Build the site; the media in it, by name."""
        self.said = self.run("build", "--out", str(self.built), *arguments, now=f"2026-12-02 {hour}")
        return {path.name: path.read_bytes() for path in self.built.glob("m/*")}

    def serve(self, files: dict[str, bytes]) -> None:
        for name, data in files.items():
            (self.served / "m").mkdir(exist_ok=True)
            (self.served / "m" / name).write_bytes(data)

    def mentions(self, *words: str) -> list[str]:
        """The files of the site outside of `m/` in which one of these words stands."""
        files = (path for path in self.built.rglob("*") if path.is_file() and path.parent.name != "m")
        return [path.name for path in files if any(word.encode() in path.read_bytes() for word in words)]


@pytest.fixture
def site(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PublicSite]:
    with stage_of("instagram", tmp_path / "server", monkeypatch) as stage:
        assert isinstance(stage, Stage)
        place = PublicSite(town, tmp_path, stage)
        yield place
        place.http.shutdown()
        place.http.server_close()


def test_a_picture_stands_on_the_public_site_for_its_hour_and_is_fetched_there(site: PublicSite) -> None:
    site.post()
    assert site.build("08:59") == {}
    files = site.build("09:00")
    ((name, data),) = files.items()
    digest = hashlib.sha256(data).hexdigest()
    assert name == f"{digest}.jpg" and data.startswith(b"\xff\xd8") and b"Canon" not in data
    # Nothing links to it, lists it or tells of its post.
    assert site.mentions(digest, "zarbre", "zurprise") == []
    act, why = site.publish("10:00")["pommier@photos"]
    assert act == "waiting" and f"is not on the public site yet: {site.address}m/{name} answers 404" in why
    site.serve({name: b"another picture"})
    act, why = site.publish("10:05")["pommier@photos"]
    assert act == "waiting" and "another file than content/media/arbre.jpg stands at" in why
    assert site.stage.server.containers == {}
    assert site.build("10:05") == files, "it stands there until it is out"
    site.serve(files)
    assert site.publish("10:10")["pommier@photos"][0] == "sent"
    (container,) = site.stage.server.containers.values()
    assert container.form["image_url"] == f"{site.address}m/{name}"
    ledger = site.town.git(
        site.folder, "show", "ledger:" + site.town.git(site.folder, "ls-tree", "-r", "--name-only", "ledger", "publications").split()[0]
    )
    assert [json.loads(line)["data"]["files"] for line in ledger.splitlines() if '"sent"' in line] == [[digest]]
    assert site.build("10:11") == {}
    assert not (site.built / "m").exists()


def test_n10_what_did_not_opt_in_is_frozen_or_internal_is_not_shown(site: PublicSite) -> None:
    site.post("closed")
    assert site.build("09:30") == {}
    act, why = site.publish("10:00")["pommier@closed"]
    assert act == "waiting" and "closed does not allow it: write `public_media: true` in brand/channels.yml" in why
    site.post()
    assert site.build("09:30", "--internal") == {}
    assert len(site.build("09:30")) == 1
    site.commit({"calendar/freeze.yml": "why: Deuil\nby: ines\n"})
    assert site.build("09:31") == {}


def test_a_video_in_git_lfs_stands_there_as_it_is(site: PublicSite) -> None:
    film = video(64, 96, sound=False)
    digest = hashlib.sha256(film).hexdigest()
    place = site.folder / ".git/lfs/objects" / digest[:2] / digest[2:4] / digest
    place.parent.mkdir(parents=True)
    place.write_bytes(film)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(film)}\n"
    site.post(more="format: reel\n", ending="mp4", data=pointer.encode())
    place.rename(site.folder / "elsewhere")
    assert site.build("09:00") == {}
    assert "content/media/arbre.mp4 is not put on the public site for pommier@photos: " in site.said
    (site.folder / "elsewhere").rename(place)
    files = site.build("09:10")
    assert files == {f"{digest}.mp4": film}
    site.serve(files)
    assert site.publish("10:00")["pommier@photos"][0] == "sent"
    (container,) = site.stage.server.containers.values()
    assert container.form["video_url"] == f"{site.address}m/{digest}.mp4"
    place.unlink()
    assert site.build("10:01") == {}


def test_what_waits_for_the_public_site_says_so_until_it_is_sent(site: PublicSite) -> None:
    site.post()
    site.publish("10:00")
    why = "content/media/arbre.jpg is not on the public site yet"

    def says(hour: str, *arguments: str) -> str:
        return " ".join(site.run(*arguments, now=f"2026-12-02 {hour}").split())

    for command in (["status"], ["plan"], ["status", "pommier"]):
        for form in ([], ["--format", "markdown"]):
            assert why in says("10:20", *command, *form), (command, form)
    assert json.loads(site.run("status", "--format", "json", now="2026-12-02 10:20"))["delayed"][0]["key"] == "pommier@photos"
    assert why in says("10:20", "publish", "--dry-run") and why in says("10:20", "publish")
    assert "it stands there once the site is built and published" in says("10:20", "status")
    history = says("10:20", "status", "pommier")
    assert "the network's request" not in history and "not sent, to be tried again" in history
    site.build("10:20", "--internal", "--lang", "en")
    for page in ("index.html", "posts/pommier/index.html"):
        assert why in (site.built / page).read_text(), page
    assert site.built.joinpath("index.html").read_text().count(why) == 1
    # Too late, it asks a person, and still says what it waited for.
    for command in (["status"], ["plan"], ["status", "pommier"], ["publish"]):
        assert why in says("13:00", *command), command
    assert why in says("13:00", "settle", "pommier@photos", "--send-now")
    for command in (["status"], ["plan"], ["publish"]):
        assert why in says("13:01", *command), command
    site.serve(site.build("13:02"))
    assert site.publish("13:03")["pommier@photos"][0] == "sent"
    assert why not in says("13:04", "status") and why not in says("13:04", "plan", "--all")
