"""Secrets of the environments of a repository on GitHub, written by a token that may do that and nothing reads them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from marronnier.forge.github_connection import GitHubConnection, member, sealed_for
from marronnier.forge.github_repository import GitHubRepository, repository_of
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.messages import _
from marronnier.web import Web

VARIABLE = "MARRONNIER_SECRETS_TOKEN"
"""The environment variable with the token that may write secrets; the job's own GITHUB_TOKEN may not."""


def open_github_secrets(
    repo: Repo, surroundings: Mapping[str, str], environments: Mapping[str, Iterable[str]], *, loopback: bool
) -> GitHubSecrets | None:
    """The secrets of the repository that origin is; None without a token for them, or for any other origin. Raises ForgeTrouble.

    `environments`: the names of the secrets of each.
    """
    token = surroundings.get(VARIABLE, "").strip()
    found = repository_of(repo, surroundings) if token and repo.has_remote() else None
    if found is None:
        return None
    connection = GitHubConnection(token, found.api, web=Web(loopback=loopback and found.is_loopback))
    return GitHubSecrets(found, connection, environments)


class GitHubSecrets:
    """The secrets of one repository's environments."""

    def __init__(self, repository: GitHubRepository, connection: GitHubConnection, environments: Mapping[str, Iterable[str]]) -> None:
        self._repository = repository
        self._connection = connection
        self._environment = {name: environment for environment, names in environments.items() for name in names}

    @property
    def place(self) -> str:
        """The repository, and what of it."""
        return _("the secrets of {name} on GitHub", name=self._repository.name)

    def try_out(self, variables: Iterable[str]) -> None:
        """Ask for the key with which each is sealed. Raises ForgeTrouble."""
        for environment in dict.fromkeys(map(self._environment_of, variables)):
            self._key(environment)

    def store(self, values: Mapping[str, str], expires: Mapping[str, datetime]) -> None:
        """Seal each and send it, once. GitHub itself notes when. Raises ForgeTrouble; https://docs.github.com/rest/actions/secrets, seen 2026-11-28."""
        for name, value in values.items():
            environment = self._environment_of(name)
            key = self._key(environment)
            sealed = _sealed(str(key["key"]), value)
            if not sealed:
                raise self._no_key(self._path(environment))
            body = {"encrypted_value": sealed, "key_id": str(key["key_id"])}
            self._connection.write("PUT", f"{self._path(environment)}/{quote(name, safe='')}", body)

    def expires(self, variable: str, life: timedelta | None) -> datetime | None:
        """When it ends, if it was new when GitHub got it; None where GitHub has none, or its kind has no known life. Raises ForgeTrouble."""
        if life is None:
            return None
        try:
            told = self._connection.get(f"{self._path(self._environment_of(variable))}/{quote(variable, safe='')}")
            return datetime.fromisoformat(str(member(told, "updated_at"))) + life
        except ForgeTrouble as trouble:
            if trouble.kind != "missing":
                raise
        except (ValueError, TypeError):
            pass
        return None

    def _environment_of(self, variable: str) -> str:
        environment = self._environment.get(variable)
        if environment is None:
            raise ForgeTrouble(
                _("no job of .github/workflows/publish.yml gets {name}", name=variable),
                _("Run `marronnier init --github`."),
                kind="refused",
            )
        return environment

    def _key(self, environment: str) -> Mapping[str, Any]:
        path = f"{self._path(environment)}/public-key"
        told = self._connection.get(path)
        if not isinstance(member(told, "key"), str) or member(told, "key_id") is None:
            raise self._no_key(path)
        return dict(told)

    @staticmethod
    def _no_key(path: str) -> ForgeTrouble:
        return ForgeTrouble(_("GitHub's answer has another form than expected ({verb} {what})", verb="GET", what=path), kind="unreadable")

    def _path(self, environment: str) -> str:
        return f"/repos/{self._repository.name}/environments/{quote(environment, safe='')}/secrets"


def _sealed(key: str, value: str) -> str:
    """The sealed value; empty where the key is none. An error of the library would hold the value."""
    try:
        return sealed_for(key, value)
    except Exception:  # noqa: BLE001 - nacl raises errors of several kinds for what is no key
        return ""
