"""The command `marronnier ledger`: its output and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, sealed, sent
from marronnier import ledger
from marronnier.git import Repo
from marronnier.model.brand import Brand, LedgerIdentity
from people import Town, write
from teamwork import PATH, POST


def marronnier(town: Town, path: Path, *arguments: str, who: str = "publisher", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as that person, on the day of the tests."""
    surroundings = town.surroundings(who, "2026-12-02 10:00") | env
    return subprocess.run(
        [sys.executable, "-m", "marronnier", "--now", "2026-12-02 10:00", *arguments],
        cwd=path, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def brand_folder(town: Town, tmp_path: Path) -> Path:
    """A brand whose ledger was created by the command."""
    path = town.found(tmp_path / "begun")
    done = marronnier(town, path, "ledger", "init")
    assert (done.returncode, done.stderr) == (0, "")
    return path


def brand_at(path: Path) -> Brand:
    """The brand with the ledger that the command named."""
    first = (path / "brand/brand.yml").read_text().split("first: ")[1].split()[0]
    return Brand(name="Test", ledger=LedgerIdentity(first=first))


def test_a_ledger_s_life(town: Town, brand_folder: Path, publisher: Path) -> None:
    write(brand_folder, {PATH: POST})
    town.git(brand_folder, "add", "-A")
    town.git(brand_folder, "commit", "-qm", "Write")
    empty = marronnier(town, brand_folder, "ledger", "log", "portes@journal")
    assert (empty.returncode, empty.stdout) == (0, "Nothing has happened to portes@journal yet.\n")
    ledger.open(Repo(brand_folder), brand_at(brand_folder)).append(lambda _newest: [sealed("portes@journal"), sent("portes@journal")], NOW)
    told = marronnier(town, brand_folder, "ledger", "log", "portes@journal", who="ines")
    assert told.stdout == (
        "2026-12-02 10:00  sealed     Sealed: text and time are fixed; it goes out on 2026-12-02 10:00. By ines.\n"
        "2026-12-02 10:00  sent       Part 1: sent. /posts/portes@journal/\n"
    )
    listed = json.loads(marronnier(town, brand_folder, "ledger", "log", "portes@journal", "--format", "json").stdout)
    assert [event["event"] for event in listed["events"]] == ["sealed", "sent"]
    assert listed["events"][1]["data"]["url"] == "/posts/portes@journal/"
    sound = marronnier(town, brand_folder, "ledger", "verify", who="ines")
    assert (sound.returncode, sound.stdout) == (0, "The ledger is intact, and the publisher signed every commit.\n")
    assert json.loads(marronnier(town, brand_folder, "ledger", "verify", "--format", "json").stdout) == {"sound": True, "damages": []}


def test_a_repeat_without_its_day_shows_each_day(town: Town, brand_folder: Path, publisher: Path) -> None:
    keys = ["portes@journal~2026-12-12", "portes@journal~2026-12-05", "porte@journal~2026-12-05"]
    opened = ledger.open(Repo(brand_folder), brand_at(brand_folder))
    opened.append(lambda _newest: [draft for key in keys for draft in (sealed(key), sent(key))], NOW)
    told = marronnier(town, brand_folder, "ledger", "log", "portes@journal", who="ines")
    assert told.returncode == 0
    assert told.stdout == "".join(
        f"portes@journal~2026-12-{day}\n"
        "2026-12-02 10:00  sealed     Sealed: text and time are fixed; it goes out on 2026-12-02 10:00. By ines.\n"
        f"2026-12-02 10:00  sent       Part 1: sent. /posts/portes@journal~2026-12-{day}/\n"
        for day in ("05", "12")
    )
    listed = json.loads(marronnier(town, brand_folder, "ledger", "log", "portes@journal", "--format", "json").stdout)
    assert [(event["key"], event["event"]) for event in listed["events"]] == [
        (key, event) for key in sorted(keys[:2]) for event in ("sealed", "sent")
    ]


def test_a_repeat_of_which_nothing_happened_yet_is_known(town: Town, brand_folder: Path) -> None:
    write(brand_folder, {PATH: POST.replace("channels:", "repeat: FREQ=DAILY;COUNT=2\nchannels:")})
    town.git(brand_folder, "add", "-A")
    town.git(brand_folder, "commit", "-qm", "Write")
    for key in ("portes@journal", "portes@journal~2026-12-06"):
        told = marronnier(town, brand_folder, "ledger", "log", key)
        assert (told.returncode, told.stdout) == (0, f"Nothing has happened to {key} yet.\n")


@pytest.mark.parametrize("key", ["portes@journal", "portes@journal~2026-12-05"])
def test_an_unknown_publication_is_told_as_one(town: Town, brand_folder: Path, key: str) -> None:
    told = marronnier(town, brand_folder, "ledger", "log", key)
    assert (told.returncode, told.stdout) == (2, "")
    assert f"There is no publication {key} in the plan" in told.stderr
    assert "marronnier plan --all --format json" in told.stderr
    assert marronnier(town, brand_folder, "ledger", "log", key, "--format", "json").returncode == 2


def test_damage_ends_with_three_and_says_where(town: Town, brand_folder: Path) -> None:
    town.git(brand_folder, "update-ref", "-d", "refs/heads/ledger")
    done = marronnier(town, brand_folder, "ledger", "verify")
    assert done.returncode == 3
    assert done.stdout.startswith("ledger: gone: brand/brand.yml names a ledger")
    assert "nothing goes out until it is repaired" in done.stdout
    listed = marronnier(town, brand_folder, "ledger", "verify", "--format", "json")
    assert listed.returncode == 3
    assert json.loads(listed.stdout)["damages"][0]["kind"] == "gone"
    log = marronnier(town, brand_folder, "ledger", "log", "portes@journal")
    assert log.returncode == 3
    assert "Traceback" not in log.stderr
    assert "is not there" in log.stderr


def test_twice_is_a_sentence(town: Town, brand_folder: Path) -> None:
    done = marronnier(town, brand_folder, "ledger", "init")
    assert done.returncode == 3
    assert "already has a ledger" in done.stderr


def test_without_a_key_it_is_unsigned_and_says_so(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "local")
    done = marronnier(town, path, "ledger", "init", who="ines")
    assert done.returncode == 0
    assert "It is not signed" in done.stderr
    assert "It is not signed" in marronnier(town, path, "ledger", "verify", who="ines").stdout
    assert "not signed" in marronnier(town, path, "ledger", "log", "a@b", who="ines").stderr


def test_what_is_no_publication_is_usage(town: Town, brand_folder: Path) -> None:
    done = marronnier(town, brand_folder, "ledger", "log", "portes")
    assert done.returncode == 2
    assert "portes is not a publication" in done.stderr


def test_no_ledger_yet_says_what_to_do(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "none")
    for arguments in (("log", "a@b"), ("verify",)):
        done = marronnier(town, path, "ledger", *arguments)
        assert (done.returncode, done.stdout) == (0, "This brand has no ledger yet. Run `marronnier ledger init`.\n")
