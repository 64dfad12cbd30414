"""A post that a person posts by hand: handed over at its hour, and sent only when somebody says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from people import Town, write
from stories.telling import run_marronnier

POST = "---\nid: verger\ntitle: Le verger\ndate: 2026-12-02 10:00\nchannels: [x]\nowner: ines\n---\n"
THREAD = "Un pommier @ami\n\n---\n\nUn poirier"
NAMES = "quorum: 0\napprovers:\n  ines: {name: Inès, emails: [ines@example.org]}\n"
KEY, ADDRESS = "verger@x", "https://x.com/jardin/status/1"


class House:
    """A repository with a channel on which a person posts."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.folder = town, folder
        town.found(folder)
        brand = (folder / "brand/brand.yml").read_text() + "gap: 0min\nclock: 2026-12-02\n"
        channels = {"x": {"network": "handoff.x", "account": "@jardin"}}
        files = {
            "brand/brand.yml": brand,
            "brand/approvals.yml": NAMES,
            "brand/channels.yml": yaml.safe_dump({"channels": channels}),
        }
        write(folder, files)
        self.commit("Merging is approving", "2026-11-02 09:00")
        self.run("ledger", "init", now="2026-11-02 10:00")
        self.commit("Name the ledger", "2026-11-02 10:00")

    def commit(self, message: str, now: str = "2026-12-01 09:00") -> None:
        self.town.git(self.folder, "add", "-A", now=now)
        self.town.git(self.folder, "commit", "-qm", message, now=now)

    def post(self, text: str = THREAD, front: str = POST) -> None:
        write(self.folder, {"content/posts/2026/12/verger.md": f"{front}{text}\n"})
        self.commit("Le verger")

    def run(self, *arguments: str, now: str = "2026-12-02 11:00") -> str:
        said, _status = run_marronnier(["--now", now, *arguments], self.folder, self.town.surroundings("publisher", now))
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        return said

    def publish(self, now: str = "2026-12-02 10:01") -> dict[str, str]:
        return {step["key"]: step["act"] for step in _json(self.run("publish", "--format", "json", now=now))["steps"]}

    def state(self) -> str:
        (line,) = _json(self.run("status", KEY, "--format", "json"))
        return str(line["state"])


def _json(said: str):  # type: ignore[no-untyped-def]
    start = min(place for place in (said.find("{"), said.find("[")) if place >= 0)
    return json.JSONDecoder().raw_decode(said[start:])[0]


@pytest.fixture
def house(town: Town, tmp_path: Path) -> House:
    house = House(town, tmp_path / "repository")
    house.post()
    return house


def test_it_is_handed_over_once_at_its_hour_and_a_person_settles_all_of_it(house: House) -> None:
    assert house.publish("2026-12-02 09:50").get(KEY) in (None, "sealed")
    said = house.run("publish", now="2026-12-02 10:01")
    assert "somebody publishes it by hand on X" in said and "may have been sent:" not in said
    assert house.publish("2026-12-02 10:20") == {} and house.state() == "unknown"
    log = house.run("ledger", "log", KEY)
    assert "Part 1: handed over to ines, who says where it stands." in log and "may have been sent" not in log
    page = house.run("status", KEY)
    assert "handed over to Inès, who says where it stands" in page
    for words in ("Un pommier @ami", "Un poirier", "https://x.com/intent/tweet?text=Un%20pommier", "who may reply", "--was-sent"):
        assert words in page, page
    assert "is not an address on X" in house.run("settle", KEY, "--was-sent", "https://example.org/1")
    assert house.state() == "unknown"
    house.run("settle", KEY, "--was-sent", ADDRESS)
    assert house.state() == "sent" and ADDRESS in house.run("status", KEY)
    assert house.publish("2026-12-02 10:40") == {}


