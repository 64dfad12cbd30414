"""The people of the tests: a small town whose team keeps its calendar in Git, with keys of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from command_line import run_marronnier
from installed import site_of_fakes

TESTS = Path(__file__).parent
SCRIPTS = TESTS.parent / "scripts"

BEGAN = "2026-11-02 09:00"
"""When the repositories were made."""
PEOPLE = {
    "ines": ("Inès Morel", "ines@example.org"),
    "karim": ("Karim Haddad", "karim@example.org"),
    "claire": ("Claire Janssens", "claire@example.org"),
    "publisher": ("Publisher", "publisher@example.org"),
}

BRAND = {
    "brand/brand.yml": """\
name: Le jardin des tests
zone: Europe/Brussels
territory: BE
lang: fr
""",
    "brand/channels.yml": """\
channels:
  journal: {network: feed, lang: fr}
  krant: {network: feed, lang: nl}
  place: {network: fakes.square, account: square.test/jardin}
groups:
  partout: [journal, krant]
""",
    "brand/approvals.yml": """\
quorum: 1
approvers:
  ines: {name: Inès, emails: [ines@example.org]}
  karim: {name: Karim, emails: [karim@example.org]}
  claire: {name: Claire, emails: [claire@example.org]}
""",
    "calendar/slots.yml": """\
slots:
  mardi-conseil: {days: [mardi], at: "10:00", channels: [journal]}
""",
    "calendar/days.yml": """\
days:
  - {date: 2026-12-25, name: Noël, kind: holiday}
""",
}


class Town:
    """Keys, surroundings and repositories for people who work together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = folder / "keys"
        self.keys.mkdir(parents=True)
        for name in PEOPLE:
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.keys / name)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        self.bin = folder / "bin"
        self.bin.mkdir()
        self._command("marronnier", 'marronnier ${NOW:+--now "$NOW"}')
        self._command("square", "stories.square")
        self._numbers = count()
        self._made: dict[tuple[object, ...], Path] = {}
        self._origins: dict[tuple[tuple[str, str], ...], Origin] = {}

    def _command(self, name: str, module: str) -> None:
        command_line = self.bin / name
        command_line.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        command_line.chmod(0o755)

    def allowed_signers(self) -> str:
        """`brand/allowed_signers` with everyone's key."""
        return "".join(f'{name} namespaces="git" {(self.keys / f"{name}.pub").read_text().strip()}\n' for name in PEOPLE)

    def surroundings(self, who: str, now: str) -> dict[str, str]:
        """The environment of somebody at an hour: identity, key, dates, and nothing of this machine's settings."""
        name, email = PEOPLE[who]
        zone_free = now if len(now) > 10 else f"{now} 09:00"
        config = {
            # A newer git looks after a repository in the background, while a test copies it.
            "maintenance.auto": "false",
            "gc.auto": "0",
            "user.signingkey": str(self.keys / who),
            "gpg.format": "ssh",
            "init.defaultBranch": "main",
            "advice.detachedHead": "false",
            "commit.gpgsign": "false",
        }
        env = {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "MARRONNIER_LANG": "en",
            "NOW": now,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": email,
            "GIT_AUTHOR_DATE": f"{zone_free}:00 +0100",
            "GIT_COMMITTER_DATE": f"{zone_free}:00 +0100",
            "SQUARE_STATE": str(self.folder / "square"),
            "PYTHONPATH": os.pathsep.join(str(path) for path in (site_of_fakes(), SCRIPTS, TESTS)),
            "GIT_CONFIG_COUNT": str(len(config)),
        }
        for number, (key, value) in enumerate(config.items()):
            env[f"GIT_CONFIG_KEY_{number}"], env[f"GIT_CONFIG_VALUE_{number}"] = key, value
        if who == "publisher":
            env["MARRONNIER_SIGNING_KEY"] = str(self.keys / who)
        return env

    def git(self, folder: Path, *arguments: str, who: str = "ines", now: str = BEGAN) -> str:
        """Run git as somebody."""
        done = subprocess.run(["git", *arguments], cwd=folder, env=self.surroundings(who, now), check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def found(self, folder: Path, extra: Mapping[str, str] | None = None) -> Path:
        """A repository with the default brand, committed by Inès on `main`."""
        return self._copy("found", extra or {}, self._make_found, folder)

    def newsroom(self, folder: Path, extra: Mapping[str, str] | None = None) -> Path:
        """As `found`, and its publisher began the ledger."""
        return self._copy("newsroom", extra or {}, self._make_newsroom, folder)

    def origin(self, template: Path) -> Origin:
        """An origin with the branches of a repository; made once for all repositories whose branches are the same."""
        branches = tuple((path.name, path.read_text()) for path in sorted((template / ".git/refs/heads").iterdir()))
        if branches not in self._origins:
            self._origins[branches] = Origin(self, template, self.folder / "origins" / str(next(self._numbers)))
        return self._origins[branches]

    def _copy(self, kind: str, extra: Mapping[str, str], make: Callable[[Path, Mapping[str, str]], None], folder: Path) -> Path:
        """A copy of a repository that is made once: a copy takes no process, and each step of git takes one."""
        key = (kind, *extra.items())
        if key not in self._made:
            made = self.folder / "made" / str(next(self._numbers))
            make(made, extra)
            self._made[key] = made
        shutil.copytree(self._made[key], folder)
        shutil.rmtree(self.folder / "square", ignore_errors=True)
        return folder

    def _make_found(self, folder: Path, extra: Mapping[str, str]) -> None:
        if extra:
            self.found(folder)
            write(folder, extra)
        else:
            write(folder, {**BRAND, "brand/allowed_signers": self.allowed_signers()})
            self.git(folder, "init", "-q")
        self.git(folder, "add", "-A")
        self.git(folder, "commit", "-qm", "More" if extra else "Found the brand")

    def _make_newsroom(self, folder: Path, extra: Mapping[str, str]) -> None:
        self.found(folder, extra)
        said, status = run_marronnier(["--now", BEGAN, "ledger", "init"], folder, self.surroundings("publisher", BEGAN))
        assert status == 0, said
        self.git(folder, "commit", "-qam", "Begin the ledger")


class Origin:
    """A bare repository and a clone of it, made once and copied for each test: clones by git take twenty processes."""

    def __init__(self, town: Town, template: Path, folder: Path) -> None:
        self._bare, self._clone = folder / "bare.git", folder / "clone"
        folder.mkdir(parents=True)
        town.git(folder, "clone", "-q", "--bare", str(template), str(self._bare))
        town.git(self._bare, "repack", "-adq")
        town.git(self._bare, "pack-refs", "--all")
        town.git(folder, "clone", "-q", str(self._bare), str(self._clone))

    def copy_bare(self, folder: Path) -> Path:
        """A bare repository of its own."""
        return Path(shutil.copytree(self._bare, folder))

    def fill(self, bare: Path) -> None:
        """Put the branches into an empty bare repository."""
        shutil.copytree(self._bare / "objects/pack", bare / "objects/pack", dirs_exist_ok=True)
        shutil.copy(self._bare / "packed-refs", bare / "packed-refs")

    def copy_clone(self, bare: Path, folder: Path) -> Path:
        """A clone whose origin is that copy."""
        shutil.copytree(self._clone, folder)
        config = folder / ".git/config"
        config.write_text(config.read_text().replace(str(self._bare), str(bare)))
        return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder as a literal."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
