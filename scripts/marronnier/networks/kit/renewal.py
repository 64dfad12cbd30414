"""Renewal of secrets that are about to end: the new ones are stored before they are used, and before the old ones are given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from marronnier.model.secret_store import SecretStore
from marronnier.networks.kit.credentials import IssuedSecrets, Refreshes
from marronnier.networks.kit.seam import Account, Network
from marronnier.web import Web

RENEW_BEFORE = timedelta(days=30)
"""So long before their end secrets are renewed: a month of failures passes before anybody must act."""


def life_of(network: Network) -> timedelta | None:
    """How long the network's secrets live; None where that is not known."""
    return timedelta(days=network.TOKEN_LIFE.value) if isinstance(network, Refreshes) else None


def is_renewable(network: Network, secrets: Mapping[str, str]) -> bool:
    """Whether the network gives new secrets for these."""
    return isinstance(network, Refreshes) and network.is_refreshable(secrets)


def variables(account: Account, values: Mapping[str, str]) -> Mapping[str, str]:
    """Secrets by the environment variables that `brand/channels.yml` names for them; those that it does not name are left out."""
    named = account.channel.env
    return {named[name]: value for name, value in values.items() if name in named}


def expires_of(account: Account, network: Network, store: SecretStore | None) -> datetime | None:
    """When the first of its secrets ends, as far as the store knows. Raises Trouble."""
    variable = account.channel.env.get(network.SECRETS[0]) if network.SECRETS else None
    return store.expires(variable, life_of(network)) if store is not None and variable else None


def renew(account: Account, network: Refreshes, store: SecretStore, web: Web) -> tuple[Account, datetime | None]:
    """The account with new secrets, which are stored, and when they end.

    Raises Refused, Locked or Wait of the network, with the old secrets as they were; Trouble where nothing can be stored, and then nothing
    was asked for, or where storing failed all the same.
    """
    store.try_out(account.channel.env[name] for name in account.secrets if name in account.channel.env)
    issued = network.refresh(account, web)
    keep(account, network.SECRETS, issued, store)
    return replace(account, secrets={**account.secrets, **issued.values}), issued.expires


def keep(account: Account, names: Sequence[str], issued: IssuedSecrets, store: SecretStore) -> None:
    """Store secrets that a network gave, which has them under these names: the end that it told is that of the first. Raises Trouble."""
    stored = variables(account, issued.values)
    first = account.channel.env.get(names[0], "") if names else ""
    ends = {first: issued.expires} if issued.expires is not None and first in stored else {}
    store.store(stored, ends)
