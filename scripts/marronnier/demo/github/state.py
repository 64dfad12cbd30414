"""The state of the fake GitHub: its accounts, tokens and repositories, and who may see or do what."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from marronnier.demo.github.accounts import ROLES, FakeAccount, FakeToken, Role
from marronnier.demo.github.bare_git import BareGit
from marronnier.demo.github.records import FakeLabel, FakePullRequest, FakeRepository

ACTIONS_BOT_ID = 41898282
"""github-actions[bot], as on github.com (https://api.github.com/users/github-actions[bot], seen 2026-11-27)."""
WEB_FLOW_ID = 19864447
"""web-flow, who commits what was made on GitHub's pages (https://api.github.com/users/web-flow, seen 2026-11-28)."""
_FIRST_IDS = {
    "account": 4001,
    "repository": 700001,
    "pull": 1600001,
    "issue": 2600001,
    "review": 3100001,
    "comment": 1900001,
    "run": 9100001,
}
_LABELS = (("bug", "d73a4a"), ("documentation", "0075ca"), ("enhancement", "a2eeef"), ("question", "d876e3"))


class FakeRefusal(Exception):
    """The fake GitHub does not do that. It carries the answer that a client gets."""

    def __init__(self, status: int, message: str, errors: Any = None, headers: dict[str, str] | None = None, page: str = "rest") -> None:
        super().__init__(f"{status} {message}" + (f" {errors}" if errors else ""))
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}
        self.page = page


