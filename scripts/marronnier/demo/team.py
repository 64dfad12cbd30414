"""The example's team: its people, their keys, and committing as one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from marronnier.demo.environment import changed_environment
from marronnier.git import NotInstalled, Repo, ssh_keygen
from marronnier.ledger.publisher_key import PRINCIPAL
from marronnier.model.approval_policy import Policy

AUTHOR = "communication"
"""The person who writes the posts."""
APPROVERS = ("presidence", "jardin")
"""The persons who approve them, the second one where two approvals are needed."""
MERGER = "bibliotheque"
"""The person who merges."""


class Team:
    """People of `brand/approvals.yml`, with keys in `.git` where the machine has ssh-keygen."""

    def __init__(self, repo: Repo, policy: Policy, *, unsigned: bool = False) -> None:
        self.repo = repo
        self.policy = policy
        self.key_folder = Path(repo.text("rev-parse", "--absolute-git-dir")) / "keys"
        self.unsigned = unsigned

    def create_keys(self) -> str:
        """Create everyone's key and return the text of `brand/allowed_signers`; empty where the machine has no ssh-keygen."""
        self.key_folder.mkdir(mode=0o700, exist_ok=True)
        lines = []
        try:
            for name in (*self.policy.approvers, PRINCIPAL):
                path = self.key_folder / name
                if not path.exists():
                    ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path))
                public = path.with_suffix(".pub").read_text(encoding="utf-8").strip()
                lines.append(f'{name} namespaces="git" {public}\n')
        except NotInstalled:
            self.unsigned = True
            return ""
        return "".join(lines)

    def private_key(self, name: str) -> Path | None:
        """The private key of a person; None when the demo is unsigned."""
        return None if self.unsigned else self.key_folder / name

    @contextmanager
    def commit_as(self, name: str, at: datetime) -> Iterator[Repo]:
        """Make every commit inside the `with` that person's, at that instant."""
        person = self.policy.approvers[name]
        values = {"NAME": person.name, "EMAIL": person.emails[0], "DATE": at.isoformat()}
        identity = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in values.items()}
        with changed_environment(identity):
            yield self.repo

    def configure_git_user(self, name: str) -> None:
        """Configure the repository so that whoever works in it is that person, and can approve and publish at once."""
        person = self.policy.approvers[name]
        settings = {"user.name": person.name, "user.email": person.emails[0]}
        if not self.unsigned:
            settings |= {"gpg.format": "ssh", "user.signingkey": str(self.key_folder / name)}
        for setting, value in settings.items():
            self.repo.run("config", setting, value)
