"""Clocks apart: a run compares its own with origin's, a server's or the ledger's, and on a wrong one it sends nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from command_line import run_marronnier
from fakes.bluesky import HANDLE, PASSWORD, serving
from fakes.mastodon import TOKEN, Mastodon
from fakes.square import Server
from marronnier.model.brand import Channel
from marronnier.model.history import Event, History
from marronnier.networks import bluesky, mastodon
from marronnier.networks.kit.seam import Account
from marronnier.publish.clock import ClockReading, behind_ledger_reason
from marronnier.publish.run import Run, boot_seconds
from marronnier.publish.send import _since_the_tries
from marronnier.web import Web
from people import Town, write
from publish.living import Brand, Said, founded, post
from servers.origin import Forge, over_http

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("apart", "told"),
    [(0, ""), (59, ""), (-59, ""), (63, "behind"), (-63, "ahead"), (-7200, "7199 seconds ahead"), (660, "660 seconds behind")],
)
def test_t06_a_minute_is_the_most(apart: int, told: str) -> None:
    why = ClockReading(NOW, 100.0).skew_reason(NOW + timedelta(seconds=apart), 100.0, 100.0)
    assert told in why and bool(why) == bool(told)


def test_t06_the_sleep_of_a_laptop_counts_on_macos_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's `monotonic` stops there while the machine sleeps; the system's own does not."""
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_MONOTONIC: 42.0}.__getitem__)
    assert boot_seconds() == 42.0


def test_t06_an_answer_that_took_long_is_no_skew() -> None:
    clock = ClockReading(NOW, 100.0)
    for second in (0, 15, 30):
        assert clock.skew_reason(NOW + timedelta(seconds=second), 100.0, 130.0) == ""
    assert clock.skew_reason(NOW + timedelta(seconds=95), 100.0, 130.0) != ""


def test_t06_a_run_is_never_earlier_than_the_ledger() -> None:
    assert behind_ledger_reason(NOW, NOW + timedelta(seconds=59)) == ""
    assert behind_ledger_reason(NOW, NOW - timedelta(days=400)) == ""
    assert "120 seconds after" in behind_ledger_reason(NOW, NOW + timedelta(seconds=120))


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    made = Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")
    now = datetime.now(UTC)
    made.now = now.astimezone(made.now.tzinfo)
    # Approved for a while ago; forbidden before an hour from now.
    for name, at in (("due", made.now - timedelta(minutes=5)), ("embargoed", made.now + timedelta(hours=1))):
        said = Said(f"Bonjour, {name}.", f"date: {at:%Y-%m-%d %H:%M}", ("place",))
        write(made.desk, {f"content/posts/2026/12/{name}.md": post(name, said, named=True)})
        made.commit("ines", f"Write {name}")
        made.approve("karim", name)
    made.git("push", "-q", "origin", "main")
    return made


@pytest.fixture
def forge(brand: Brand) -> Iterator[Forge]:
    with over_http(brand.origin) as served:
        subprocess.run(["git", "config", "http.receivepack", "true"], cwd=brand.origin, check=True)
        brand.git("clone", "-q", served.url(), str(brand.folder / "web"), folder=brand.folder)
        yield served


@pytest.mark.parametrize(("hours", "told"), [(2, "ahead of the server's"), (-2, "behind the server's")])
def test_t06_an_embargoed_post_does_not_go_out_on_a_wrong_clock(brand: Brand, forge: Forge, hours: int, told: str) -> None:
    brand.now += timedelta(hours=hours)
    said, status = brand.does("publish", folder=brand.folder / "web")
    assert told in said and status == 3
    assert brand.messages() == []
    brand.now -= timedelta(hours=hours)
    said, status = brand.does("publish", folder=brand.folder / "web")
    assert status == 0, said
    assert [message.key for message in brand.messages()] == ["due@place"]


@pytest.mark.parametrize("asked", [(), ("--dry-run",)])
def test_t06_without_a_date_the_ledger_tells_the_time(brand: Brand, asked: tuple[str, ...]) -> None:
    folder = brand.folder / "one"
    brand.git("fetch", "-q", "origin", folder=folder)
    brand.does("publish", folder=folder)
    sent = len(brand.messages())
    brand.now -= timedelta(minutes=11)
    said, status = brand.does("publish", *asked, folder=folder)
    assert "the ledger's last record" in said
    assert status == 3
    assert len(brand.messages()) == sent


def test_no_password_of_origin_is_shown(brand: Brand, forge: Forge) -> None:
    brand.git("remote", "set-url", "origin", forge.url("hunter2"), folder=brand.folder / "web")
    said, status = brand.does("publish", folder=brand.folder / "web")
    assert status == 3 and "origin does not answer" in said
    assert "hunter2" not in said and "Authorization" not in said and "Recv header" not in said


# Issue 9, High 7: where origin tells no time, the server's answer to the account question does


