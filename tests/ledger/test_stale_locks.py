"""Locks that a killed git leaves behind: none stands in another run's way, and one that does is told as a lock, with its path."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, sealed, sent
from marronnier import ledger
from marronnier.git import GitError
from marronnier.ledger import push
from marronnier.messages import Trouble

PACKAGE = Path(ledger.__file__).parents[1]
KEY = "portes-ouvertes@journal"
FOREIGN_LOCKS = (
    "refs/remotes/origin/ledger.lock",
    "refs/remotes/origin/main.lock",
    "refs/marronnier/seen.lock",
    "refs/heads/ledger.lock",
    "refs/tags/ledger-checkpoint/2026-12-02.lock",
    "refs/marronnier/checkpoints/2026-12-02.lock",
    "packed-refs.lock",
)


def leave_lock(place: LedgerRepo, name: str) -> Path:
    """The lock that a git killed while it moved that reference leaves behind."""
    lock = place.path / ".git" / name
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    return lock


def test_no_sentence_advises_to_force_anything_upon_the_ledger() -> None:
    sentences = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*") if path.suffix in (".py", ".po", ".md"))
    assert re.findall(r".*(?:push (?:--force|-f)\b|--force-with-lease |branch -f|push origin \+|reset --hard).*", sentences) == []


@pytest.mark.parametrize("name", FOREIGN_LOCKS)
def test_a_lock_left_by_a_killed_git_stands_in_nobodys_way(shared: Callable[[str], LedgerRepo], name: str) -> None:
    one, two = shared("one"), shared("two")
    one.record(sealed(KEY))
    two.open()
    # The day's checkpoint is what made the stale view look like a rewind.
    newest = one.record(sent(KEY))
    assert ledger.tag_daily_checkpoint(one.repo, newest.head, NOW)
    leave_lock(two, name)
    read = two.open()
    assert [event.name for event in read.history(KEY).events] == ["sealed", "sent"]
    assert not [warning for warning in read.warnings if "origin does not answer" in warning]
    read.append(lambda _newest: [sealed("autre@journal")], NOW)
    assert len(one.open().history("autre@journal").events) == 1
    assert two.verify() == []
    assert len(two.open().history("autre@journal").events) == 1


def test_a_clone_whose_references_are_locked_is_not_told_of_a_rewind_offline(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    newest = one.record(sealed(KEY))
    assert ledger.tag_daily_checkpoint(one.repo, newest.head, NOW)
    leave_lock(two, "refs/remotes/origin/ledger.lock")
    two.open()
    two.git("remote", "set-url", "origin", "/nowhere/at/all")
    read = two.open()
    assert "origin does not answer" in read.warnings[0]
    assert len(read.history(KEY).events) == 1


def test_a_lock_on_the_memory_of_rewinds_is_told_with_its_path(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    two.open()
    one.record(sealed(KEY))
    lock = leave_lock(two, "refs/marronnier/seen.lock")
    (warning,) = two.open().warnings
    assert str(lock) in warning
    lock.unlink()
    assert two.open().warnings == ()


def test_a_lock_in_the_way_of_a_local_record_is_told_with_its_path(local: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "_FIRST_PAUSE", 0.001)
    read = local.open()
    lock = leave_lock(local, "refs/heads/ledger.lock")
    with pytest.raises(Trouble) as caught:
        read.append(lambda _newest: [sealed(KEY)], NOW)
    assert "lock" in caught.value.message
    assert str(lock) in f"{caught.value.message} {caught.value.next}"
    # The advice is what it says: nothing else has to be done.
    lock.unlink()
    local.record(sealed(KEY))


def test_a_lock_in_the_way_of_fetching_is_told_with_its_path() -> None:
    said = "fatal: Unable to create '/srv/brand/.git/shallow.lock': File exists.\n\nAnother git process seems to be running"
    told = push.unreachable_reason(GitError(("fetch",), 128, said))
    assert "/srv/brand/.git/shallow.lock" in told
    assert "origin does not answer" not in told


def test_killed_fetches_leave_nothing_that_grows(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    old = int(time.time() - timedelta(days=3).total_seconds())
    two.git("update-ref", f"refs/marronnier/runs/{old}-1-ab", "HEAD")
    one.record(sealed(KEY))
    two.open()
    assert two.git("for-each-ref", "refs/marronnier/runs/") == ""


def test_a_run_killed_at_any_moment_of_its_fetch_leaves_the_next_one_well(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    two.open()
    for number in range(6):
        one.record(*(sealed(f"post-{number}-{more}@journal") for more in range(3)))
        command = f"from marronnier.git import Repo; from marronnier.ledger import push; push.fetch(Repo({str(two.path)!r}))"
        run = subprocess.Popen([sys.executable, "-c", command], start_new_session=True, stderr=subprocess.DEVNULL)
        time.sleep(0.05 + 0.06 * number)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert len(two.open().history(f"post-{number}-2@journal").events) == 1
    assert two.verify() == []


def put_back(place: LedgerRepo, advice: str) -> None:
    """Do what the advice says, word for word."""
    for command in re.findall(r"`(git [^`]+)`", advice):
        assert "force" not in command and " -f" not in command and "+" not in command, command
        subprocess.run(command.split(), cwd=place.path, check=True, capture_output=True)


def test_the_advice_about_a_ledger_set_back_brings_it_back(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    one.record(sealed(KEY))
    newest = one.record(sent(KEY))
    two.open()
    one.git("push", "-q", "--force", "origin", f"{newest.head}~1:refs/heads/ledger")
    with pytest.raises(ledger.Damaged, match="was set back") as caught:
        two.open()
    put_back(two, caught.value.next)
    assert two.open().head == newest.head


def test_the_advice_never_takes_away_what_came_later(shared: Callable[[str], LedgerRepo]) -> None:
    one, two, three = shared("one"), shared("two"), shared("three")
    one.record(sealed(KEY))
    newest = one.record(sent(KEY))
    two.open()
    one.git("push", "-q", "--force", "origin", f"{newest.head}~1:refs/heads/ledger")
    # A clone that never saw the newest record does not notice, and writes on.
    other = three.record(sealed("autre@journal"))
    with pytest.raises(ledger.Damaged, match="was set back") as caught:
        two.open()
    assert "`git push" not in caught.value.next
    assert two.git("ls-remote", "origin", "refs/heads/ledger").split()[0] == other.head


def test_the_advice_about_a_local_ledger_set_back_brings_it_back(local: LedgerRepo) -> None:
    local.record(sealed(KEY))
    newest = local.record(sent(KEY))
    local.git("update-ref", "refs/heads/ledger", f"{newest.head}~1")
    with pytest.raises(ledger.Damaged, match="was set back") as caught:
        local.open()
    put_back(local, caught.value.next)
    assert local.open().head == newest.head
