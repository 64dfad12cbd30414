"""A brand that was published from one machine gets a shared origin and signs its ledger: nothing changes its state, and nothing goes out twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fakes.square import Server
from people import BRAND, Town, write
from publish.newsroom import read_json
from stories.telling import run_marronnier

NOW = "2026-12-05 10:00"
LATER = "2026-12-05 10:20"
BEFORE = {
    "sent": ("2026-12-05 09:55", "place", "On ouvre le jardin."),
    "thread": ("2026-12-05 09:56", "place", "Un pommier.\n\n---\n\nUn poirier.\n\n---\n\nUn prunier."),
    "debt": ("2026-12-05 09:57", "blind", "Est-ce parti ?"),
    "ready": ("2026-12-07 10:00", "place", "Lundi on sème."),
    "held": ("2026-12-07 11:00", "place", "Lundi on attend."),
    "approved": ("2027-03-07 11:00", "place", "En mars on plante."),
    "draft": ("2026-12-09 11:00", "place", "Personne ne l'a approuvé."),
}
STATES = {
    "sent": "sent",
    "thread": "refused",
    "debt": "unknown",
    "ready": "ready",
    "held": "held",
    "approved": "ready",
    "draft": "held",
}


class Machine:
    """One machine that published alone, with a square that it speaks on."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.folder, self.square = town, folder / "brand", Server(folder / "square")
        town.found(
            self.folder,
            {"brand/channels.yml": BRAND["brand/channels.yml"].replace("groups:", "  blind: {network: fakes.blind_square}\ngroups:")},
        )
        self.does("ledger", "init", "--unsigned", who="ines", now="2026-11-02 09:00")
        self.commit("Begin the ledger")

    def does(self, *arguments: str, who: str = "publisher", now: str = NOW, well: bool = True) -> str:
        env = {**self.town.surroundings(who, now), "SQUARE_STATE": str(self.square.folder)}
        said, status = run_marronnier(["--now", now, *arguments], self.folder, env)
        assert "Traceback" not in said and "marronnier-fault" not in said, said
        assert status == 0 or not well, said
        return said

    def commit(self, message: str, now: str = "2026-12-01 09:00") -> None:
        self.town.git(self.folder, "add", "-A", now=now)
        self.town.git(self.folder, "commit", "-qm", message, now=now)

    def git(self, *arguments: str) -> str:
        return self.town.git(self.folder, *arguments, now=NOW)

    def states(self, now: str) -> Mapping[str, tuple[str, str, str]]:
        rows = read_json(self.does("plan", "--all", "--format", "json", now=now))
        return {row["key"]: (row["state"], row["why"], row["at"]) for row in rows["lines"]}

    def share(self, bare: Path) -> None:
        """A new origin on another machine, to which the default branch is pushed."""
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
        shell = bare.parent / "ssh"
        shell.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
        shell.chmod(0o755)
        self.git("config", "core.sshCommand", str(shell))
        self.git("config", "ssh.variant", "simple")
        self.git("remote", "add", "origin", f"there:{bare}")
        self.git("push", "-q", "-u", "origin", "main")


@pytest.fixture
def machine(town: Town, tmp_path: Path) -> Machine:
    made = Machine(town, tmp_path)
    for name, (date, channel, words) in BEFORE.items():
        write(made.folder, {f"content/posts/{name}.md": f"---\nid: {name}\ndate: {date}\nchannels: [{channel}]\n---\n{words}\n"})
    made.commit("Write")
    made.does("approve", "--yes", *(name for name in BEFORE if name not in ("draft", "approved")), who="karim", now="2026-12-01 10:00")
    made.does("publish", now="2026-12-01 11:00")
    made.square.order("unknown-before-accept", channel="blind")
    made.square.order("refused", channel="place", part=1)
    made.does("publish", now=NOW, well=False)
    made.does("approve", "--yes", "approved", who="karim", now=NOW)
    hold(made, "held@place")
    return made


def hold(machine: Machine, key: str) -> None:
    """As `/hold` in a comment does."""
    code = (
        "from datetime import datetime\nfrom pathlib import Path\nfrom zoneinfo import ZoneInfo\n"
        "from marronnier import desk, ledger\nfrom marronnier.files import WorkTree\nfrom marronnier.git import Repo\n"
        "brand = desk.load(WorkTree(Path('.'))).brand\n"
        f"words = ledger.open(Repo(Path('.')), brand).history({key!r}).seal.words\n"
        f"draft = ledger.EventDraft({key!r}, 'held', {{'words': words, 'who': 'karim'}})\n"
        "ledger.open(Repo(Path('.')), brand).append(lambda _: [draft], datetime(2026, 12, 5, 10, 1, tzinfo=ZoneInfo('Europe/Brussels')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=machine.folder,
        env=machine.town.surroundings("publisher", NOW),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_ledger_that_is_signed_forgets_nothing_and_sends_nothing_again(machine: Machine, tmp_path: Path) -> None:
    before, out = machine.states(LATER), [message.wire["status"] for message in machine.square.received()]
    assert {key.partition("@")[0]: state for key, (state, _why, _at) in before.items()} == STATES
    assert out == ["On ouvre le jardin.", "Un pommier."]
    machine.share(tmp_path / "origin.git")
    told = machine.does("publish", now=LATER, well=False)
    assert "ledger init" in told
    assert "carries on the records of 5 publications" in machine.does("ledger", "init", now=LATER)
    machine.commit("Sign the ledger", now=LATER)
    machine.git("push", "-q")
    assert machine.states(LATER) == before
    machine.does("publish", now=LATER, well=False)
    assert [message.wire["status"] for message in machine.square.received()] == out
    assert "publisher signed every commit" in machine.does("ledger", "verify", now=LATER)
    # What is sealed goes out on its day, once; what was approved and not yet sealed is sealed by the approval it has.
    machine.does("publish", now="2026-12-07 10:01", well=False)
    machine.does("publish", now="2027-03-07 11:00", well=False)
    assert [message.wire["status"] for message in machine.square.received()] == [*out, "Lundi on sème.", "En mars on plante."]