def not_found() -> FakeRefusal:
    """What is not there, or must not be known to be."""
    return FakeRefusal(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", **more: str) -> FakeRefusal:
    """A field that GitHub does not accept."""
    return FakeRefusal(422, "Validation Failed", [{"resource": resource, "field": field, "code": code, **more}])


@dataclass(slots=True)
class FakeState:
    """Everything the fake GitHub knows. Whoever reads or changes it holds the lock."""

    folder: Path
    clock: Callable[[], datetime]
    lock: RLock = field(default_factory=RLock)
    address: str = "http://127.0.0.1"
    """Where it is reached, for what is written down outside any request."""
    accounts: dict[int, FakeAccount] = field(default_factory=dict)
    repositories: dict[int, FakeRepository] = field(default_factory=dict)
    former_names: dict[str, int] = field(default_factory=dict)
    """Full names, folded, of renamed repositories."""
    tokens: dict[str, FakeToken] = field(default_factory=dict)
    ids: Counter[str] = field(default_factory=Counter)

    def now(self) -> datetime:
        """The second it is."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def new_id(self, kind: str) -> int:
        """A number that nothing of this kind has."""
        self.ids[kind] += 1
        return _FIRST_IDS.get(kind, 500001) + self.ids[kind] - 1

    # Accounts

    def add_account(self, login: str, kind: Literal["User", "Bot", "Organization"], id: int | None = None, name: str = "", email: str = "") -> FakeAccount:  # fmt: skip
        """Register an account. Raises ValueError when the login or the number is taken."""
        id = id if id is not None else self._free_account_id()
        if id in self.accounts or self.account(login) is not None:
            raise ValueError(f"{login} or {id} is taken")
        account = self.accounts[id] = FakeAccount(id, login, kind, self.now(), name, email)
        return account

    def _free_account_id(self) -> int:
        while (id := self.new_id("account")) in self.accounts:
            pass
        return id

    def account(self, login: str) -> FakeAccount | None:
        """The account that has this login now."""
        folded = login.casefold()
        return next((one for one in self.accounts.values() if one.login.casefold() == folded and not one.deleted), None)

    def require_account(self, login: str) -> FakeAccount:
        """The account that has this login now. Raises FakeRefusal."""
        account = self.account(login)
        if account is None:
            raise not_found()
        return account

    def actions_bot(self) -> FakeAccount:
        """The account of the jobs' own tokens."""
        if ACTIONS_BOT_ID not in self.accounts:
            self.add_account("github-actions[bot]", "Bot", ACTIONS_BOT_ID)
        return self.accounts[ACTIONS_BOT_ID]

    def web_flow(self) -> FakeAccount:
        """The account that commits what was made on GitHub's pages."""
        if WEB_FLOW_ID not in self.accounts:
            self.add_account("web-flow", "User", WEB_FLOW_ID, "GitHub Web Flow", "noreply@github.com")
        return self.accounts[WEB_FLOW_ID]

    def add_token(self, account: FakeAccount, permissions: dict[str, str] | None = None, repository: FakeRepository | None = None) -> FakeToken:  # fmt: skip
        """A new token, in the form of GitHub's own."""
        is_job = account.kind == "Bot" and repository is not None
        value = ("ghs_" if is_job else "ghp_") + secrets.token_hex(18)
        token = self.tokens[value] = FakeToken(value, account, permissions, repository.id if repository else None)
        return token

    # Repositories

    def add_repository(self, owner: FakeAccount, name: str, *, private: bool, default_branch: str, parent: FakeRepository | None = None) -> FakeRepository:  # fmt: skip
        """Make an empty one, on disk too. Raises ValueError when the name is taken."""
        if self.repository(owner.login, name) is not None:
            raise ValueError(f"{owner.login}/{name} is taken")
        git = BareGit.create(self.folder / owner.login / f"{name}.git", default_branch)
        repository = FakeRepository(self.new_id("repository"), owner, name, git, self.now(), private, default_branch, parent=parent)
        for label, color in _LABELS:
            repository.labels[label] = FakeLabel(self.new_id("label"), label, color, default=True)
        self.repositories[repository.id] = repository
        return repository

    def repository(self, owner: str, name: str) -> FakeRepository | None:
        """The repository that has this name now."""
        folded = f"{owner}/{name}".casefold()
        return next((one for one in self.repositories.values() if one.full_name.casefold() == folded), None)

    def moved_repository(self, owner: str, name: str) -> FakeRepository | None:
        """The repository that had this name before."""
        return self.repositories.get(self.former_names.get(f"{owner}/{name}".casefold(), 0))

    def rename_repository(self, repository: FakeRepository, owner: FakeAccount, name: str) -> None:
        """Rename or transfer it. Its number stays, and its old address leads to the new one. Its folder stays where it is."""
        self.former_names[repository.full_name.casefold()] = repository.id
        repository.owner, repository.name = owner, name
        self.former_names.pop(repository.full_name.casefold(), None)

    def forks(self, repository: FakeRepository) -> list[FakeRepository]:
        """Its forks."""
        return [one for one in self.repositories.values() if one.parent is repository]

    # Who may what

    def role(self, repository: FakeRepository, account: FakeAccount | None) -> Role:
        """What somebody may do in a repository."""
        if account is None or account.deleted:
            return "none" if repository.private else "read"
        if account is repository.owner:
            return "admin"
        is_member = account.id in repository.owner.members
        least: Role = "read" if is_member or not repository.private else "none"
        return max(least, repository.roles.get(account.id, "none"), key=ROLES.index)

    def has_role(self, repository: FakeRepository, account: FakeAccount | None, role: Role) -> bool:
        """Whether somebody may do at least that much."""
        return ROLES.index(self.role(repository, account)) >= ROLES.index(role)

    def may_see(self, repository: FakeRepository, token: FakeToken | None) -> bool:
        """Whether the repository exists for whoever has this token."""
        if not repository.private:
            return True
        if token is None:
            return False
        if token.repository_id is not None:
            return token.repository_id == repository.id
        return self.has_role(repository, token.account, "read")

    def association(self, repository: FakeRepository, account: FakeAccount) -> str:
        """What GitHub calls somebody's relation to a repository. It says nothing about what they may do."""
        if account is repository.owner:
            return "OWNER"
        if account.id in repository.owner.members:
            return "MEMBER"
        if account.id in repository.roles:
            return "COLLABORATOR"
        merged = any(pull.merged_at is not None and pull.author is account for pull in repository.pulls)
        return "CONTRIBUTOR" if merged else "NONE"

    def pull_requests_of(self, head: FakeRepository, branch: str) -> list[FakePullRequest]:
        """Open pull requests whose head is this branch, in whichever repository they are."""
        return [
            pull
            for repository in self.repositories.values()
            for pull in repository.pulls
            if pull.is_open and pull.head_repository is head and pull.head_branch == branch
        ]
