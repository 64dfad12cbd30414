"""A repository on GitHub, from the address of its origin: its pages, its settings, and whose token this is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from marronnier.forge import github_settings, github_setup_steps
from marronnier.forge.account import ForgeAccount
from marronnier.forge.github_account import read_account
from marronnier.forge.github_connection import GitHubConnection
from marronnier.forge.github_repository import DEFAULT_SERVER, GitHubRepository, repository_of
from marronnier.forge.github_settings import Reading
from marronnier.forge.setup import SetupNeeds, SetupStep
from marronnier.forge.trouble import ForgeTrouble, Kind
from marronnier.git import Repo
from marronnier.messages import _
from marronnier.web import Web

_STATUSES: Mapping[Kind, int] = {"missing": 404, "credentials": 401, "forbidden": 403, "busy": 429, "failed": 500, "unreadable": 200}
"""The answer of GitHub behind each trouble; 0 for the others, where none came."""


def open_setup(repo: Repo, *, loopback: bool = False) -> GitHubSetup | None:
    """The settings of the repository on GitHub that origin is; None for any other origin. Raises ForgeTrouble."""
    found = repository_of(repo) if repo.has_remote() else None
    return GitHubSetup(found, loopback=loopback) if found is not None else None


class GitHubSetup:
    """The settings of one repository on GitHub."""

    name = "GitHub"

    def __init__(self, repository: GitHubRepository, *, loopback: bool) -> None:
        """`loopback`: the API may be on this machine, as for a brand under a clock."""
        self.repository = repository
        self.address = f"{repository.server}/{repository.name}"
        # Without a clock, our door lets nobody reach this machine.
        self._connection = GitHubConnection(repository.token, repository.api, web=Web(loopback=loopback and repository.is_loopback))

    def steps(self, needs: SetupNeeds) -> Sequence[SetupStep]:
        """Every step, as before anything is done; nothing is asked."""
        repository, address = self.repository.name, self.address
        found = []
        for environment in needs.environments:
            found.append(github_setup_steps.environment_step(repository, address, environment, needs.branch))
            found.append(github_setup_steps.secrets_step(repository, address, environment, needs))
        return [
            *found,
            github_setup_steps.ledger_rule_step(repository, address),
            github_setup_steps.branch_rule_step(repository, address, needs),
            github_setup_steps.pages_step(repository, address),
        ]

    def examine(self, needs: SetupNeeds) -> Sequence[SetupStep]:
        """Every step with its state, as far as the token can read it."""
        if not self.repository.token:
            said = _("unknown: without a token nothing can be read here")
            return [SetupStep((_("Run `export GITHUB_TOKEN=$(gh auth token)`, then doctor again."),), self.address, (), "unknown", said)]
        try:
            self._connection.get(f"/repos/{self.repository.name}")
        except ForgeTrouble as trouble:
            # What GitHub answers about the parts of a repository that it does not show would be taken for missing.
            return [SetupStep((trouble.next,), self.address, (), "unknown", _("unknown: {why}", why=trouble.message))]
        return github_settings.examine(
            lambda path: self._read(f"/repos/{self.repository.name}{path}"), self.repository.name, self.address, needs
        )

    def account(self) -> ForgeAccount | None:
        """The account that the token belongs to; None where there is no token, or it is no person's."""
        return self._account("/user")

    def login(self, number: int) -> str:
        """The login of an account now; empty where it cannot be told."""
        found = self._account(f"/user/{number}")
        return found.login if found is not None and found.number == number else ""

    def repository_at(self, url: str) -> str:
        """`owner/name` for the address of any repository on the same server; empty for every other address."""
        parts = urlsplit(url.removeprefix("git+"))
        name = parts.path.strip("/").removesuffix(".git")
        servers = {urlsplit(self.repository.server).hostname, urlsplit(DEFAULT_SERVER).hostname}
        return name if parts.hostname in servers and name.count("/") == 1 else ""

    def identity(self) -> str:
        """The shell's assignment that tells the ledger which repository it belongs to: a fork shares the history, and not the number."""
        number = self._repository().get("id")
        told = str(number) if isinstance(number, int) else f"$(gh api repos/{self.repository.name} --jq .id)"
        return f"GITHUB_REPOSITORY_ID={told}"

    def is_private(self) -> bool | None:
        """Whether only its team can read the repository; None where it cannot be told."""
        told = self._repository().get("private")
        return told if isinstance(told, bool) else None

    def risks(self) -> Sequence[str]:
        """What stays open where the plan has no environments or no rulesets."""
        return github_setup_steps.risk_without_environments(), github_setup_steps.risk_without_rules()

    def _repository(self) -> Mapping[str, Any]:
        """What GitHub says of the repository; empty where it cannot be told."""
        reading = self._read(f"/repos/{self.repository.name}")
        return reading.body if reading.status == 200 and isinstance(reading.body, dict) else {}

    def _account(self, path: str) -> ForgeAccount | None:
        reading = self._read(path)
        found = read_account(reading.body) if reading.status == 200 else None
        return None if found is None or found.is_robot else found

    def _read(self, path: str) -> Reading:
        """An answer of any status; 0 where none came, or there is no token to ask with."""
        if not self.repository.token:
            return Reading(0, None)
        try:
            return Reading(200, self._connection.get(path))
        except ForgeTrouble as trouble:
            return Reading(_STATUSES.get(trouble.kind, 0), {"message": trouble.message})