class Dated:
    """Posts on two servers that tell the time, and in the feed, behind an origin that tells none."""

    CHANNELS = ("place", "forum", "journal")

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.folder, self.square = town, folder / "repository", Server(folder / "square")
        channels = "".join(f"  {name}: {{network: fakes.asked_square, account: square.test/{name}}}\n" for name in ("place", "forum"))
        channels = f"channels:\n  journal: {{network: feed}}\n{channels}"
        town.newsroom(self.folder, {"brand/approvals.yml": "quorum: 0\n", "brand/channels.yml": channels})

    def commit(self, message: str) -> None:
        self.town.git(self.folder, "add", "-A", now="2026-11-02 10:00")
        self.town.git(self.folder, "commit", "-qm", message, now="2026-11-02 10:00")

    def post(self, *channels: str) -> None:
        for name in channels:
            text = f"---\nid: {name}\ndate: 2026-12-01 09:50\nchannels: [{name}]\n---\nBonjour, {name}.\n"
            write(self.folder, {f"content/posts/2026/12/{name}.md": text})
        self.commit("Write")

    def run(self, *arguments: str, now: str = "2026-12-01 10:00") -> subprocess.CompletedProcess[str]:
        env = {**self.town.surroundings("publisher", now), "SQUARE_STATE": str(self.square.folder)}
        said, status = run_marronnier(["--now", now, *arguments], self.folder, env)
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        return subprocess.CompletedProcess(["marronnier", *arguments], status, said, "")

    def publish(self, now: str = "2026-12-01 10:00") -> tuple[dict[str, str], str]:
        """The acts of a run, and why it stopped."""
        done = self.run("publish", "--format", "json", now=now)
        read = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]
        assert done.returncode == 3 or not read["stopped"], done
        return {step["key"]: step["act"] for step in read["steps"]}, read["stopped"]


@pytest.fixture
def dated(town: Town, tmp_path: Path) -> Dated:
    return Dated(town, tmp_path)


@pytest.mark.parametrize(("seconds", "told"), [(120, "behind the server's"), (-7200, "ahead of the server's")])
def test_h07_a_servers_answer_tells_that_the_clock_is_wrong_and_nothing_is_sent(dated: Dated, seconds: int, told: str) -> None:
    dated.post("place", "journal")
    dated.run("publish", now="2026-12-01 09:00")  # sealed
    dated.square.set_clock("place", NOW + timedelta(seconds=seconds))
    acts, stopped = dated.publish()
    assert (acts, told in stopped) == ({}, True), stopped
    assert dated.square.received() == []
    assert "about to be sent" not in dated.run("ledger", "log", "journal@journal").stdout, "not even where no server is"
    dated.square.set_clock("place", NOW + timedelta(seconds=50))
    assert dated.publish() == ({"place@place": "sent", "journal@journal": "sent"}, "")


def test_h07_what_is_sealed_and_due_in_one_run_is_compared_too(dated: Dated) -> None:
    dated.post("place", "journal")
    dated.square.set_clock("place", NOW - timedelta(hours=2))
    acts, stopped = dated.publish()
    assert set(acts.values()) == {"waiting"} and "ahead of the server's" in stopped and dated.square.received() == []
    dated.square.set_clock("place", None)
    assert dated.publish() == ({"place@place": "sent", "journal@journal": "sent"}, "")


def test_h07_a_server_that_is_apart_from_all_others_is_the_one_that_is_wrong(dated: Dated) -> None:
    dated.post("place", "forum", "journal")
    dated.square.set_clock("place", NOW + timedelta(hours=1))
    dated.square.set_clock("forum", NOW)
    assert dated.publish() == (dict.fromkeys(("place@place", "forum@forum", "journal@journal"), "sent"), "")


def test_h07_on_a_wrong_clock_no_debt_is_settled(dated: Dated) -> None:
    dated.post("place")
    dated.square.order("unknown-after-accept")
    assert dated.publish() == ({"place@place": "unknown"}, "")
    dated.square.set_clock("place", NOW - timedelta(hours=2))
    assert dated.publish("2026-12-01 10:30")[0] == {}
    dated.square.set_clock("place", NOW + timedelta(minutes=30))
    assert dated.publish("2026-12-01 10:30")[0] == {"place@place": "sent"}


def test_h07_the_servers_tell_their_time_with_the_account(tmp_path: Path) -> None:
    hour = timedelta(hours=1)
    with Mastodon(tmp_path / "toots").running() as there:
        there.clock = hour
        account = Account("toots", Channel(network="mastodon", account=there.account), {"token": TOKEN})
        told = mastodon.identify(account, Web(loopback=True)).server_time
        assert told is not None and abs(told - datetime.now(UTC) - hour) < timedelta(minutes=1)
    with serving(tmp_path / "sky") as sky:
        account = Account("sky", Channel(network="bluesky", account=HANDLE, host=sky.host), {"password": PASSWORD})
        told = bluesky.identify(account, Web(loopback=True)).server_time
        assert told is not None and abs(told - datetime.now(UTC)) < timedelta(minutes=1)
        assert bluesky.identify(account, Web(loopback=True)).server_time is None, "a session of before tells the hour of before"


