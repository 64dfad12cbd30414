"""What a plan costs, and where it goes beyond a network's quota: in the plan, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

from people import Town, write
from publish.newsroom import SquareNewsroom, read_json

CAMPAIGN = "---\ntitle: Portes ouvertes\nstart: 2026-12-01\nend: 2026-12-31\nbudget: 0.25\n---\nAu jardin.\n"
OTHER = "---\ntitle: Récolte\nstart: 2026-12-01\nend: 2026-12-31\n---\nAu verger.\n"


def newsroom(town: Town, folder: Path, network: str = "fakes.toll_square") -> SquareNewsroom:
    """A newsroom with two campaigns, on a network that asks 1.5 cents for a post, 20 for one with a link, and takes two a day."""
    room = SquareNewsroom(town, folder / "repository", network)
    write(room.folder, {"calendar/campaigns/portes.md": CAMPAIGN, "calendar/campaigns/recolte.md": OTHER})
    return room


def test_the_plan_says_what_each_campaign_costs_and_what_is_out_already(town: Town, tmp_path: Path) -> None:
    room = newsroom(town, tmp_path)
    room.post("sorti", more="campaign: portes\n", words="Déjà dehors.")
    room.post("fil", date="2026-12-08 10:00", more="campaign: portes\n", words="Un pommier.\n\n---\n\nUn poirier, example.org.")
    room.post("cher", date="2026-12-10 10:00", more="campaign: recolte\nlink: https://example.org/pommes\n", words="Des pommes.")
    room.post("seul", date="2026-12-12 10:00", channels="place, journal", words="Sans campagne.")
    assert room.publish()[0]["sorti@place"] == "sent"
    said = room.run("plan").stdout
    assert "What is still to come costs US$0.43." in said
    assert "Campaign `portes`: US$0.215 to come, US$0.015 sent, of US$0.25." in said
    assert "Campaign `recolte`: US$0.20 to come, US$0.00 sent." in said
    told = read_json(room.run("plan", "--all", "--format", "json").stdout)
    assert {line["key"]: line["cost"] for line in told["lines"]} == {
        "sorti@place": 15, "fil@place": 215, "cher@place": 200, "seul@place": 15, "seul@journal": 0,
    }  # fmt: skip
    assert told["costs"] == {
        "unit": "USD/1000",
        "to_come": 430,
        "sent": 15,
        "campaigns": {"portes": {"to_come": 215, "sent": 15, "budget": 250}, "recolte": {"to_come": 200, "sent": 0, "budget": None}},
    }
    assert "- What is still to come costs US$0.43." in room.run("plan", "--format", "markdown").stdout
    assert "over-budget" not in room.run("check").stdout
    room.run("build", "--to", "team", "--internal", "--lang", "en")
    room.run("build", "--to", "public", "--lang", "en")
    pages = {name: (room.folder / name / "campaigns/portes/index.md").read_text() for name in ("team", "public")}
    assert "Cost: US$0.215 to come, US$0.015 sent, of US$0.25" in pages["team"] and "US$" not in pages["public"]
    room.post("encore", date="2026-12-14 10:00", more="campaign: portes\nlink: https://example.org/\n", words="Encore.")
    found = json.dumps(json.loads(room.run("check", "--format", "json").stdout))
    assert "calendar/campaigns/portes.md" in found and "3 publications for US$0.43" in found and "at most US$0.25" in found


def test_what_costs_nothing_is_not_spoken_of(town: Town, tmp_path: Path) -> None:
    """A network without prices, and a person who publishes by hand."""
    room = newsroom(town, tmp_path, "fakes.square")
    channels = room.folder / "brand/channels.yml"
    channels.write_text(channels.read_text() + "  x: {network: handoff.x, account: '@jardin', budget: 0}\n")
    room.post("fil", date="2026-12-08 10:00", channels="place, x", more="campaign: portes\nlink: https://example.org/\n")
    assert "cost" not in room.run("plan").stdout + room.run("plan", "--format", "json").stdout
    assert "over-budget" not in room.run("check").stdout


def test_the_plan_warns_of_a_quota_of_an_account_with_two_channels(town: Town, tmp_path: Path) -> None:
    room = newsroom(town, tmp_path)
    for number, channel in enumerate(("place", "forum", "place")):
        room.post(f"p{number}", date=f"2026-12-08 1{number}:00", channels=channel, words=f"Bonjour {number}.")
    warning = "`place`: 3 posts within a day from 2026-12-08 10:00; at most 2 posts a day, as Toll Square takes from one account"
    assert warning in " ".join(room.run("plan").stdout.split())
    assert warning in read_json(room.run("plan", "--format", "json").stdout)["warnings"]
    assert "content/posts/2026/12/p2.md:3:7: warning[over-quota]" in room.run("check").stdout
    channels = room.folder / "brand/channels.yml"
    channels.write_text(
        channels.read_text().replace("forum: {network: fakes.toll_square", "forum: {network: fakes.toll_square, account: other")
    )
    room.commit("Two accounts")
    assert "within a day" not in room.run("plan").stdout and "over-quota" not in room.run("check").stdout


def test_what_is_out_counts_towards_the_quota_and_a_full_day_later_does_not(town: Town, tmp_path: Path) -> None:
    room = newsroom(town, tmp_path)
    room.post("un", date="2026-12-02 08:40", words="Un.")
    room.post("deux", date="2026-12-02 08:50", channels="forum", words="Deux.")
    room.publish()
    room.post("trois", date="2026-12-03 08:40", words="Trois.")
    assert "over-quota" not in room.run("check").stdout
    room.post("quatre", date="2026-12-03 08:39", channels="forum", words="Quatre.")
    assert "quatre.md:3:7: warning[over-quota]: `forum`: 3 posts within a day from 2026-12-02 08:40" in room.run("check").stdout


def test_an_amount_is_read_as_people_write_it(town: Town, tmp_path: Path) -> None:
    room = newsroom(town, tmp_path)
    room.post("cher", date="2026-12-10 10:00", more="campaign: portes\nlink: https://example.org/\n", words="Des pommes.")
    page = room.folder / "calendar/campaigns/portes.md"
    for written, told in (("$0.19", "at most US$0.19"), ("0,199 USD", "at most US$0.199"), ("0", "at most US$0.00"), ("1", None)):
        page.write_text(CAMPAIGN.replace("0.25", written))
        said = room.run("check").stdout
        assert (told in said) if told else ("over-budget" not in said), (written, said)
    page.write_text(CAMPAIGN.replace("0.25", "vingt euros"))
    assert "an amount is in US dollars, like 20 or 12.50" in room.run("check").stdout
