"""The people of the tests: a small town whose team keeps its calendar in Git, with keys of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from installed import site_of_fakes

TESTS = Path(__file__).parent
SCRIPTS = TESTS.parent / "scripts"

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
        self._template: Path | None = None
        self._newsroom: Path | None = None

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

    def git(self, folder: Path, *arguments: str, who: str = "ines", now: str = "2026-11-02 09:00") -> str:
        """Run git as somebody."""
        done = subprocess.run(["git", *arguments], cwd=folder, env=self.surroundings(who, now), check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def found(self, folder: Path, extra: Mapping[str, str] | None = None) -> Path:
        """A repository with the default brand, committed by Inès on `main`."""
        if self._template is None:
            self._template = self.folder / "template"
            self._template.mkdir()
            write(self._template, {**BRAND, "brand/allowed_signers": self.allowed_signers()})
            self.git(self._template, "init", "-q")
            self.git(self._template, "add", "-A")
            self.git(self._template, "commit", "-qm", "Found the brand")
        shutil.copytree(self._template, folder)
        shutil.rmtree(self.folder / "square", ignore_errors=True)
        if extra:
            write(folder, extra)
            self.git(folder, "add", "-A")
            self.git(folder, "commit", "-qm", "More")
        return folder

    def newsroom(self, folder: Path) -> Path:
        """A repository with the default brand whose publisher began its ledger on 2026-11-02."""
        if self._newsroom is None:
            made = self.found(self.folder / "newsroom")
            env = self.surroundings("publisher", "2026-11-02 09:00")
            subprocess.run([str(self.bin / "marronnier"), "ledger", "init"], cwd=made, env=env, check=True, capture_output=True)
            self.git(made, "commit", "-qam", "Begin the ledger")
            self._newsroom = made
        shutil.copytree(self._newsroom, folder)
        shutil.rmtree(self.folder / "square", ignore_errors=True)
        return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder as a literal."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
