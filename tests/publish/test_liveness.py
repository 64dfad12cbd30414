"""How late posts went out, and whether the publisher still runs, as people see it: in status, in the log and on the site."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from marronnier.ledger import heartbeats
from people import Town
from publish.holding import say, write
from publish.living import BRUSSELS, Brand, founded


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    made = Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")
    say(made, "portes", "2026-12-01 10:00")
    made.now = datetime(2026, 12, 1, 9, 0, tzinfo=BRUSSELS)
    assert made.does("publish", folder=made.pass_on("one"))[1] == 0
    return made


def at(brand: Brand, hour: str, *arguments: str) -> str:
    brand.now = datetime.fromisoformat(f"2026-12-01 {hour}").replace(tzinfo=BRUSSELS)
    return brand.does(*arguments, folder=brand.folder / "one")[0]


def test_a_due_post_without_a_run_is_told_after_45_minutes(brand: Brand) -> None:
    assert "has not run since" not in at(brand, "10:44", "status")
    told = "A publication was due 46 min ago, and the publisher has not run since"
    assert told in at(brand, "10:46", "status") and told in at(brand, "10:46", "plan")
    at(brand, "10:47", "publish")
    assert "has not run since" not in at(brand, "10:50", "status")


def test_a_heartbeat_that_the_brand_expects_is_missed(brand: Brand) -> None:
    settings = (brand.desk / "brand/brand.yml").read_text(encoding="utf-8")
    write(brand, {"brand/brand.yml": f"{settings}heartbeat: 1h\n"})
    assert "expects it every" not in at(brand, "10:01", "publish") + at(brand, "11:40", "status")
    assert "The publisher ran last 1 h 46 min ago, and brand/brand.yml expects it every 1 h" in at(brand, "11:47", "status")


def test_a_run_that_records_nothing_leaves_a_sign_and_no_commit(brand: Brand) -> None:
    def signs() -> list[str]:
        return brand.git("for-each-ref", "--format=%(refname)", heartbeats.PREFIX, folder=brand.origin).split()

    head = brand.git("rev-parse", "ledger", folder=brand.origin)
    at(brand, "09:10", "publish")
    assert signs() == [], "what was recorded ten minutes ago is a sign"
    at(brand, "09:20", "publish")
    at(brand, "09:30", "publish")
    assert len(signs()) == 1 and brand.git("rev-parse", "ledger", folder=brand.origin) == head
    assert "ran last 12 min ago" in at(brand, "09:32", "status")


def test_lateness_is_shown_in_status_log_json_and_on_the_site(brand: Brand) -> None:
    at(brand, "10:30", "publish")
    assert "30 min" in at(brand, "10:40", "ledger", "log", "portes@place") and "30 min" in at(brand, "10:40", "status", "portes")
    assert "1 publication in 90 days, 30 min" in at(brand, "10:40", "status")
    read = json.loads(at(brand, "10:40", "status", "--format", "json"))
    assert 1800 <= read["punctuality"]["median"] <= 1860 and read["punctuality"]["worst"]["key"] == "portes@place"
    ran = datetime.fromisoformat(read["last_run"])
    assert abs(ran - brand.now) <= timedelta(minutes=11)
    at(brand, "10:40", "build", "--internal", "--to", "internal")
    (handbook,) = (brand.folder / "one/internal").glob("handbook/index.md")
    assert "(../punctuality/)" in handbook.read_text(encoding="utf-8"), "the menu leads to the page"
    said = at(brand, "10:40", "build", "--to", "out")
    page = next((brand.folder / "one/out").rglob("punctuality/index.md"), None) or next(
        (brand.folder / "one/out").rglob("*punctuality*"), None
    )
    assert page is not None, said
    text = page.read_text(encoding="utf-8") if page.is_file() else "".join(each.read_text(encoding="utf-8") for each in page.iterdir())
    assert "30" in text and "portes" in text
