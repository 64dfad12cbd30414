"""Where a command keeps secrets that a network gives: the file of this server, or what the forge keeps for its jobs."""

from __future__ import annotations

import os

from marronnier.cli.context import CommandContext
from marronnier.model.secret_store import SecretStore


def secret_store(context: CommandContext) -> SecretStore | None:
    """The file that MARRONNIER_SECRETS_FILE names, else the forge's secrets where MARRONNIER_SECRETS_TOKEN may write them; None without either.

    Raises Trouble for a file or an address that must not be used.
    """
    from marronnier.networks.kit.secret_stores import secrets_file_of

    file = secrets_file_of(os.environ, context.root)
    return file if file is not None else _forge_secrets(context)


def _forge_secrets(context: CommandContext) -> SecretStore | None:
    from marronnier import forge, start
    from marronnier.cli.forge_setup import publishing_workflow
    from marronnier.git import Repo

    environments = start.environments_of_workflow(publishing_workflow(context.root))
    names = start.secrets_of_environments(start.secrets_of_channels(context.desk.channels), environments)
    return forge.open_secrets(Repo(context.root), os.environ, names, loopback=context.brand.clock is not None)
