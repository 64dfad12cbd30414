"""A job sends to the channels of its environment, and leaves those of the others alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run_marronnier
from people import Town, write

NOW = "2026-12-02 09:00"
POST = "---\nid: bonjour\ndate: 2026-12-02 08:50\nchannels: [journal, krant]\n---\nBonjour.\n"


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Path:
    folder = town.newsroom(tmp_path / "newsroom")
    write(folder, {"brand/approvals.yml": "quorum: 0\n"})
    town.git(folder, "commit", "-qam", "Merging is approving")
    run_marronnier(["--now", NOW, "policy", "reset", "--yes"], folder, town.surroundings("publisher", NOW))
    write(folder, {"content/posts/2026/12/bonjour.md": POST})
    town.git(folder, "add", "-A")
    town.git(folder, "commit", "-qm", "A post")
    return folder


def publish(town: Town, folder: Path, **more: str) -> dict[str, str]:
    """What became of each publication in one run."""
    said, _status = run_marronnier(["--now", NOW, "publish", "--format", "json"], folder, {**town.surroundings("publisher", NOW), **more})
    steps = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]["steps"]
    return {step["key"]: step["act"] for step in steps}


def test_a_job_sends_to_its_own_channels_only(town: Town, newsroom: Path) -> None:
    assert publish(town, newsroom, MARRONNIER_CHANNELS="krant") == {"bonjour@journal": "sealed", "bonjour@krant": "sent"}
    assert publish(town, newsroom, MARRONNIER_CHANNELS="krant") == {}
    assert publish(town, newsroom, MARRONNIER_OTHER_CHANNELS="krant place") == {"bonjour@journal": "sent"}


def test_without_a_word_about_channels_a_job_sends_to_all(town: Town, newsroom: Path) -> None:
    assert publish(town, newsroom, MARRONNIER_CHANNELS="", MARRONNIER_OTHER_CHANNELS=" ") == {
        "bonjour@journal": "sent",
        "bonjour@krant": "sent",
    }


@pytest.mark.parametrize("variable", ["MARRONNIER_CHANNELS", "MARRONNIER_OTHER_CHANNELS"])
def test_a_name_that_no_channel_has_stops_the_run(town: Town, newsroom: Path, variable: str) -> None:
    env = {**town.surroundings("publisher", NOW), variable: "krant courant"}
    said, status = run_marronnier(["--now", NOW, "publish"], newsroom, env)
    assert (status, f"{variable} names courant, which is no channel" in said) == (3, True)
    assert publish(town, newsroom)["bonjour@krant"] == "sent"


def test_a_renamed_channel_keeps_its_job(town: Town, newsroom: Path) -> None:
    channels = newsroom / "brand/channels.yml"
    channels.write_text(
        channels.read_text()
        .replace("krant: {network: feed, lang: nl}", "courant: {network: feed, lang: nl, was: [krant]}")
        .replace("[journal, krant]", "[journal, courant]")
    )
    post = newsroom / "content/posts/2026/12/bonjour.md"
    post.write_text(post.read_text().replace("krant", "courant"))
    town.git(newsroom, "commit", "-qam", "A new name")
    assert publish(town, newsroom, MARRONNIER_CHANNELS="krant")["bonjour@courant"] == "sent"