def test_h07_a_record_of_a_fast_clock_has_a_way_out(brand: Brand) -> None:
    """A laptop two days ahead: without a way out, nothing would go out for two days."""
    folder = brand.folder / "one"
    brand.git("fetch", "-q", "origin", folder=folder)
    brand.now += timedelta(days=2)
    assert brand.does("settle", "embargoed@place", "--never", folder=folder)[1] == 0
    brand.now -= timedelta(days=2)
    said, status = brand.does("publish", folder=folder)
    assert status == 3 and brand.messages() == []
    assert "`marronnier publish --trust-clock`" in said
    said, status = brand.does("publish", "--trust-clock", folder=folder)
    assert status == 0, said
    assert [message.key for message in brand.messages()] == ["due@place"]
    assert brand.does("publish", folder=brand.pass_on("two")) == ("Nothing to send now.\n", 0)
    assert brand.does("ledger", "verify", folder=folder)[1] == 0


def test_h07_a_person_who_trusts_the_clock_does_not_outweigh_origins(brand: Brand, forge: Forge) -> None:
    brand.now += timedelta(hours=2)
    said, status = brand.does("publish", "--trust-clock", folder=brand.folder / "web")
    assert status == 3 and "ahead of the server's" in said and brand.messages() == []


def coming(brand: Brand, name: str, when: str) -> Path:
    """An approved post, and a runner's clone that has it."""
    write(brand.desk, {f"content/posts/2026/12/{name}.md": post(name, Said(f"Bonjour, {name}.", when, ("place",)), named=True)})
    brand.commit("ines", f"Write {name}")
    brand.approve("karim", name)
    return brand.pass_on("one")


def line_of(brand: Brand, key: str, folder: Path) -> dict[str, str]:
    """What `status` says of a publication."""
    told: list[dict[str, str]] = json.loads(brand.does("status", key, "--format", "json", folder=folder)[0])
    return told[0]


def test_h07_a_lease_taken_by_a_fast_clock_has_a_way_out(brand: Brand) -> None:
    """It would have been "being sent" for two days, and no run would have looked what became of it."""
    ahead = timedelta(days=2)
    folder = coming(brand, "later", f"date: {brand.now + ahead - timedelta(minutes=5):%Y-%m-%d %H:%M}")
    brand.now += ahead
    brand.square.order("crash-after-accept")
    brand.starts("publish", folder=folder).communicate(timeout=120)
    assert [message.key for message in brand.messages()] == ["later@place"]
    brand.now -= ahead
    line = line_of(brand, "later@place", folder)
    assert (line["state"], "`marronnier publish --trust-clock`" in line["next"]) == ("unknown", True), line
    brand.does("publish", "--trust-clock", folder=folder)
    assert line_of(brand, "later@place", folder)["state"] == "sending", "whoever has the lease may still be at it"
    brand.now += timedelta(minutes=13)
    brand.does("publish", folder=folder)
    assert line_of(brand, "later@place", folder)["state"] == "sent"
    assert [message.key for message in brand.messages()].count("later@place") == 1


def test_h07_what_was_approved_and_waits_by_a_fast_clock_has_a_way_out(brand: Brand) -> None:
    ahead, hour = timedelta(days=2), timedelta(hours=1)
    folder = coming(brand, "vite", "date: when-approved")
    brand.now += ahead
    brand.square.order("wait", until=brand.now + hour)
    brand.does("publish", folder=folder)
    brand.now -= ahead
    line = line_of(brand, "vite@place", folder)
    assert (line["state"], "`marronnier publish --trust-clock`" in line["next"]) == ("held", True), line
    brand.does("publish", "--trust-clock", folder=folder)
    assert "vite@place" not in [message.key for message in brand.messages()], "the server asked for an hour"
    brand.now += hour + timedelta(minutes=5)
    brand.does("publish", folder=folder)
    assert [message.key for message in brand.messages()].count("vite@place") == 1


def test_h07_a_try_at_an_hour_to_come_may_have_been_long_ago() -> None:
    """A look that began at that hour would have missed it, and it would have gone out again."""
    now = datetime.now(UTC)
    run = Run("run", now, lambda: "", lambda _name: {}, lambda _sha, _picture: b"", Web(loopback=True), 0.0)

    def since(*hours: int) -> tuple[timedelta | None, timedelta | None]:
        events = [
            Event("a@place", seq, "sending", now, {"part": 0, "tried": (now + timedelta(hours=hour)).isoformat()})
            for seq, hour in enumerate(hours)
        ]
        return _since_the_tries(History("a@place", tuple(events)), 0, run)

    first, last = since(-2, -1)
    assert first is not None and last is not None
    assert (round(first / timedelta(hours=1)), round(last / timedelta(hours=1))) == (2, 1)
    first, last = since(48)
    assert first is not None and first >= timedelta(days=30) and last == timedelta()
    first, last = since(48, -1)
    assert first is not None and last is not None
    assert first >= timedelta(days=30) and round(last / timedelta(hours=1)) == 1
