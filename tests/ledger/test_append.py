"""Appending to the ledger: a commit is recorded whole or not at all, by one run at a time, locally and at origin."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, sealed, sent
from marronnier import ledger
from marronnier.git import GitError, Repo
from marronnier.ledger import commit, publisher_key, push, store
from marronnier.messages import Trouble
from marronnier.model.brand import Brand

KEY = "portes-ouvertes@journal"


def test_what_was_recorded_reads_back(signed: LedgerRepo) -> None:
    newest = signed.record(sealed(KEY))
    newest = newest.append(lambda _newest: [sent(KEY)], NOW + timedelta(minutes=1))
    for read in (newest, signed.open()):
        history = read.history(KEY)
        assert [event.name for event in history.events] == ["sealed", "sent"]
        assert history.seal.instant == NOW
        assert history.receipt.url == f"/posts/{KEY}/"
        assert history.receipt.at == NOW + timedelta(minutes=1)
        assert read.payload(history.seal.payload) == b"bonjour"
        assert read.histories == {KEY: history}
        assert read.began == NOW
        assert read.exists
        assert not read.unsigned
    assert signed.open().history("autre@journal").events == ()


def test_many_drafts_are_one_commit(local: LedgerRepo) -> None:
    before = local.head
    local.record(*(sealed(f"post-{number}@journal") for number in range(50)), sealed(KEY), sent(KEY))
    assert local.git("rev-list", "--count", f"{before}..ledger") == "1"
    assert len(local.open().histories) == 51
    assert len(local.open().history(KEY).events) == 2


def test_nothing_decided_is_no_commit(local: LedgerRepo) -> None:
    before = local.head
    assert local.record().head == before == local.head


def test_an_older_ledger_never_changes(local: LedgerRepo) -> None:
    before = local.record(sealed(KEY))
    before.append(lambda _newest: [sent(KEY)], NOW)
    assert len(before.history(KEY).events) == 1
    assert len(local.open().history(KEY).events) == 2


def test_appending_with_an_old_reading_decides_again_on_the_newest(local: LedgerRepo) -> None:
    stale = local.open()
    local.record(sealed(KEY))
    asked: list[int] = []

    def decide(newest: ledger.Ledger) -> Sequence[ledger.EventDraft]:
        asked.append(len(newest.history(KEY).events))
        return [] if newest.history(KEY).events else [sealed(KEY)]

    newest = stale.append(decide, NOW)
    assert asked == [0, 1]
    assert len(newest.history(KEY).events) == 1


def test_the_same_drafts_at_the_same_instant_still_race(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    stale = two.open()
    one.record(sealed(KEY))
    newest = stale.append(lambda seen: [] if seen.history(KEY).events else [sealed(KEY)], NOW)
    assert len(newest.history(KEY).events) == 1
    assert two.verify() == []


@pytest.mark.parametrize("bad", [{"x": object()}, {"x": float("nan")}, {"x": "\ud800"}])
def test_data_that_is_not_json_is_refused_before_anything_is_written(local: LedgerRepo, bad: dict[str, object]) -> None:
    before = local.head
    with pytest.raises(ValueError):
        local.record(ledger.EventDraft(KEY, "sent", bad))
    assert local.head == before


@pytest.mark.parametrize("key", ["no-channel", "../../etc@passwd", "a@b@c d", "A@b", "a@b~12", "-a@b", "a\n@b", ""])
def test_what_is_no_key_is_refused(local: LedgerRepo, key: str) -> None:
    with pytest.raises(ValueError):
        local.record(sealed(key))


def test_a_payload_that_is_not_the_one_named_is_refused(local: LedgerRepo) -> None:
    with pytest.raises(ValueError):
        local.record(ledger.EventDraft(KEY, "sealed", {"payload": "0" * 64}, b"other"))


def test_no_ledger_is_a_sentence(local: LedgerRepo) -> None:
    with pytest.raises(Trouble, match="no ledger yet"):
        ledger.Ledger(local.repo, Brand(name="Test")).append(lambda _newest: [sealed(KEY)], NOW)


def test_no_key_is_a_sentence(signed: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARRONNIER_SIGNING_KEY")
    assert signed.open().exists, "reading needs no key"
    with pytest.raises(Trouble, match="key is not here"):
        signed.record(sealed(KEY))


@pytest.mark.parametrize("nameless", [True, False])
def test_a_key_given_as_text_signs_and_leaves_no_trace(
    signed: LedgerRepo, publisher: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nameless: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if not nameless:
        # As on a system that cannot keep a file without a name.
        monkeypatch.delattr(os, "memfd_create")
    before = set(Path("/dev/shm").glob("marronnier-*"))
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", publisher.read_text().strip())
    signed.record(sealed(KEY))
    assert signed.verify() == []
    with publisher_key.private_key_file() as path:
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
        # A run that is killed now leaves nothing, where the system allows it.
        assert bool(list(tmp_path.glob("marronnier-*"))) is not nameless
    assert not list(tmp_path.glob("marronnier-*"))
    assert not set(Path("/dev/shm").glob("marronnier-*")) - before


def test_git_itself_believes_the_signature(signed: LedgerRepo) -> None:
    signed.record(sealed(KEY))
    signers = signed.path / "brand/allowed_signers"
    signed.git("-c", f"gpg.ssh.allowedSignersFile={signers}", "verify-commit", "ledger")
    signed.git("fsck", "--strict", "--no-dangling")


def test_n08_a_bad_key_is_never_repeated(signed: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0LWNhbmFyeQ\n-----END OPENSSH PRIVATE KEY-----"
    for given in (secret, "c2VjcmV0LWNhbmFyeQ"):
        monkeypatch.setenv("MARRONNIER_SIGNING_KEY", given)
        with pytest.raises(Trouble) as caught:
            signed.record(sealed(KEY))
        told = [caught.value.message, caught.value.next, *(str(one) for one in (caught.value.__cause__, caught.value.args))]
        assert not any("c2VjcmV0" in one for one in told)


def test_n08_git_is_not_given_the_key(signed: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", "canary")
    signed.git("config", "alias.show-env", "!env")
    assert b"canary" not in signed.repo.run("show-env")


def test_a_key_with_a_passphrase_is_refused_at_once(signed: LedgerRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "locked"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(key)], check=True)
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(key))
    with pytest.raises(Trouble, match="cannot sign"):
        signed.record(sealed(KEY))


def test_hooks_and_settings_of_a_person_do_not_matter(
    shared: Callable[[str], LedgerRepo], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = shared("one")
    hooks = one.path / ".git/hooks"
    for name in ("pre-commit", "pre-push", "reference-transaction", "post-commit", "commit-msg"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        (hooks / name).chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[user]\n useConfigOnly = true\n[commit]\n gpgsign = true\n[tag]\n gpgsign = true\n[gpg]\n format = openpgp\n program = /bin/false\n"
        '[gpg "ssh"]\n program = /bin/false\n allowedSignersFile = /nowhere\n[core]\n autocrlf = true\n quotePath = true\n abbrev = 5\n'
        " logAllRefUpdates = always\n[color]\n ui = always\n[push]\n gpgSign = true\n followTags = true\n default = nothing\n useForceIfIncludes = true\n"
        "[fetch]\n prune = true\n pruneTags = true\n[log]\n showSignature = true\n[diff]\n renames = copies\n external = /bin/false\n"
        '[i18n]\n commitEncoding = ISO-8859-1\n logOutputEncoding = UTF-16\n[transfer]\n fsckObjects = true\n[remote "origin"]\n mirror = true\n tagOpt = --tags\n'
        f"[core]\n fsmonitor = touch {tmp_path}/ran-fsmonitor\n pager = false\n[merge]\n ff = false\n[alias]\n push = !false\n log = !false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    newest = one.record(sealed(KEY))
    newest = newest.append(lambda _newest: [sent(KEY)], NOW)
    assert len(one.open().history(KEY).events) == 2
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert one.verify() == []
    assert not list(tmp_path.glob("ran-*"))
    assert one.repo.text("log", "-1", "--format=%an <%ae>", "ledger") == "marronnier publisher <publisher@localhost>"


def test_the_committer_of_the_environment_is_named(local: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Le robot")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "robot@example.org")
    local.record(sealed(KEY))
    # Not as a date: a newer git writes UTC as Z there.
    assert local.git("log", "-1", "--format=%cn <%ce> %ct", "ledger") == f"Le robot <robot@example.org> {int(NOW.timestamp())}"


def test_neither_working_directory_nor_index_is_touched(local: LedgerRepo) -> None:
    before = local.git("status", "--porcelain=v1")
    local.record(sealed(KEY))
    assert local.git("status", "--porcelain=v1") == before
    assert not local.git("for-each-ref", "refs/marronnier/draft")


def test_a_detached_head_and_a_shallow_clone_still_record(shared: Callable[[str], LedgerRepo], tmp_path: Path) -> None:
    one = shared("one")
    one.git("-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "--allow-empty", "-m", "more")
    one.git("push", "-q", "origin", "main")
    path = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{tmp_path}/origin.git", str(path)], check=True)
    place = LedgerRepo(path, Repo(path), one.brand)
    place.git("switch", "-q", "--detach")
    place.record(sealed(KEY))
    assert len(one.open().history(KEY).events) == 1


def test_a_shallow_ledger_says_how_to_complete_it(shared: Callable[[str], LedgerRepo], tmp_path: Path) -> None:
    one = shared("one")
    one.record(sealed(KEY))
    path = tmp_path / "cut"
    subprocess.run(["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{tmp_path}/origin.git", str(path)], check=True)
    with pytest.raises(Trouble, match="shallow") as caught:
        LedgerRepo(path, Repo(path), one.brand).open()
    assert "--unshallow" in caught.value.next
    subprocess.run(["git", "fetch", "-q", "--unshallow"], cwd=path, check=True)
    assert LedgerRepo(path, Repo(path), one.brand).open().history(KEY).events


# Races


def race(path: Path, brand: Brand, key: str, start: float) -> None:
    """One run in a process of its own, which appends at that time."""
    time.sleep(max(0.0, start - time.time()))
    ledger.open(Repo(path), brand).append(
        lambda newest: [] if newest.history(key).events else [sealed(key), sealed("commun@journal")], datetime.now(UTC)
    )


@pytest.mark.parametrize("runners", [2, 8])
def test_t02_runs_racing_on_one_bare_remote(shared: Callable[[str], LedgerRepo], runners: int) -> None:
    places = [shared(f"runner-{number}") for number in range(runners)]
    start = time.time() + 0.5
    fork = multiprocessing.get_context("fork")
    running = [
        fork.Process(target=race, args=(place.path, place.brand, f"post-{number}@journal", start)) for number, place in enumerate(places)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0] * runners
    read = places[0].open()
    assert {key for key in read.histories if key.startswith("post-")} == {f"post-{number}@journal" for number in range(runners)}
    assert len(read.history("commun@journal").events) == runners
    assert places[0].verify() == []


def test_t02_runs_racing_in_one_repository(local: LedgerRepo) -> None:
    fork = multiprocessing.get_context("fork")
    running = [fork.Process(target=race, args=(local.path, local.brand, f"post-{number}@journal", 0.0)) for number in range(4)]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert len(local.open().history("commun@journal").events) == 4
    assert local.verify() == []


# Origin's answers


def hook(place: LedgerRepo, name: str, text: str) -> None:
    """Install a hook in the bare remote."""
    path = Path(place.git("remote", "get-url", "origin")) / "hooks" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_t12_push_accepted_but_answer_lost(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    # The update is done when post-receive runs; killing the server there takes the answer away.
    hook(one, "post-receive", f"mkdir {one.path}/once 2>/dev/null && kill -9 $PPID; exit 0")
    decided: list[int] = []

    def decide(newest: ledger.Ledger) -> Sequence[ledger.EventDraft]:
        decided.append(1)
        return [sealed(KEY)]

    newest = one.open().append(decide, NOW)
    assert decided == [1]
    assert len(newest.history(KEY).events) == 1
    assert len(shared("two").open().history(KEY).events) == 1
    assert one.verify() == []


def test_t12_an_answer_that_comes_too_late(shared: Callable[[str], LedgerRepo], monkeypatch: pytest.MonkeyPatch) -> None:
    one = shared("one")
    read = one.open()
    hook(one, "post-receive", "sleep 3")
    monkeypatch.setattr(push, "NETWORK_TIMEOUT", 1.0)
    newest = read.append(lambda _newest: [sealed(KEY)], NOW)
    assert len(newest.history(KEY).events) == 1
    assert one.verify() == []


def test_t12_a_push_lost_before_it_was_accepted_is_repeated(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    hook(one, "pre-receive", f"mkdir {one.path}/once 2>/dev/null && kill -9 $PPID; exit 0")
    newest = one.record(sealed(KEY))
    assert len(newest.history(KEY).events) == 1
    assert one.verify() == []


def test_t12_answer_lost_and_origin_gone_is_not_assumed(shared: Callable[[str], LedgerRepo], monkeypatch: pytest.MonkeyPatch) -> None:
    one = shared("one")
    read = one.open()
    bare = Path(one.git("remote", "get-url", "origin"))
    monkeypatch.setattr(store, "ORIGIN_CHECKS", 2)
    hook(one, "post-receive", f"mv {bare} {bare}.away; kill -9 $PPID")
    with pytest.raises(Trouble, match="origin does not answer") as caught:
        read.append(lambda _newest: [sealed(KEY)], NOW)
    assert "not known" in caught.value.next
    bare.with_name("origin.git.away").rename(bare)
    hook(one, "post-receive", "exit 0")
    assert len(one.open().history(KEY).events) == 1, "the next run finds what had arrived"


def test_t12_rejected_by_a_ruleset(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    before = one.head
    hook(one, "pre-receive", "echo 'GH013: Repository rule violations found' >&2; exit 1")
    asked: list[int] = []
    with pytest.raises(Trouble, match="origin refuses"):
        one.open().append(lambda _newest: [asked.append(1) or sealed(KEY)], NOW)
    assert asked == [1]
    assert one.head == before
    assert one.open().history(KEY).events == ()


def test_t12_a_lock_left_at_origin_is_named(shared: Callable[[str], LedgerRepo], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "_FIRST_PAUSE", 0.001)
    one = shared("one")
    lock = Path(one.git("remote", "get-url", "origin")) / "refs/heads/ledger.lock"
    lock.touch()
    with pytest.raises(Trouble, match="the branch `ledger` is locked on origin") as caught:
        one.record(sealed(KEY))
    assert "ledger.lock" in caught.value.next
    lock.unlink()
    one.record(sealed(KEY))
    assert len(one.open().history(KEY).events) == 1


def test_t12_a_lock_that_goes_away_is_waited_for(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    read = one.open()
    lock = Path(one.git("remote", "get-url", "origin")) / "refs/heads/ledger.lock"
    lock.touch()
    threading.Timer(0.3, lock.unlink).start()
    assert len(read.append(lambda _newest: [sealed(KEY)], NOW).history(KEY).events) == 1


def test_t12_an_origin_with_a_full_disk_is_not_reported_as_missing_rights(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    bare = Path(one.git("remote", "get-url", "origin"))
    # As with a full disk: it cannot take what is sent.
    subprocess.run(["git", "config", "receive.maxInputSize", "1"], cwd=bare, check=True)
    with pytest.raises(Trouble, match="origin cannot store the new records of the ledger") as caught:
        one.record(sealed(KEY))
    assert "Let the publisher write" not in caught.value.next
    assert one.open().history(KEY).events == ()


def test_t12_a_refusal_printed_after_the_update_proves_nothing(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    hook(one, "post-receive", "echo 'Permission denied: 403' >&2; kill -9 $PPID")
    newest = one.open().append(lambda _newest: [sealed(KEY)], NOW)
    assert len(newest.history(KEY).events) == 1
    assert one.verify() == []


def test_t12_pushes_lost_again_and_again_are_bounded(local: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "_FIRST_PAUSE", 0.001)

    def decide(newest: ledger.Ledger) -> Sequence[ledger.EventDraft]:
        # Somebody is always faster.
        other = commit.make_commit(local.repo, newest.head, {}, "faster", NOW, signed=False)
        local.git("update-ref", "refs/heads/ledger", other)
        return [sealed(KEY)]

    with pytest.raises(ledger.Contended):
        local.open().append(decide, NOW)
    assert local.open().history(KEY).events == ()


def test_no_network_reads_the_last_known_and_records_nothing(shared: Callable[[str], LedgerRepo], monkeypatch: pytest.MonkeyPatch) -> None:
    one = shared("one")
    one.record(sealed(KEY))
    one.git("remote", "set-url", "origin", "/nowhere/at/all")
    monkeypatch.setattr(store, "ORIGIN_CHECKS", 1)
    read = one.open()
    assert "origin does not answer" in read.warnings[0]
    assert len(read.history(KEY).events) == 1
    with pytest.raises(Trouble, match="origin does not answer"):
        read.append(lambda _newest: [sent(KEY)], NOW)
    assert len(one.open().history(KEY).events) == 1


def test_a_password_in_the_remote_is_never_shown(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    one.git("remote", "set-url", "origin", "http://robot:hunter2@127.0.0.1:9/x.git")
    assert "hunter2" not in "".join(one.open().warnings)


def test_t01_a_crash_between_commit_and_push_changes_nothing(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")

    def crash() -> None:
        push.push = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
        one.record(sealed(KEY))

    process = multiprocessing.get_context("fork").Process(target=crash)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert one.open().history(KEY).events == ()
    assert one.verify() == []
    one.record(sealed(KEY))
    assert len(one.open().history(KEY).events) == 1


def test_t01_a_crash_after_the_push_is_known_to_the_next_run(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")

    def crash() -> None:
        push.record_pushed_head = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
        one.record(sealed(KEY))

    process = multiprocessing.get_context("fork").Process(target=crash)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert len(one.open().history(KEY).events) == 1
    assert one.verify() == []


def test_t01_a_full_disk_records_nothing_and_loses_nothing(local: LedgerRepo) -> None:
    import resource

    local.record(sealed(KEY))
    before = local.head

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        try:
            local.record(sent(KEY))
        except (OSError, GitError, Trouble):
            os._exit(7)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=full)
    process.start()
    process.join(60)
    assert process.exitcode == 7
    assert local.head == before
    assert local.verify() == []
    local.record(sent(KEY))
    assert len(local.open().history(KEY).events) == 2


def test_a_checkpoint_is_made_once_a_day(local: LedgerRepo) -> None:
    newest = local.record(sealed(KEY))
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW) == "ledger-checkpoint/2026-12-02"
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW + timedelta(hours=3)) is None
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW + timedelta(days=1)) == "ledger-checkpoint/2026-12-03"
    assert local.verify() == []


def test_a_large_commit_goes_to_git_in_pieces_and_reads_back(local: LedgerRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "_COMPRESS_ABOVE", 3)
    handed: list[object] = []
    run = Repo.run
    monkeypatch.setattr(Repo, "run", lambda repo, *words, **more: handed.append((words[0], more.get("stdin"))) or run(repo, *words, **more))
    local.record(*(sealed(f"p{number}@journal", f"le banc {number}") for number in range(4)))
    [stream] = [stdin for command, stdin in handed if command == "fast-import"]
    assert isinstance(stream, list)
    assert {key: history.seal is not None for key, history in local.open().histories.items()} == {f"p{n}@journal": True for n in range(4)}
    assert local.verify() == []
