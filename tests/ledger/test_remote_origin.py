"""A ledger at a remote origin: git over HTTP with a password, and over SSH with a key."""

from __future__ import annotations

import multiprocessing
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, init_ledger, sealed, sent
from marronnier import ledger
from marronnier.git import Repo
from marronnier.ledger import store
from marronnier.messages import Trouble
from marronnier.model.brand import Brand, LedgerIdentity
from people import Town
from servers.origin import Forge, over_http, over_ssh

KEY = "bonjour@journal"


@dataclass
class Origin:
    """A remote repository and its clones. The first clone creates the ledger."""

    url: str
    folder: Path
    made: list[LedgerRepo] = field(default_factory=list)

    def clone(self, name: str) -> LedgerRepo:
        """A clone as a runner makes it."""
        path = self.folder / name
        subprocess.run(["git", "clone", "-q", self.url, str(path)], check=True)
        if self.made:
            return LedgerRepo(path, Repo(path), self.made[0].brand)
        self.made.append(init_ledger(path, unsigned=False))
        return self.made[0]


@pytest.fixture
def bare(town: Town, tmp_path: Path, publisher: Path) -> Path:
    path = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(town.found(tmp_path / "source")), str(path)], check=True)
    return path


@pytest.fixture
def forge(bare: Path) -> Iterator[Forge]:
    with over_http(bare) as served:
        yield served


@pytest.fixture(params=["http", "ssh"])
def origin(request: pytest.FixtureRequest, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Origin]:
    if request.param == "http":
        with over_http(bare) as forge:
            yield Origin(forge.url(), tmp_path)
    else:
        with over_ssh(bare, tmp_path) as shell:
            monkeypatch.setenv("GIT_SSH_COMMAND", shell.command)
            yield Origin(shell.url, tmp_path)


def race(path: Path, first: str, key: str) -> None:
    """One run in a process of its own."""
    brand = Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=False))
    ledger.open(Repo(path), brand).append(lambda newest: [] if newest.history(key).events else [sealed(key), sealed("commun@journal")], NOW)


def test_what_one_records_the_other_reads(origin: Origin) -> None:
    one, two = origin.clone("one"), origin.clone("two")
    one.record(sealed(KEY))
    two.record(sent(KEY))
    assert [event.name for event in one.open().history(KEY).events] == ["sealed", "sent"]
    assert one.verify() == two.verify() == []


def test_t02_runs_racing_across_a_network(origin: Origin) -> None:
    places = [origin.clone(f"runner-{number}") for number in range(3)]
    # Not forked: a child would hold the open ends of the server's connections.
    spawn = multiprocessing.get_context("spawn")
    running = [
        spawn.Process(target=race, args=(place.path, place.brand.ledger.first, f"post-{number}@journal"))
        for number, place in enumerate(places)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0, 0, 0]
    assert len(places[0].open().history("commun@journal").events) == 3
    assert places[0].verify() == []


def test_an_archive_goes_over_in_one_push(origin: Origin) -> None:
    # More than git sends in one piece over HTTP (http.postBuffer, 1 MiB).
    one = origin.clone("one")
    one.record(*(sealed(f"post-{number}@journal", f"{number} " * 800) for number in range(1200)))
    assert len(origin.clone("two").open().histories) == 1200


def test_t12_an_answer_lost_on_the_way_is_one_record(forge: Forge, tmp_path: Path) -> None:
    one = Origin(forge.url(), tmp_path).clone("one")
    read, before = one.open(), len(forge.pushes)
    forge.lost_answers = 1
    newest = read.append(lambda _newest: [sealed(KEY)], NOW)
    assert len(newest.history(KEY).events) == 1
    assert forge.pushes[before:] == ["lost"], "what had arrived is not sent again"
    assert one.verify() == []


def test_t12_an_origin_that_is_away_for_a_moment_is_asked_again(forge: Forge, tmp_path: Path) -> None:
    one = Origin(forge.url(), tmp_path).clone("one")
    read, before = one.open(), len(forge.pushes)
    forge.unavailable = 2
    newest = read.append(lambda _newest: [sealed(KEY)], NOW)
    assert len(newest.history(KEY).events) == 1
    assert forge.pushes[before:] == ["unavailable", "unavailable", "answered"]


def test_n08_a_wrong_password_is_a_sentence_without_it(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Origin(forge.url(), tmp_path).clone("one")
    monkeypatch.setattr(store, "ORIGIN_CHECKS", 1)
    read = one.open()
    one.git("remote", "set-url", "origin", forge.url("hunter2"))
    with pytest.raises(Trouble) as caught:
        read.append(lambda _newest: [sealed(KEY)], NOW)
    told = f"{caught.value.message} {caught.value.next}"
    assert "origin" in told
    assert "hunter2" not in told
    assert "hunter2" not in "".join(one.open().warnings)
