"""Bad environments: each gives a sentence and exit code 2 or 3, loses nothing, and never shows a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from command_line import run_marronnier
from people import Town, write

NOW = "2026-12-02 09:00"
POST = "---\nid: portes\ntitle: Portes ouvertes\ndate: 2026-12-05 10:00\nchannels: [journal]\n---\nOn ouvre le jardin samedi.\n"

READING = (("check",), ("plan",), ("plan", "--since", "main"), ("status",), ("status", "portes"), ("publish", "--dry-run"))
WRITING = (
    ("new", "Un titre"),
    ("ask", "portes"),
    ("approve", "portes", "--yes"),
    ("publish",),
    ("settle", "portes@journal", "--never"),
    ("days", "2027", "--write"),
    ("ledger", "init"),
)
LEDGER = (("ledger", "log", "portes@journal"), ("ledger", "verify"))
SITE = (("build",),)
EVERY = (*READING, *WRITING, *LEDGER, *SITE)
OF_GIT = tuple(command for command in EVERY if command[0] not in ("check", "new", "days"))


def said(command: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """What a command says and its exit code; never a traceback, never a fault of our own."""
    text, status = run_marronnier(["--now", NOW, *command], folder, env)
    assert "Traceback" not in text, text
    assert "fault of Marronnier" not in text, text
    return text, status


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file of the team's, as it is."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for top in ("brand", "calendar", "content")
        for path in sorted((folder / top).rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def newsroom(town: Town, tmp_path: Path) -> Path:
    folder = town.newsroom(tmp_path / "repository")
    write(folder, {"content/posts/portes.md": POST})
    town.git(folder, "add", "-A")
    town.git(folder, "commit", "-qm", "Write")
    return folder


def refused(command: tuple[str, ...], folder: Path, env: Mapping[str, str], words: str) -> None:
    """The command ends with 2 or 3 and says these words, and leaves the team's files alone."""
    before = contents(folder)
    text, status = said(command, folder, env)
    assert status in (2, 3), text
    assert words in text, text
    assert contents(folder) == before


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_folder_that_is_no_brand(command: tuple[str, ...], town: Town, tmp_path: Path) -> None:
    refused(command, tmp_path, town.surroundings("publisher", NOW), "no brand/brand.yml")


