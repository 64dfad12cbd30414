"""The example's team: who writes, who approves, and their keys."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from marronnier.git import NotInstalled, Repo, ssh_keygen
from marronnier.ledger.publisher_key import PRINCIPAL
from marronnier.model.approval_policy import Policy

AUTHOR = "communication"
"""Who writes the posts."""
APPROVERS = ("presidence", "jardin")
"""Who approves them; the second where two are asked for."""
MERGER = "bibliotheque"
"""Who merges."""


class Team:
    """People with names, addresses and, where ssh-keygen is there, keys outside of the tree."""

    def __init__(self, repo: Repo, policy: Policy, *, unsigned: bool = False) -> None:
        self.repo = repo
        self.policy = policy
        self.keys = Path(repo.text("rev-parse", "--absolute-git-dir")) / "keys"
        self.unsigned = unsigned

    def make_keys(self) -> str:
        """Everyone's key; gives `brand/allowed_signers`, empty when this machine has no ssh-keygen."""
        self.keys.mkdir(mode=0o700, exist_ok=True)
        lines = []
        try:
            for name in (*self.policy.approvers, PRINCIPAL):
                path = self.keys / name
                if not path.exists():
                    ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path))
                public = path.with_suffix(".pub").read_text(encoding="utf-8").strip()
                lines.append(f'{name} namespaces="git" {public}\n')
        except NotInstalled:
            self.unsigned = True
            return ""
        return "".join(lines)

    def key(self, name: str) -> Path | None:
        """The private key of somebody, or None when nothing is signed here."""
        return None if self.unsigned else self.keys / name

    def identity(self, name: str, at: datetime) -> Mapping[str, str]:
        """The environment in which git takes us for somebody, at an hour."""
        person = self.policy.approvers[name]
        stamp = at.isoformat()
        return {
            "GIT_AUTHOR_NAME": person.name,
            "GIT_AUTHOR_EMAIL": person.emails[0],
            "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_NAME": person.name,
            "GIT_COMMITTER_EMAIL": person.emails[0],
            "GIT_COMMITTER_DATE": stamp,
        }

    @contextmanager
    def acting(self, name: str, at: datetime) -> Iterator[Repo]:
        """Be somebody, at an hour: every commit made inside is theirs."""
        mine = self.identity(name, at)
        before = {variable: os.environ.get(variable) for variable in mine}
        os.environ.update(mine)
        try:
            yield self.repo
        finally:
            for variable, value in before.items():
                if value is None:
                    del os.environ[variable]
                else:
                    os.environ[variable] = value

    def settle_in(self, name: str) -> None:
        """Let whoever opens this folder be that person: so that they can approve and publish at once."""
        person = self.policy.approvers[name]
        settings = {"user.name": person.name, "user.email": person.emails[0]}
        if not self.unsigned:
            settings |= {"gpg.format": "ssh", "user.signingkey": str(self.keys / name)}
        for setting, value in settings.items():
            self.repo.run("config", setting, value)
