"""Checkpoints: a rewind of any length is found by a fresh clone before it sends, and pruning keeps that so."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, sealed, sent
from marronnier import ledger
from marronnier.messages import Trouble
from people import Town

KEY = "portes-ouvertes@place"


def sending(key: str = KEY) -> ledger.EventDraft:
    return ledger.EventDraft(key, "sending", {"part": 0, "payload": "p", "run": "r"})


def tags(place: LedgerRepo) -> list[str]:
    listed = place.git("ls-remote", "origin", "refs/tags/ledger-checkpoint/*").splitlines()
    return [line.partition("refs/tags/ledger-checkpoint/")[2] for line in listed]


def rewind(place: LedgerRepo, to: str) -> None:
    place.git("push", "-q", "--force", "origin", f"{to}:refs/heads/ledger")


def test_a_rewind_within_a_day_is_found_by_a_fresh_clone_before_it_sends(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    before = one.record(sealed(KEY))
    ledger.tag_daily_checkpoint(one.repo, before.head, NOW)
    one.record(sending())
    one.record(sent(KEY))
    rewind(one, before.head)
    fresh = shared("fresh")
    with pytest.raises(ledger.Damaged, match="was set back"):
        fresh.open()
    assert fresh.verify() == ["rewound"]


def test_the_advice_of_a_fresh_clone_brings_back_what_was_about_to_be_sent(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    before = one.record(sealed(KEY))
    newest = one.record(sending())
    rewind(one, before.head)
    fresh = shared("fresh")
    fresh.git("tag", "-d", *fresh.git("tag", "--list", "ledger-checkpoint/*").splitlines())
    with pytest.raises(ledger.Damaged) as caught:
        fresh.open()
    for command in [part for part in caught.value.next.split("`")[1::2] if part.startswith("git ")]:
        subprocess.run(command.split(), cwd=fresh.path, check=True, capture_output=True)
    if fresh.git("ls-remote", "origin", "refs/heads/ledger").split()[0] != newest.head:
        with pytest.raises(ledger.Damaged) as caught:
            fresh.open()
        (command,) = [part for part in caught.value.next.split("`")[1::2] if part.startswith("git push")]
        subprocess.run(command.split(), cwd=fresh.path, check=True, capture_output=True)
    assert fresh.open().head == newest.head


def test_the_checkpoint_and_the_record_arrive_together_or_not_at_all(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    one.record(sealed(KEY))
    hook = Path(one.git("remote", "get-url", "origin")) / "hooks/update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/tags/*) echo "GH013: protected" >&2; exit 1;; esac\n')
    hook.chmod(0o755)
    with pytest.raises(Trouble, match="origin refuses"):
        one.record(sending())
    assert [event.name for event in one.open().history(KEY).events] == ["sealed"]
    assert tags(one) == []
    hook.unlink()
    one.record(sending())
    assert len(tags(one)) == 1


def test_what_nobody_sends_makes_no_checkpoint(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    one.record(sealed(KEY))
    assert tags(one) == []


def test_pruning_keeps_the_newest_of_each_day_and_every_proof(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    heads = []
    for day in range(3):
        for number in range(3):
            newest = one.open().append(lambda _newest, key=f"post-{day}-{number}@place": [sending(key)], NOW + timedelta(days=day))
            heads.append(newest.head)
    assert len(tags(one)) == 9
    two = shared("two")
    assert ledger.prune(two.repo, two.open().head) == 4
    assert {tag[-12:] for tag in tags(one)} == {oid[:12] for oid in (heads[2], heads[5], *heads[6:])}
    assert ledger.prune(two.repo, two.open().head) == 0
    assert one.verify() == two.verify() == []
    rewind(one, heads[7])
    with pytest.raises(ledger.Damaged, match="was set back"):
        shared("fresh").open()


def test_pruning_deletes_nothing_that_proves_a_rewind(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    before = one.record(sending())
    one.record(sending("autre@place"))
    one.open().append(lambda _newest: [sending("demain@place")], NOW + timedelta(days=1))
    rewind(one, before.head)
    there = tags(one)
    assert ledger.prune(shared("two").repo, before.head) == 0
    assert tags(one) == there


def test_a_rewind_of_a_local_ledger_is_found_without_any_memory(local: LedgerRepo) -> None:
    before = local.record(sealed(KEY))
    local.record(sending())
    local.git("update-ref", "refs/heads/ledger", before.head)
    local.forget()
    with pytest.raises(ledger.Damaged, match="was set back"):
        local.open()


@pytest.mark.parametrize(("setting", "expected"), [("true", "refused"), ("false", "allowed"), (None, "allowed")])
def test_plain_git_says_whether_it_takes_forced_pushes(shared: Callable[[str], LedgerRepo], setting: str | None, expected: str) -> None:
    one = shared("one")
    bare = one.git("remote", "get-url", "origin")
    if setting is not None:
        subprocess.run(["git", "config", "receive.denyNonFastForwards", setting], cwd=bare, check=True)
    assert ledger.forced_pushes(one.repo) == expected
    one.git("remote", "set-url", "origin", f"file://{bare}")
    assert ledger.forced_pushes(one.repo) == expected
    one.git("remote", "set-url", "origin", "https://example.org/brand.git")
    assert ledger.forced_pushes(one.repo) == "untold"
    one.git("remote", "set-url", "origin", "git@example.org:brand.git")
    assert ledger.forced_pushes(one.repo) == "untold"


def test_without_origin_nobody_can_push(local: LedgerRepo) -> None:
    assert ledger.forced_pushes(local.repo) == "local"


def test_a_person_prunes_and_doctor_states_the_risk(town: Town, tmp_path: Path) -> None:
    folder, bare = town.newsroom(tmp_path / "newsroom"), tmp_path / "bare.git"
    town.git(tmp_path, "clone", "-q", "--bare", str(folder), str(bare))
    town.git(folder, "remote", "add", "origin", str(bare))
    town.git(folder, "fetch", "-q", "origin")

    def run(*arguments: str) -> str:
        env = town.surroundings("publisher", "2026-12-02 09:00")
        done = subprocess.run(["marronnier", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    told = run("doctor")
    assert "origin lets anyone who can push set the branch `ledger` back" in told
    assert "git config receive.denyNonFastForwards true" in told
    subprocess.run(["git", "config", "receive.denyNonFastForwards", "true"], cwd=bare, check=True)
    assert "origin refuses to set the branch `ledger` back" in run("doctor")
    assert run("ledger", "prune") == "0 checkpoints deleted.\n"
