"""Where a command keeps secrets that a network gives: the file of this server, or what the forge keeps for its jobs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marronnier.cli.context import CommandContext
from marronnier.model.secret_store import SecretStore


def secret_store(context: CommandContext) -> SecretStore | None:
    """The file that MARRONNIER_SECRETS_FILE names, else the forge's secrets where MARRONNIER_SECRETS_TOKEN may write them; None without either.

    Raises Trouble for a file or an address that must not be used.
    """
    from marronnier.networks.kit.secret_stores import secrets_file_of

    file = secrets_file_of(os.environ, context.root)
    return file if file is not None else _forge_secrets(context)


def secret_store_of_run(context: CommandContext) -> SecretStore | None:
    """The same, for a run that sends afterwards: what it stores it has itself from then on. Raises Trouble."""
    store = secret_store(context)
    return _RunSecrets(store) if store is not None else None


@dataclass(frozen=True, slots=True)
class _RunSecrets:
    """A place that keeps secrets, and the environment of this process: a job is given its secrets once, when it begins."""

    kept: SecretStore

    @property
    def place(self) -> str:
        return self.kept.place

    def try_out(self, variables: Iterable[str]) -> None:
        self.kept.try_out(variables)

    def store(self, values: Mapping[str, str], expires: Mapping[str, datetime]) -> None:
        self.kept.store(values, expires)
        os.environ.update(values)

    def expires(self, variable: str, life: timedelta | None) -> datetime | None:
        return self.kept.expires(variable, life)


def _forge_secrets(context: CommandContext) -> SecretStore | None:
    from marronnier import forge, start
    from marronnier.cli.forge_setup import publishing_workflow
    from marronnier.git import Repo

    environments = start.environments_of_workflow(publishing_workflow(context.root))
    names = start.secrets_of_environments(start.secrets_of_channels(context.desk.channels), environments)
    return forge.open_secrets(Repo(context.root), os.environ, names, loopback=context.brand.clock is not None)
