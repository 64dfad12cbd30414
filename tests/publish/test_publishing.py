"""Publishing once, through the command line, on real repositories, to the fake network Square."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installed import install
from marronnier.git import Repo
from marronnier.pages.collect import collect_site_data
from people import Town, write
from publish.newsroom import NOW, SquareNewsroom


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> SquareNewsroom:
    return SquareNewsroom(town, tmp_path / "repository")


def test_sent_once_and_a_second_run_sends_nothing(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", channels="place, journal")
    assert newsroom.publish() == ({"bonjour@place": "sent", "bonjour@journal": "sent"}, 0)
    assert newsroom.publish() == ({}, 0)
    assert newsroom.texts() == ["Bonjour du jardin."]
    assert newsroom.states()["bonjour@place"] == "sent"


def test_what_one_channel_has_heard_still_goes_to_the_others(newsroom: SquareNewsroom) -> None:
    words = "On ouvre le jardin samedi, avec des bêches pour tout le monde."
    newsroom.post("bonjour", channels="place", date="when-approved", words=words)
    newsroom.post("encore", channels="place, journal", date="when-approved", words=words)
    told = newsroom.run("check", now="2026-12-02 08:00").stdout
    assert "error[duplicate-text]" in told
    steps, _status = newsroom.publish()
    assert steps["bonjour@place"] == "sent"
    assert steps["encore@journal"] == "sent"
    assert "encore@place" not in steps or steps["encore@place"] == "held"
    assert newsroom.texts() == [words]
    assert newsroom.states()["encore@place"] == "held"


def test_a_run_that_only_holds_back_what_would_be_said_twice_needs_a_person(newsroom: SquareNewsroom) -> None:
    words = "On ouvre le jardin samedi, avec des bêches pour tout le monde."
    newsroom.post("bonjour", words=words)
    newsroom.publish()
    newsroom.post("encore", words=words, date="2026-12-02 09:10")
    assert newsroom.publish(now="2026-12-02 09:05") == ({}, 0), "its hour has not come"
    for minute in (10, 15):
        done = newsroom.run("publish", now=f"2026-12-02 09:{minute}")
        assert (done.returncode, "give the post back its `id`, or change its text" in done.stdout) == (3, True)
    assert newsroom.texts() == [words]


def test_dry_run_writes_nothing(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour")
    before = newsroom.town.git(newsroom.folder, "rev-parse", "ledger")
    newsroom.post("long", words="Trop long. " * 40)
    before = newsroom.town.git(newsroom.folder, "rev-parse", "ledger")
    rehearsed = json.loads(newsroom.run("publish", "--dry-run", "--format", "json").stdout)
    assert [line["key"] for line in rehearsed["lines"]] == ["bonjour@place"]
    assert list(rehearsed["held"]) == ["long@place"]
    assert "crise" in newsroom.run("publish", "--dry-run", MARRONNIER_FREEZE="crise").stderr
    assert newsroom.town.git(newsroom.folder, "rev-parse", "ledger") == before
    assert newsroom.texts() == []


def test_one_failure_never_stops_the_next(newsroom: SquareNewsroom) -> None:
    for number in range(3):
        newsroom.post(f"post-{number}", date=f"2026-12-02 08:5{number}", words=f"Bonjour {number}.")
    newsroom.square.order("refused")
    acts, status = newsroom.publish()
    assert acts == {"post-0@place": "refused", "post-1@place": "sent", "post-2@place": "sent"}
    assert status == 3
    assert newsroom.states()["post-0@place"] == "refused"


def test_one_channels_failure_never_touches_another(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", channels="place, forum, journal")
    newsroom.square.order("error-before-accept", channel="place")
    acts, _status = newsroom.publish()
    assert acts["bonjour@forum"] == acts["bonjour@journal"] == "sent"
    assert acts["bonjour@place"] == "unknown"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["unknown", "error", "crash"])
def test_t04_an_unknown_is_settled_by_a_lookup(newsroom: SquareNewsroom, what: str, when: str) -> None:
    newsroom.post("bonjour")
    newsroom.square.order(f"{what}-{when}-accept")
    newsroom.run_apart("publish")
    assert len(newsroom.texts()) == (1 if when == "after" else 0)
    for minutes in (15, 30):
        newsroom.publish(now=f"2026-12-02 09:{minutes}")
    assert newsroom.texts() == ["Bonjour du jardin."]
    assert newsroom.states("2026-12-02 09:30")["bonjour@place"] == "sent"


def test_an_unknown_on_a_blind_network_waits_for_a_person(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository", "fakes.blind_square")
    newsroom.post("bonjour")
    newsroom.square.order("unknown-after-accept")
    assert newsroom.publish() == ({"bonjour@place": "unknown"}, 3)
    assert newsroom.publish(now="2026-12-02 09:30")[0] == {}
    assert newsroom.states("2026-12-02 09:30")["bonjour@place"] == "unknown"
    for address in (
        "javascript://127.0.0.1/%0aalert(1)",
        "file://localhost/1",
        f"https://square.test/{'1' * 3000}",
        "https://a.test/\u2066gpj",
    ):
        said = newsroom.run("settle", "bonjour@place", "--was-sent", address, now="2026-12-02 09:40")
        assert said.returncode == 3 and "is not the address of a post" in said.stderr and len(said.stderr) < 800, said.stderr
    settled = newsroom.run("settle", "bonjour@place", "--was-sent", "http://127.0.0.1/square/place/1", now="2026-12-02 09:40")
    assert settled.returncode == 0, settled.stderr
    assert newsroom.states("2026-12-02 09:45")["bonjour@place"] == "sent"
    assert newsroom.publish(now="2026-12-02 09:50") == ({}, 0)
    assert len(newsroom.texts()) == 1


def test_a_person_says_that_it_was_not_sent(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository", "fakes.blind_square")
    newsroom.post("bonjour")
    newsroom.square.order("unknown-before-accept")
    newsroom.publish()
    assert newsroom.run("settle", "bonjour@place", "--send-now").returncode == 3
    assert newsroom.run("settle", "bonjour@place", "--was-not-sent").returncode == 0
    assert newsroom.publish(now="2026-12-02 09:20")[0] == {"bonjour@place": "sent"}
    assert len(newsroom.texts()) == 1


def test_idempotent_network_is_sent_the_same_again(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository", "fakes.keyed_square")
    newsroom.post("bonjour")
    newsroom.square.order("crash-after-accept")
    newsroom.run_apart("publish")
    assert newsroom.publish(now="2026-12-02 09:20")[0] == {"bonjour@place": "sent"}
    assert len(newsroom.texts()) == 1


def test_t08_a_thread_resumes_at_its_first_missing_part(newsroom: SquareNewsroom) -> None:
    newsroom.post("fil", words="Un.\n\n---\n\nDeux.\n\n---\n\nTrois.")
    newsroom.square.order("wait", part=1)
    assert newsroom.publish()[0] == {"fil@place": "waiting"}
    assert newsroom.texts() == ["Un."]
    assert newsroom.publish(now="2026-12-02 09:20")[0] == {"fil@place": "sent"}
    assert newsroom.texts() == ["Un.", "Deux.", "Trois."]
    assert [message.reply_to for message in newsroom.square.received()] == [None, "place-1", "place-2"]


def test_t08_a_thread_killed_in_the_middle(newsroom: SquareNewsroom) -> None:
    newsroom.post("fil", words="Un.\n\n---\n\nDeux.\n\n---\n\nTrois.")
    newsroom.square.order("crash-after-accept", part=1)
    newsroom.run_apart("publish")
    for minutes in (15, 30):
        newsroom.publish(now=f"2026-12-02 09:{minutes}")
    assert newsroom.texts() == ["Un.", "Deux.", "Trois."]


def test_wait_is_obeyed(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", more="grace: 8h\n")
    newsroom.square.order("wait", until=datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
    assert newsroom.publish()[0] == {"bonjour@place": "waiting"}
    assert newsroom.publish(now="2026-12-02 09:30")[0] == {}
    assert newsroom.publish(now="2026-12-02 10:01")[0] == {"bonjour@place": "sent"}


def test_locked_stops_the_channel_only(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", channels="place, forum")
    newsroom.square.order("locked", channel="place")
    acts, status = newsroom.publish()
    assert acts == {"bonjour@place": "held", "bonjour@forum": "sent"}
    assert status == 3
    assert newsroom.publish(now="2026-12-02 09:10")[0] == {"bonjour@place": "sent"}


def test_t14_a_freeze_stops_everything_and_its_end_sends_no_burst(newsroom: SquareNewsroom) -> None:
    for number in range(3):
        newsroom.post(f"post-{number}", words=f"Bonjour {number}.")
    write(newsroom.folder, {"calendar/freeze.yml": "why: Accident dans le quartier\n"})
    newsroom.commit("Freeze")
    newsroom.run("publish")
    assert newsroom.texts() == []
    (newsroom.folder / "calendar/freeze.yml").unlink()
    newsroom.commit("Thaw")
    newsroom.run("publish", now="2026-12-02 18:00")
    assert newsroom.texts() == []
    assert set(newsroom.states("2026-12-02 18:00").values()) == {"missed"}


def test_t14_the_repository_variable_freezes(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour")
    done = newsroom.run("publish", MARRONNIER_FREEZE="crise")
    assert done.returncode == 3
    assert "crise" in done.stderr
    assert newsroom.texts() == []


def test_brakes_stop_a_burst_and_a_person_releases_them(newsroom: SquareNewsroom) -> None:
    write(newsroom.folder, {"brand/brand.yml": (newsroom.folder / "brand/brand.yml").read_text() + "brakes: {at_once: 2}\n"})
    for number in range(3):
        newsroom.post(f"post-{number}", words=f"Bonjour {number}.")
    done = newsroom.run("publish")
    assert done.returncode == 3
    assert "--release-brakes" in done.stderr
    assert newsroom.texts() == []
    newsroom.run("publish", "--release-brakes")
    assert len(newsroom.texts()) == 3


def test_a_missed_post_asks_and_a_person_decides(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", date="2026-12-01 10:00")
    assert newsroom.states("2026-12-01 09:30")["bonjour@place"] == "ready"
    newsroom.publish(now="2026-12-01 09:30")
    newsroom.run("publish", now="2026-12-01 13:00")
    assert newsroom.states("2026-12-01 13:00")["bonjour@place"] == "missed"
    assert newsroom.texts() == []
    assert newsroom.run("settle", "bonjour@place", "--send-now", now="2026-12-01 13:05").returncode == 0
    assert newsroom.publish(now="2026-12-01 13:10")[0] == {"bonjour@place": "sent"}


def test_send_until_sends_late(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", date="2026-12-01 10:00", more="on_missed: send-until 8h\n")
    newsroom.publish(now="2026-12-01 09:30")
    assert newsroom.publish(now="2026-12-01 17:00")[0] == {"bonjour@place": "sent"}


def test_a18_words_in_the_working_directory_are_never_sent(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour")
    path = newsroom.folder / "content/posts/2026/12/bonjour.md"
    path.write_text(path.read_text().replace("Bonjour", "Adieu"))
    newsroom.publish()
    assert newsroom.texts() == ["Bonjour du jardin."]


def test_a_clock_that_is_not_committed_sends_nothing(newsroom: SquareNewsroom) -> None:
    newsroom.post("demain", date="2090-12-02 10:00")
    path = newsroom.folder / "brand/brand.yml"
    path.write_text(path.read_text() + "clock: 2090-12-02 10:00\n")
    env = newsroom.env(NOW)
    del env["NOW"]
    done = subprocess.run(["marronnier", "publish"], cwd=newsroom.folder, env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert newsroom.texts() == []


def test_under_a_clock_nothing_leaves_this_machine(newsroom: SquareNewsroom, tmp_path: Path) -> None:
    install(
        tmp_path / "networks",
        "faraway",
        ("faraway.place",),
        {
            "faraway/__init__.py": "",
            "faraway/place.py": "from fakes.square import *\nfrom fakes.square import compose, send\ndef host(channel): return 'faraway.example.org'\n",
        },
    )
    text = (newsroom.folder / "brand/brand.yml").read_text()
    write(
        newsroom.folder,
        {"brand/brand.yml": text + "clock: 2026-12-02 09:00\n", "brand/channels.yml": "channels:\n  place: {network: faraway.place}\n"},
    )
    newsroom.post("bonjour")
    env = newsroom.env(NOW)
    env["PYTHONPATH"] += f":{tmp_path / 'networks'}"
    done = subprocess.run(["marronnier", "publish"], cwd=newsroom.folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "faraway.example.org" in done.stdout
    head = newsroom.town.git(newsroom.folder, "rev-parse", "ledger")
    subprocess.run(["marronnier", "publish"], cwd=newsroom.folder, env=env, capture_output=True, text=True, check=False)
    assert newsroom.town.git(newsroom.folder, "rev-parse", "ledger") == head, "the same reason is noted once"
    assert newsroom.texts() == []


def test_a_network_nobody_knows_is_held_and_stops_nothing(newsroom: SquareNewsroom) -> None:
    write(newsroom.folder, {"brand/channels.yml": "channels:\n  place: {network: fakes.square}\n  miroir: {network: miroir}\n"})
    newsroom.post("bonjour", channels="place, miroir")
    newsroom.publish()
    assert newsroom.texts() == ["Bonjour du jardin."]
    assert newsroom.states()["bonjour@miroir"] == "held"


def test_an_error_of_a_rule_is_never_sent(newsroom: SquareNewsroom) -> None:
    newsroom.post("long", words="Trop long. " * 40)
    acts, status = newsroom.publish()
    assert (acts, status) == ({"long@place": "held"}, 3)
    assert newsroom.texts() == []


def test_what_an_error_will_hold_needs_somebody_before_its_hour(newsroom: SquareNewsroom) -> None:
    newsroom.post("long", date="2026-12-05 10:00", words="Trop long. " * 40)
    newsroom.post("bonjour", date="2026-12-05 11:00")
    for verb in ("plan", "status"):
        (line,) = (line for line in json.loads(newsroom.run(verb, "--format", "json").stdout)["lines"] if line["key"] == "long@place")
        assert (line["state"], line["shown"]) == ("held", "needs you"), line
        assert "content/posts/2026/12/long.md:" in line["why"] and "error[over-length]" in line["why"], line
        assert line["next"].startswith("correct that and commit it"), line
    assert newsroom.states()["bonjour@place"] == "ready"
    acts, _status = newsroom.publish()
    assert acts == {"long@place": "held", "bonjour@place": "sealed"}
    newsroom.post("long", date="2026-12-05 10:00", words="Plus court.")
    assert newsroom.states()["long@place"] == "ready", "what the plan says to do leads out"
    assert newsroom.publish()[0] == {"long@place": "sealed"}


def test_the_internal_site_shows_what_an_error_will_hold(newsroom: SquareNewsroom) -> None:
    newsroom.post("long", date="2026-12-05 10:00", words="Trop long. " * 40)
    data = collect_site_data(Repo(newsroom.folder), datetime(2026, 12, 2, 8, tzinfo=UTC), internal=True)("fr")
    (line,) = data.plan.lines
    assert (line.state, line.shown_state) == ("held", "needs you")
    assert "error[over-length]" in line.why and line.next.startswith("corrigez")


def test_an_error_written_after_the_seal_is_held_like_any_other(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", date="2026-12-02 09:30")
    assert newsroom.publish()[0] == {"bonjour@place": "sealed"}
    newsroom.post("bonjour", date="2026-12-02 09:20", words="Trop long. " * 40)
    assert newsroom.states()["bonjour@place"] == "held"
    for now in ("2026-12-02 09:05", "2026-12-02 09:25", "2026-12-02 09:35"):
        assert newsroom.publish(now=now) == ({"bonjour@place": "held"}, 3)
    assert newsroom.texts() == []


def test_settings_that_cannot_be_read_are_told_before_anything_is_due(newsroom: SquareNewsroom) -> None:
    newsroom.post("bonjour", date="2026-12-05 10:00")
    write(newsroom.folder, {"calendar/slots.yml": "slots: 3\n"})
    newsroom.commit("Break the slots")
    told = json.loads(newsroom.run("status", "--format", "json").stdout)["warnings"]
    assert any("calendar/slots.yml:1" in warning and "nothing goes out" in warning for warning in told), told


@pytest.mark.parametrize("runners", [2, 4])
def test_t02_runners_racing_on_a_bare_remote(town: Town, tmp_path: Path, runners: int) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository")
    for number in range(3):
        newsroom.post(f"post-{number}", channels="place, journal", words=f"Bonjour {number}.")
    bare = tmp_path / "origin.git"
    town.git(tmp_path, "clone", "-q", "--bare", str(newsroom.folder), str(bare))
    clones = []
    for number in range(runners):
        clone = tmp_path / f"runner-{number}"
        town.git(tmp_path, "clone", "-q", str(bare), str(clone))
        clones.append(clone)
    running = [
        subprocess.Popen(
            ["marronnier", "publish"], cwd=clone, env=newsroom.env(NOW), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for clone in clones
    ]
    said = [process.communicate(timeout=600)[0] for process in running]
    assert not any("Traceback" in text for text in said), said
    assert sorted(newsroom.texts()) == [f"Bonjour {number}." for number in range(3)], said
    shutil.rmtree(clones[0])
    town.git(tmp_path, "clone", "-q", str(bare), str(clones[0]))
    done = newsroom.run("publish", folder=clones[0])
    assert done.returncode == 0, done.stderr
    assert len(newsroom.texts()) == 3
    verified = newsroom.run("ledger", "verify", folder=clones[0])
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_what_a_run_holds_back_is_printed_with_its_next_step(newsroom: SquareNewsroom) -> None:
    """Also where the same run has sealed it, or has just learned it from the network."""
    words = "On ouvre le jardin samedi, avec des bêches pour tout le monde."
    newsroom.post("bonjour", words=words, date="when-approved")
    newsroom.publish()
    newsroom.post("encore", words=words, date="when-approved")
    said = newsroom.run("publish").stdout
    (next,) = (
        line["next"] for line in json.loads(newsroom.run("plan", "--format", "json").stdout)["lines"] if line["key"] == "encore@place"
    )
    assert next and f"  → {next}\n" in said, said
    newsroom.post("refus", words="Non merci.")
    newsroom.square.order("refused")
    said = newsroom.run("publish").stdout
    assert said.splitlines()[[line.startswith("✗ refus@place") for line in said.splitlines()].index(True) + 1].startswith(
        "  → change the post"
    ), said
    done = newsroom.run("publish", "--format", "json")
    assert json.loads(done.stdout)["steps"] == []
