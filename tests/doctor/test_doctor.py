"""`marronnier doctor`: each account is examined, nothing is posted, and a server's limits are proposed for channels.yml."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fakes.fediverse import GoToSocial, Keyless
from fakes.mastodon import TOKEN, Mastodon
from marronnier import doctor, networks
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.web import Web
from people import Town, write

ANNOUNCED = networks.announced()[0]
CHANNELS = """\
# Where we speak from.
channels:
  journal: {{network: feed}}   # our own
  toots:
    network: mastodon
    account: "{account}"   # since 2024
    env: {{token: TOOTS_TOKEN}}
  photos: {{network: ANNOUNCED, account: jardin}}
""".replace("ANNOUNCED", ANNOUNCED)


DAY = date(2026, 12, 2)
TRIED = (
    "  ✓ Tried on a real server of its kind: sent to GoToSocial 57cb4fe, Takahē 0.11 and snac 2.75, "
    "corrected and counted on snac alone; deleted only on a fake, for snac cannot, 2026-11-28.\n"
)


class House:
    """A brand that lives at a clock, with an account on a server beside it."""

    def __init__(self, town: Town, folder: Path, server: Mastodon) -> None:
        self.town, self.folder, self.server, self.token = town, folder, server, TOKEN
        town.found(folder)
        brand = folder / "brand/brand.yml"
        brand.write_text(brand.read_text() + "clock: 2026-12-02\n")
        self.says(CHANNELS.format(account=server.account))

    def says(self, channels: str) -> None:
        write(self.folder, {"brand/channels.yml": channels})

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**self.town.surroundings("ines", "2026-12-02 09:00"), "TOOTS_TOKEN": self.token}
        del env["NOW"]
        done = subprocess.run(
            ["marronnier", "doctor", *arguments], cwd=self.folder, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert "Traceback" not in done.stderr and TOKEN not in done.stdout + done.stderr
        return done


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Mastodon]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        yield running


@pytest.fixture
def house(town: Town, tmp_path: Path, server: Mastodon) -> House:
    return House(town, tmp_path / "house", server)


def test_a_good_account_passes_and_nothing_is_posted(house: House, server: Mastodon) -> None:
    done = house.run()
    assert done.returncode == 0, done.stdout
    assert done.stdout == (
        "journal  feed\n  ✓ it needs no account\n"
        f"toots  {server.account}\n  ✓ the credentials work, and belong to @jardin@127.0.0.1\n{TRIED}"
        f"photos  jardin\n  · {ANNOUNCED} is not supported yet: this version cannot send to it\n"
    )
    assert all(asked.startswith("GET ") for asked in server.asked) and not server.toots()


def test_the_limits_of_a_server_are_proposed_and_written(house: House, server: Mastodon) -> None:
    server.limits = {**server.limits, "max_characters": 5000, "max_media_attachments": 8}
    before = (house.folder / "brand/channels.yml").read_text()
    done = house.run("toots")
    assert done.returncode == 1
    assert "  ~ limits: text is 5000 on the server and 500 here\n  ~ limits: media is 8 on the server and 4 here\n" in done.stdout
    assert "2 limits would be written to brand/channels.yml; add --write" in done.stderr
    assert (house.folder / "brand/channels.yml").read_text() == before
    done = house.run("--write")
    assert (done.returncode, done.stderr) == (0, "2 limits written to brand/channels.yml.\n")
    after = (house.folder / "brand/channels.yml").read_text()
    assert set(before.splitlines()) <= set(after.splitlines()), "comments and order stay"
    assert "    limits:\n      text: 5000\n      media: 8\n" in after
    assert house.run().returncode == 0
    server.limits = {**server.limits, "max_characters": 500}
    assert "text is 500 on the server and 5000 here" in house.run().stdout


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("no token", "needs the environment variable TOOTS_TOKEN, which is not set"),
        ("another token", "The access token is invalid"),
        ("another account", "the credentials belong to @jardin@127.0.0.1, and brand/channels.yml names @ines@"),
        ("no scope", "they do not allow write:media"),
        ("no env", "does not say where its token is; add `env: {token: VARIABLE}` in brand/channels.yml"),
        ("no server", "does not say on which server toots is"),
        ("out of reach", "nothing is sent to example.social"),
    ],
)
def test_what_somebody_must_correct_is_reported(house: House, server: Mastodon, what: str, said: str) -> None:
    text = CHANNELS.format(account=server.account)
    match what:
        case "no token":
            house.token = ""
        case "another token":
            house.token = "something-else"
        case "another account":
            house.says(text.replace("@jardin@", "@ines@"))
        case "no scope":
            server.scopes = "read write:statuses"
        case "no env":
            house.says(text.replace("    env: {token: TOOTS_TOKEN}\n", ""))
        case "no server":
            house.says(text.replace(server.account, "@jardin"))
        case "out of reach":
            house.says(text.replace(server.account, "@jardin@example.social"))
    done = house.run("toots")
    assert done.returncode == 3
    assert said in done.stdout and "    → " in done.stdout


def test_a_server_that_is_down_means_later(house: House, server: Mastodon) -> None:
    house.says(CHANNELS.format(account="@jardin@127.0.0.1:9"))
    done = house.run("toots", "--format", "json")
    assert done.returncode == 1
    (told,) = json.loads(done.stdout)["channels"]
    assert (told["state"], told["channel"]) == ("later", "toots")


def test_where_a_person_publishes_nobody_is_told_what_was_tried(house: House) -> None:
    house.says("channels:\n  x: {network: handoff.x}\n")
    assert house.run().stdout == "x  handoff.x\n  ✓ it needs no account\n"


def test_an_unknown_channel_is_an_error(house: House) -> None:
    done = house.run("tots")
    assert done.returncode == 2 and "There is no channel tots" in done.stderr


@pytest.mark.parametrize(
    ("channels", "said"),
    [("channels:\n  journal: {network: feed}\n x: 1\n", "brand/channels.yml cannot be read"), ("channels: {}\n", "has no channel yet")],
)
def test_a_brand_without_channels_is_an_error(house: House, channels: str, said: str) -> None:
    house.says(channels)
    done = house.run()
    assert (done.returncode, said in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize(("ahead", "state"), [(-3600, "wrong"), (3600, "wrong"), (-30, "fine"), (30, "fine")])
def test_t06_clocks_that_differ_are_reported(server: Mastodon, ahead: int, state: str) -> None:
    channel = Channel(network="mastodon", account=server.account, env={"token": "T"})
    now = datetime.now(UTC) + timedelta(seconds=ahead)
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"toots": channel}), {"T": TOKEN}, Web(loopback=True), now, DAY)
    checkup = visit.examine("toots")
    assert checkup.state == state
    if state == "wrong":
        told = " ".join(note.message for note in checkup.notes)
        assert ("ahead of the server's" if ahead > 0 else "behind the server's") in told and re.search(r"\b3(59\d|60\d)\b", told)


@pytest.mark.parametrize(
    "instance",
    [{}, {"configuration": []}, {"configuration": {"statuses": {"max_characters": "500"}}}, {"configuration": {"statuses": {"max_characters": -1}}},
     {"configuration": {"statuses": {"max_characters": 10**9}}}, {"configuration": {"statuses": {"max_characters": True}}}, []],
)  # fmt: skip
def test_implausible_limits_are_ignored(server: Mastodon, instance: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from fakes import mastodon as fake

    monkeypatch.setattr(fake._Answering, "_instance", lambda self: instance)
    channel = Channel(network="mastodon", account=server.account, env={"token": "T"})
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"toots": channel}), {"T": TOKEN}, Web(loopback=True), None, DAY)
    checkup = visit.examine("toots")
    assert checkup.state in ("fine", "note") and checkup.proposals == ()


def test_a_link_that_counts_otherwise_is_reported(server: Mastodon) -> None:
    server.limits = {**server.limits, "characters_reserved_per_url": 30}
    channel = Channel(network="mastodon", account=server.account, env={"token": "T"}, paused="on change de logo")
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"toots": channel}), {"T": TOKEN}, Web(loopback=True), None, DAY)
    said = [note.message for note in visit.examine("toots").notes]
    assert "it is paused: on change de logo" in said
    assert visit.examine("toots").proposals == (doctor.LimitProposal("link", "23", "30"),)


def test_h13_how_a_server_counts_is_proposed_written_and_checked(town: Town, tmp_path: Path) -> None:
    """A thread must not stop half-way because its server counts otherwise: `check` tells before it is approved."""
    with GoToSocial(tmp_path / "gotosocial").running() as server:
        house = House(town, tmp_path / "house", server)
        family = "👨‍👩‍👧‍👦" * 720
        text = f"---\nid: familles\ndate: 2026-12-05 10:00\nchannels: [toots]\n---\nUn\n\n---\n\n{family}\n"
        write(house.folder, {"content/posts/2026/12/familles.md": text})
        told = house.run("toots").stdout
        assert "limits: text is 5000 on the server and 500 here" in told
        assert "limits: unit is codepoints on the server and graphemes here\n  ~ limits: link is full on the server and 23 here" in told
        assert house.run("--write").returncode == 0
        assert (
            "    limits:\n      text: 5000\n      unit: codepoints\n      link: full\n" in (house.folder / "brand/channels.yml").read_text()
        )
        assert house.run().returncode == 0
        env = house.town.surroundings("ines", "2026-12-02 09:00")
        done = subprocess.run(["marronnier", "check"], cwd=house.folder, env=env, capture_output=True, text=True, check=False, timeout=60)
        assert "`toots` counts 5040 characters in part 2 of 2, 40 too many" in done.stdout, done.stdout + done.stderr


def test_h13_an_unknown_server_is_warned_of_and_nothing_is_guessed(town: Town, tmp_path: Path) -> None:
    with Keyless(tmp_path / "chataigne").running() as server:
        told = House(town, tmp_path / "house", server).run("toots")
        assert told.returncode == 0
        assert "  · how “chataigne” counts is not known here: `marronnier check` counts as Mastodon does" in told.stdout


def test_the_account_is_told_by_its_own_domain(server: Mastodon) -> None:
    channel = Channel(network="mastodon", account="@jardin@example.org", host=server.host, env={"token": "T"})
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"toots": channel}), {"T": TOKEN}, Web(loopback=True), None, DAY)
    assert visit.examine("toots").notes[0].message.endswith("belong to @jardin@example.org")


@pytest.mark.parametrize(
    ("host", "network", "account", "why"),
    [
        ("169.254.169.254", "mastodon", "jardin@example.org", "not a public address"),
        ("10.0.0.7", "newsletter", "Jardin <jardin@example.org> to nouvelles@lists.example.org", "not a public address"),
    ],
)
def test_an_address_that_is_never_asked_is_corrected_not_waited_for(host: str, network: str, account: str, why: str) -> None:
    names = dict.fromkeys(networks.get(network).SECRETS, "T")
    channel = Channel(network=network, account=account, host=host, env=names)
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"ici": channel}), {"T": TOKEN}, Web(), None, DAY)
    note = visit.examine("ici").notes[0]
    assert note.state == "wrong" and why in note.message, note
    assert note.next == "correct `host` of ici in brand/channels.yml: the server's public name"


def test_a_missing_policy_is_told(house: House) -> None:
    assert "approvals.yml" not in house.run().stdout
    (house.folder / "brand/approvals.yml").unlink()
    assert "there is no brand/approvals.yml, so nobody may approve" in house.run().stdout
    (note,) = json.loads(house.run("--format", "json").stdout)["approval"]
    assert "`quorum: 0`" in note["next"]


def test_what_nobody_read_for_long_is_named(server: Mastodon) -> None:
    channel = Channel(network="mastodon", account=server.account, env={"token": "T"})
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"toots": channel}), {"T": TOKEN}, Web(loopback=True), None, date(2027, 6, 1))
    (note,) = (note for note in visit.examine("toots").notes if "more than six months ago" in note.message)
    assert note.state == "note" and re.match(
        r"\d\d facts about Mastodon were read more than six months ago: `abilities.card`", note.message
    )
    visit = doctor.Doctor(Brand(name="x"), Channels(channels={"toots": channel}), {"T": TOKEN}, Web(loopback=True), None, DAY)
    assert not any("six months" in note.message for note in visit.examine("toots").notes)


def test_what_is_known_of_every_network_grows_old(house: House) -> None:
    """Each network of the folder, and each place that a person posts to: those that no server is asked about too."""
    names = (*networks.names(), *(f"handoff.{name}" for name in ("x", "youtube", "tiktok", "pinterest", "reddit", "bluesky")))
    house.says("channels:\n" + "".join(f"  c{number}: {{network: {name}}}\n" for number, name in enumerate(names)))
    later = json.loads(house.run("--now", "2027-12-02 09:00", "--format", "json").stdout)["channels"]
    today = json.loads(house.run("--now", "2026-12-02 09:00", "--format", "json").stdout)["channels"]
    for channel, fresh in zip(later, today, strict=True):
        known = tuple(networks.get(channel["network"]).FACTS.sourced())
        told = [note["said"] for note in channel["notes"] if "more than six months ago" in note["said"]]
        assert len(told) == 1 and int(told[0].split()[0]) >= len(known) > 0, channel
        assert not any("six months" in note["said"] for note in fresh["notes"]), fresh