@pytest.mark.parametrize("command", OF_GIT, ids=" ".join)
def test_a_folder_that_is_no_repository(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    shutil.rmtree(newsroom / ".git")
    refused(command, newsroom, town.surroundings("publisher", NOW), "not in a git repository")


@pytest.mark.parametrize("command", (("check",), ("new", "Un titre")), ids=" ".join)
def test_check_needs_no_repository(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    shutil.rmtree(newsroom / ".git")
    text, status = said(command, newsroom, town.surroundings("ines", NOW))
    assert status == 0, text


@pytest.mark.parametrize("command", OF_GIT, ids=" ".join)
def test_a_repository_without_a_commit(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    shutil.rmtree(newsroom / ".git")
    town.git(newsroom, "init", "-q")
    text, status = said(command, newsroom, town.surroundings("publisher", NOW))
    assert status in (0, 2, 3), text
    assert text.strip()


@pytest.mark.parametrize("command", (("ask", "portes"), ("approve", "portes", "--yes")), ids=" ".join)
def test_a_detached_head(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    town.git(newsroom, "switch", "-q", "--detach")
    text, status = said(command, newsroom, town.surroundings("karim", NOW))
    assert status == 3 or command[0] == "ask", text
    assert "detached" in text or status == 0, text


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_commands_accept_a_detached_head(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    town.git(newsroom, "switch", "-q", "--detach")
    text, status = said(command, newsroom, town.surroundings("ines", NOW))
    assert status == 0, text


def test_a_shallow_clone_proves_nothing(town: Town, newsroom: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    town.git(tmp_path, "clone", "-q", "--depth", "1", newsroom.as_uri(), str(clone))
    text, status = said(("status", "portes"), clone, town.surroundings("ines", NOW))
    assert status in (0, 3), text
    assert "unshallow" in text, text
    text, _status = said(("publish",), clone, town.surroundings("publisher", "2026-12-05 10:00"))
    assert " sent" not in text, text


def fake_command(folder: Path, name: str, script: str) -> Path:
    """A script that replaces a command on the PATH."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return folder


def path_without(town: Town, *missing: str, folder: Path) -> str:
    """A PATH with everything these tests need but those commands."""
    folder.mkdir(exist_ok=True)
    for name in ("sh", "git", "ssh-keygen", "env", "cat"):
        found = shutil.which(name)
        if found and name not in missing:
            (folder / name).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize("command", OF_GIT, ids=" ".join)
def test_an_old_git(command: tuple[str, ...], town: Town, newsroom: Path, tmp_path: Path) -> None:
    env = town.surroundings("publisher", NOW)
    env["PATH"] = f"{fake_command(tmp_path / 'old', 'git', 'echo git version 2.20.1')}:{env['PATH']}"
    refused(command, newsroom, env, "2.34")


@pytest.mark.parametrize("command", OF_GIT, ids=" ".join)
def test_no_git(command: tuple[str, ...], town: Town, newsroom: Path, tmp_path: Path) -> None:
    env = {**town.surroundings("publisher", NOW), "PATH": path_without(town, "git", folder=tmp_path / "bin")}
    refused(command, newsroom, env, "Install git")


@pytest.mark.parametrize("command", (("approve", "portes", "--yes"), ("ledger", "verify")), ids=" ".join)
def test_no_ssh_keygen(command: tuple[str, ...], town: Town, newsroom: Path, tmp_path: Path) -> None:
    who = "karim" if command[0] == "approve" else "publisher"
    env = {**town.surroundings(who, NOW), "PATH": path_without(town, "ssh-keygen", folder=tmp_path / "bin")}
    refused(command, newsroom, env, "ssh-keygen")


def test_without_ssh_keygen_nothing_is_sent(town: Town, newsroom: Path, tmp_path: Path) -> None:
    write(newsroom, {"brand/approvals.yml": "quorum: 0\n"})
    town.git(newsroom, "commit", "-qam", "Merging is approving")
    town.git(newsroom, "mv", "content/posts/portes.md", "content/posts/ouvertes.md")
    write(newsroom, {"content/posts/autre.md": POST.replace("portes", "autre").replace("samedi", "dimanche")})
    town.git(newsroom, "add", "-A")
    town.git(newsroom, "commit", "-qm", "Write another")
    env = {**town.surroundings("publisher", "2026-12-05 10:00"), "PATH": path_without(town, "ssh-keygen", folder=tmp_path / "bin")}
    text, status = run_marronnier(["--now", "2026-12-05 10:00", "publish"], newsroom, env)
    assert status == 3, text
    assert "ssh-keygen" in text
    assert "  sent" not in text


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
@pytest.mark.parametrize(
    "name, text",
    [
        ("brand/brand.yml", "name: Jardin\nledger: {\n"),
        ("brand/brand.yml", "name: Jardin\nzone: Europe/Bruxelles\nledger: 3\n"),
        ("brand/approvals.yml", "quorum: beaucoup\n"),
        ("brand/channels.yml", "- journal\n"),
        ("calendar/slots.yml", "\x00"),
    ],
    ids=["brand no YAML", "brand no zone", "approvals", "channels", "slots"],
)
def test_settings_that_cannot_be_read(command: tuple[str, ...], name: str, text: str, town: Town, newsroom: Path) -> None:
    (newsroom / name).write_text(text)
    town.git(newsroom, "commit", "-qam", "Break it")
    before = town.git(newsroom, "for-each-ref", "refs/heads/ledger")
    _text, status = said(command, newsroom, town.surroundings("publisher", "2026-12-05 10:00"))
    assert status in (0, 1, 2, 3)
    if command == ("publish",):
        assert status == 3
        assert town.git(newsroom, "for-each-ref", "refs/heads/ledger") == before
    if command == ("check",):
        assert status == 1


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_zone_that_is_none(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    brand = newsroom / "brand/brand.yml"
    brand.write_text(brand.read_text().replace("Europe/Brussels", "Europe/Bruxelles"))
    town.git(newsroom, "commit", "-qam", "Misspell the zone")
    text, status = said(command, newsroom, town.surroundings("publisher", NOW))
    assert status in (0, 1, 2, 3), text
    if command == ("check",):
        assert "write `zone: Europe/Brussels`" in text


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_channel_on_a_network_nobody_knows(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    (newsroom / "brand/channels.yml").write_text("channels:\n  journal: {network: miroir}\n")
    town.git(newsroom, "commit", "-qam", "Change the network")
    text, status = said(command, newsroom, town.surroundings("publisher", NOW))
    assert status in (0, 1, 2, 3), text


def run_without_privileges(*command: str, folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """Run a command under file permissions: root's privileges are dropped."""
    powerless: tuple[str, ...] = ()
    if os.getuid() == 0:
        powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
        if not shutil.which("setpriv") or subprocess.run([*powerless, "true"], capture_output=True, check=False).returncode != 0:
            pytest.skip("root cannot drop its powers here")
    done = subprocess.run(
        [*powerless, *command],
        cwd=folder,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout + done.stderr, done.returncode


@pytest.mark.parametrize(
    "command", [("new", "Un titre"), ("days", "2027", "--write"), ("check", "--fix"), ("build",), ("publish",), ("ledger", "init"), ("status",)],
    ids=" ".join,
)  # fmt: skip
def test_no_permission(command: tuple[str, ...], town: Town, newsroom: Path) -> None:
    (newsroom / "content/posts/fermee.md").write_text("---\ntitle: Fermé : la nuit\n---\nFermé.\n")
    town.git(newsroom, "add", "-A")
    town.git(newsroom, "commit", "-qm", "Closed")
    before = contents(newsroom)
    (newsroom / "content/posts/fermee.md").chmod(0)
    folders = [newsroom, *(path for path in newsroom.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        text, status = run_without_privileges(
            "marronnier", *command, folder=newsroom, env=town.surroundings("publisher", "2026-12-05 10:00")
        )
    finally:
        for folder in folders:
            folder.chmod(0o755)
    (newsroom / "content/posts/fermee.md").chmod(0o644)
    assert "Traceback" not in text, text
    assert "fault of Marronnier" not in text, text
    assert status in (1, 2, 3) or command[0] in ("status", "publish"), text
    assert text.strip()
    assert " sent " not in text
    assert contents(newsroom) == before


def run_on_full_disk(newsroom: Path, command: tuple[str, ...], env: Mapping[str, str], size: int) -> tuple[str, int]:
    """Run a command whose files may not grow beyond `size` bytes, as on a full disk."""
    limits = f"import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    code = f"{limits}; sys.argv[0] = 'marronnier'; from marronnier.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, "--now", NOW, *command],
        cwd=newsroom,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout + done.stderr, done.returncode


@pytest.mark.parametrize(
    "command",
    [("new", "Un titre"), ("days", "2027", "--write"), ("check", "--fix"), ("build",), ("publish",), ("ask", "portes"), ("init",)],
    ids=" ".join,
)
def test_a_full_disk(command: tuple[str, ...], town: Town, newsroom: Path, tmp_path: Path) -> None:
    env = town.surroundings("publisher", NOW)
    if command[0] == "ask":
        env = town.surroundings("ines", NOW)
    if command[0] != "ask":
        write(newsroom, {"brand/approvals.yml": "quorum: 0\n"})
    write(newsroom, {"content/posts/fermee.md": "---\nid: fermee\ntitle: Fermé : la nuit #1\ndate: 2026-12-05 11:00\nchannels: [journal]\n---\nFermé.\n"})  # fmt: skip
    town.git(newsroom, "add", "-A")
    town.git(newsroom, "commit", "-qm", "More")
    where = newsroom
    if command[0] == "init":
        where = tmp_path / "empty"
        where.mkdir()
    before = contents(newsroom)
    text, status = run_on_full_disk(where, command, env, 16)
    assert "Traceback" not in text, text
    assert "fault of Marronnier" not in text, text
    assert status in (1, 2, 3), text
    after = contents(newsroom)
    assert after == before
    text, status = said(("ledger", "verify"), newsroom, env)
    assert status == 0, text
    again, status = said(command, where, {**env})
    assert status in (0, 1), again


Ending = Callable[[str], list[str]]


@pytest.mark.parametrize(
    "typed", ["plan --all | head -1", "check --format json | head -c 1", "schema | head -1", "--help | head -1", "plan | true"]
)
def test_a_reader_that_goes_away(typed: str, town: Town, newsroom: Path) -> None:
    write(newsroom, {f"content/posts/post-{n}.md": POST.replace("portes", f"post-{n}") for n in range(300)})
    done = subprocess.run(
        ["bash", "-c", f"marronnier {typed}; exit ${{PIPESTATUS[0]}}"],
        cwd=newsroom,
        env=town.surroundings("ines", NOW),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.returncode in (0, 1)


@pytest.mark.parametrize("typed", ["plan <&-", "approve portes <&-", "plan >&-", "plan 2>&-", "check >&- 2>&-"])
def test_streams_that_are_closed(typed: str, town: Town, newsroom: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"marronnier {typed}"],
        cwd=newsroom,
        env=town.surroundings("karim", NOW),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert "fault of Marronnier" not in done.stderr
    assert done.returncode in (0, 2) or "2>&-" in typed


@pytest.mark.parametrize("command", [("plan",), ("check",), ("status",), ("--help",), ("explain", "missing-alt-text")], ids=" ".join)
@pytest.mark.parametrize("more", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"COLUMNS": "5"}], ids=["ascii", "C", "narrow"])  # fmt: skip
def test_a_terminal_without_accents(command: tuple[str, ...], more: Mapping[str, str], town: Town, newsroom: Path) -> None:
    write(newsroom, {"content/posts/cassee.md": "---\ntitle: Été à la plage\nchanels: [journal]\n---\nÀ l'été prochain.\n"})
    env = {**town.surroundings("ines", NOW), "MARRONNIER_LANG": "fr", **more}
    done = subprocess.run(["marronnier", *command], cwd=newsroom, env=env, capture_output=True, check=False, timeout=60)
    assert b"Traceback" not in done.stderr, done.stderr
    assert b"Marronnier" not in done.stderr, done.stderr
    assert done.returncode in (0, 1)
    assert done.stdout


def test_an_internal_error_gives_a_sentence_and_a_report(
    town: Town, newsroom: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from marronnier import desk

    def fault(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(desk, "load", fault)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text, status = run_marronnier(["check"], newsroom, {**town.surroundings("ines", NOW), "HUSH": "a secret"})
    assert status == 3
    assert "Traceback" not in text
    [kept] = tmp_path.glob("marronnier-fault-*.txt")
    assert str(kept) in text
    assert "by chance" in kept.read_text()
    assert "a secret" not in kept.read_text()
