"""Clocks apart: a run compares its own with origin's, a server's or the ledger's, and on a wrong one it sends nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from marronnier.publish.clock import Clock, behind_ledger_reason
from people import Town, write
from publish.living import Brand, Said, founded, post
from servers.origin import Forge, over_http

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("apart", "told"),
    [(0, ""), (59, ""), (-59, ""), (63, "behind"), (-63, "ahead"), (-7200, "7199 seconds ahead"), (660, "660 seconds behind")],
)
def test_t06_a_minute_is_the_most(apart: int, told: str) -> None:
    why = Clock(NOW, 100.0).skew_reason(NOW + timedelta(seconds=apart), 100.0, 100.0)
    assert told in why and bool(why) == bool(told)


def test_t06_an_answer_that_took_long_is_no_skew() -> None:
    clock = Clock(NOW, 100.0)
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
    assert status == (0 if asked else 3)
    assert len(brand.messages()) == sent


def test_no_password_of_origin_is_shown(brand: Brand, forge: Forge) -> None:
    brand.git("remote", "set-url", "origin", forge.url("hunter2"), folder=brand.folder / "web")
    said, status = brand.does("publish", folder=brand.folder / "web")
    assert status == 3 and "origin does not answer" in said
    assert "hunter2" not in said and "Authorization" not in said and "Recv header" not in said