def test_whoever_it_was_handed_over_to_is_named(house: House) -> None:
    house.run("publish", now="2026-12-02 09:50")
    said = house.run("publish", now="2026-12-02 10:01")
    assert f"→ {KEY}  handed over to Inès, who says where it stands" in said and "may have been sent" not in said, said
    for page in (house.run("status", KEY), house.run("status"), house.run("plan")):
        words = " ".join(page.split())
        assert "it was handed over to Inès 2026-12-02 10:01" in words and "may have been sent" not in words, page
    house.run("build", "--internal", "--out", "internal", "--lang", "fr")
    assert "remis à Inès, qui dira où il se trouve" in (house.folder / "internal/posts/verger/index.html").read_text()
    house.post(front=POST.replace("owner: ines\n", "").replace("verger", "pre"), text="Un pré.")
    (step,) = (
        step for step in _json(house.run("publish", "--format", "json"))["steps"] if step["key"] == "pre@x" and step["act"] != "sealed"
    )
    assert (step["act"], sorted(step)) == ("unknown", ["act", "key", "next", "said", "url"])
    assert "handed over to a person, who says where it stands" in house.run("status", "pre@x")


@pytest.mark.parametrize(
    ("end", "word", "in_french"),
    [(["retract", KEY, "--by-hand", "--yes"], "retracted", "Retiré"), (["settle", KEY, "--never"], "past", "Passé")],
)
def test_what_never_goes_out_any_more_is_no_draft(house: House, end: list[str], word: str, in_french: str) -> None:
    house.publish()
    if word == "retracted":
        house.run("settle", KEY, "--was-sent", ADDRESS)
    house.run(*end)
    assert house.state() == "past" and _json(house.run("status", KEY, "--format", "json"))[0]["shown"] == "draft"
    for command in (["status", KEY], ["plan", "--all"], ["plan", "--all", "--format", "markdown"]):
        said = house.run(*command)
        assert f"○ {word}" in said and "draft" not in said, said
    house.run("build", "--internal", "--out", "internal", "--lang", "fr")
    for page in ("posts/verger/index.html", "calendar/2026-12/index.html"):
        text = (house.folder / "internal" / page).read_text()
        assert in_french in text and "Brouillon" not in text, page


def test_any_place_at_all_is_called_as_its_channel_is(house: House) -> None:
    channels = "channels:\n  x: {network: handoff, name: Le groupe du quartier}\n"
    write(house.folder, {"brand/channels.yml": channels})
    house.commit("A group, on no network")
    said = house.run("publish", now="2026-12-02 10:01")
    assert "somebody publishes it by hand on Le groupe du quartier" in " ".join(said.split()), said


def test_what_no_network_keeps_is_not_told_to_be_deleted_by_hand(house: House) -> None:
    """A page of our own site is the receipt of a feed: a person who is sent there finds nothing to delete."""
    write(house.folder, {"brand/channels.yml": "channels:\n  x: {network: feed}\n"})
    house.commit("A feed")
    house.publish()
    said = " ".join(house.run("retract", KEY, "--yes").split())
    assert "feed readers keep what they have read" in said and "Nothing was changed." in said and "by hand" not in said, said


def test_what_was_not_posted_is_handed_over_again_and_can_be_left(house: House) -> None:
    house.publish()
    house.run("settle", KEY, "--was-not-sent")
    assert house.publish("2026-12-02 10:30") == {KEY: "unknown"}
    house.run("settle", KEY, "--never")
    assert house.state() == "past" and house.publish("2026-12-02 10:40") == {}


def test_a_freeze_hands_nothing_over(house: House) -> None:
    write(house.folder, {"calendar/freeze.yml": "reason: Deuil\n"})
    house.commit("Freeze")
    assert KEY not in house.publish() and house.state() != "unknown"


def test_an_empty_post_is_refused(house: House) -> None:
    house.post("<!-- rien -->")
    assert house.publish().get(KEY) in (None, "refused", "held")


def test_a_network_whose_variant_nobody_knows_is_told(house: House) -> None:
    write(house.folder, {"brand/channels.yml": "channels:\n  x: {network: handoff.nowhere}\n"})
    assert "handoff.nowhere" in house.run("check")


def test_the_page_stands_on_the_internal_site_only(house: House) -> None:
    house.publish()
    house.run("build", "--internal", "--out", "internal", "--lang", "en")
    page = (house.folder / "internal/posts/verger/index.html").read_text()
    assert "To be posted by hand" in page and 'href="https://x.com/intent/tweet?text=Un%20pommier' in page and "Un pommier @ami" in page
    house.run("build", "--public", "--out", "public", "--lang", "en")
    assert not any("intent/tweet" in path.read_text() for path in (house.folder / "public").rglob("*.html"))
