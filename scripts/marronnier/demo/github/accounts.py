"""Accounts of the fake GitHub: people, bots and organisations, their tokens, and the roles that they may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from marronnier.demo.github.bare_git import Ident

Role = Literal["none", "read", "triage", "write", "maintain", "admin"]
ROLES: tuple[Role, ...] = ("none", "read", "triage", "write", "maintain", "admin")
"""From the least to the most."""


@dataclass(eq=False, slots=True)
class FakeAccount:
    """A person, a bot or an organisation. The number stays when the login changes."""

    id: int
    login: str
    kind: Literal["User", "Bot", "Organization"]
    created_at: datetime
    name: str = ""
    email: str = ""
    """The address shown on the profile; empty: commits carry the noreply address."""
    deleted: bool = False
    """A ghost: answers say `null` in its place."""
    members: set[int] = field(default_factory=set)
    """Of an organisation: the numbers of its members."""

    @property
    def ident(self) -> Ident:
        """Whose commits are made on GitHub's pages by this account."""
        return Ident(self.name or self.login, self.email or self.noreply)

    @property
    def noreply(self) -> str:
        """The address that GitHub gives to each account."""
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(frozen=True, eq=False, slots=True)
class FakeToken:
    """A secret by which somebody asks: a person, or a job with the permissions of its workflow."""

    value: str
    account: FakeAccount
    permissions: Mapping[str, str] | None = None
    """By scope (`contents`, `pull_requests`): `read` or `write`. None: all that the person may."""
    repository_id: int | None = None
    """The only repository it is for."""

    @property
    def is_job(self) -> bool:
        """Whether it is the GITHUB_TOKEN of a job: what it does starts no workflow."""
        return self.repository_id is not None and self.account.kind == "Bot"
