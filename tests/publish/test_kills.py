"""Runners that are killed at any moment, leave their locks behind and have clocks a minute apart, before servers that lose answers,
act late, and omit posts from their lists: every post goes out, and once. A person is asked only where nobody else can tell."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fakes.late_square import LATENESS
from people import Town, write
from publish.living import APPROVALS, Brand, Said, founded, post

PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
POSTS, RUNNERS, MOST_ROUNDS = (334, 8, 400) if PROOF else (4, 3, 14)
CHANNELS = ("place", "keyed", "late")
"""One that can be asked, one that knows keys, and one that acts after it cut the line; there every third post is for followers, whom its list omits."""
LOST = ("unknown-before-accept", "unknown-after-accept", "error-after-accept")
LONGEST_LIFE = 40.0 if PROOF else 2.0
"""Seconds within which a run is killed."""
LOCKS = ("refs/remotes/origin/ledger", "refs/remotes/origin/main", "refs/heads/ledger", "refs/marronnier/seen", "packed-refs")


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    made = Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")
    brand_file = made.desk / "brand/brand.yml"
    text = brand_file.read_text(encoding="utf-8").replace("grace: 4h\n", "grace: 900h\nbrakes: {at_once: 5000}\n")
    files = {"brand/brand.yml": text, "brand/approvals.yml": APPROVALS.format(quorum=0, moves="same-day")}
    write(made.desk, files)
    made.commit("ines", "Merging is approving")
    channels = made.desk / "brand/channels.yml"
    late = "  late: {network: fakes.late_square, account: square.test/tard, lang: fr}\n"
    write(made.desk, {"brand/channels.yml": channels.read_text(encoding="utf-8") + late})
    made.commit("ines", "A channel whose server acts late")
    made.git("push", "-q", "origin", "main")
    said, status = made.does("policy", "reset", "--yes")
    assert status == 0, said
    for number in range(POSTS):
        said = Said(f"Bonjour du jardin numéro {number}.", "date: 2026-12-01 09:00", CHANNELS)
        text = post(f"post-{number}", said, named=True)
        if number % 3 == 0:
            text = text.replace("---\nBonjour", "for: {late: {visibility: followers}}\n---\nBonjour")
        write(made.desk, {f"content/posts/2026/12/post-{number}.md": text})
    made.commit("ines", "Write")
    made.git("push", "-q", "origin", "main")
    made.now += timedelta(hours=2)
    for number in range(RUNNERS):
        made.git("clone", "-q", str(made.origin), str(made.folder / f"runner-{number}"), folder=made.folder)
    return made


def start(brand: Brand, number: int, apart: int) -> subprocess.Popen[str]:
    """One run in a clone of its own, on a clock that many minutes apart."""
    hour = f"{brand.now + timedelta(minutes=apart):%Y-%m-%d %H:%M}"
    return subprocess.Popen(
        ["marronnier", "--now", hour, "publish"], cwd=brand.folder / f"runner-{number}", env={**brand.env("publisher"), "NOW": ""},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def kill(runs: list[subprocess.Popen[str]], chance: random.Random, share: float) -> int:
    """Kill a share of the runs, with their gits, each at a moment of its life while the others go on; wait for those that are spared."""
    began, killed = time.monotonic(), 0
    for second, run in sorted(
        ((chance.uniform(0.0, LONGEST_LIFE), run) for run in runs if chance.random() < share), key=lambda one: one[0]
    ):
        time.sleep(max(0.0, began + second - time.monotonic()))
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            killed += 1
    for run in runs:
        said = run.communicate(timeout=600)[0]
        # Of a run that was killed, what its workers say means nothing.
        assert run.returncode < 0 or "Traceback" not in said, said
        assert "was set back" not in said and "--force" not in said, said
    return killed


def leave_locks(brand: Brand, chance: random.Random) -> None:
    """Locks of gits that were killed, where gits of these runs could have left them."""
    for number in range(RUNNERS):
        lock = brand.folder / f"runner-{number}" / ".git" / f"{chance.choice(LOCKS)}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()


def lose_answers(brand: Brand, chance: random.Random) -> None:
    """Some of the next answers are lost, before or after the server acted, and some of its acts come late."""
    for _time in range(RUNNERS):
        channel = chance.choice(CHANNELS)
        if channel == "late" and chance.random() < 0.7:
            brand.square.order("late", channel="late", seconds=chance.uniform(0.0, LATENESS))
        else:
            brand.square.order(chance.choice(LOST), channel=channel)


def look(brand: Brand) -> int:
    """A person does what status says about posts for followers that may have been sent, and about no others; how many there were."""
    time.sleep(LATENESS)
    brand.square.keep_promises()
    there = {message.key: message.url for message in brand.messages()}
    folder = brand.folder / "runner-0"
    if (folder / ".git/index.lock").exists():
        (folder / ".git/index.lock").unlink()
    asked = 0
    for key, lines in brand.ledger().items():
        if lines[-1]["event"] == "unknown" and "leave out messages for followers" in lines[-1]["data"]["why"]:
            assert key.endswith("@late") and int(key.partition("@")[0].removeprefix("post-")) % 3 == 0, lines
            brand.git("fetch", "-q", "origin", folder=folder, well=False)
            said, status = brand.does("settle", key, *(("--was-sent", there[key]) if key in there else ("--was-not-sent",)), folder=folder)
            assert status == 0 or "lock" in said, said
            asked += 1
    return asked


def unsent(brand: Brand) -> list[str]:
    ledger = brand.ledger()
    keys = [f"post-{number}@{channel}" for number in range(POSTS) for channel in CHANNELS]
    return [key for key in keys if not any(line["event"] == "sent" for line in ledger.get(key, ()))]


def test_t01_t02_t04_t06_runners_killed_with_locks_clocks_apart_and_late_answers(brand: Brand) -> None:
    chance = random.Random(20261201)
    killed, asked, began = 0, 0, datetime.now()
    # The first message there is for followers: whoever runs, a person is asked about it.
    brand.square.order("late", channel="late", seconds=LATENESS / 2)
    for number in range(MOST_ROUNDS):
        leave_locks(brand, chance)
        if number < MOST_ROUNDS - 6:
            lose_answers(brand, chance)
        runs = [start(brand, runner, chance.choice((-1, 0, 1))) for runner in range(RUNNERS)]
        spared = number >= MOST_ROUNDS - 4
        killed += kill(runs, chance, 0.0 if spared else 1.0 if PROOF and number % 4 else 0.6)
        brand.now += timedelta(minutes=16)
        # A lock on origin itself is told, with its path, to whoever looks after origin: here that is us.
        for lock in (*brand.origin.glob("*.lock"), *brand.origin.glob("refs/**/*.lock")):
            lock.unlink()
        asked += look(brand)
        if killed and not unsent(brand):
            break
    told = f"{number + 1} rounds, {killed} kills, {asked} questions to a person, {datetime.now() - began}"
    print(told)
    assert unsent(brand) == [], told
    brand.square.keep_promises()
    out = Counter((message.key, message.number) for message in brand.messages())
    assert {key for key, times in out.items() if times > 1} == set()
    assert len(out) == len(CHANNELS) * POSTS
    open_questions = [key for key, lines in brand.ledger().items() if lines[-1]["event"] in ("sending", "unknown")]
    assert open_questions == [] and asked > 0
    said, status = brand.does("ledger", "verify", folder=brand.folder / "runner-0")
    assert status == 0, said
