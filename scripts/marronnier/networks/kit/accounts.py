"""Secrets of accounts, read from the environment and the file that it names; under a brand clock only channels whose host is this machine get theirs."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping

from marronnier import networks
from marronnier.messages import Trouble, _, format_day
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.model.where import is_reserved
from marronnier.networks.kit.seam import Locked, TakesMoreSecrets
from marronnier.networks.kit.secret_stores import with_secrets_file

SecretsReader = Callable[[str], Mapping[str, str]]
"""Maps a channel's name to the values of its secrets, under the names in its network's SECRETS. Raises Locked."""


def secrets_reader(environment: Mapping[str, str], brand: Brand, channels: Channels) -> SecretsReader:
    """A reader of secrets from the environment, and from the file that `MARRONNIER_SECRETS_FILE` names there, which counts first.

    It raises Locked for a channel that names no variable, an unset one, or a host out of reach, and for a file that cannot be read.
    """

    def read_secrets(channel_name: str) -> Mapping[str, str]:
        channel = channels.channels[channel_name]
        network = networks.get(channel.network)
        if reason := unreachable_reason(brand, network.host(channel)):
            raise Locked(reason)
        more = tuple(name for name in network.OPTIONAL_SECRETS if name in channel.env) if isinstance(network, TakesMoreSecrets) else ()
        wanted = (*network.SECRETS, *more)
        try:
            # Read each time: another process may have renewed what is in the file.
            values = with_secrets_file(environment) if wanted else environment
        except Trouble as trouble:
            raise Locked(f"{trouble.message}; {trouble.next}" if trouble.next else trouble.message) from None
        return {name: _secret_value(channel_name, channel, name, values) for name in wanted}

    return read_secrets


def _secret_value(channel_name: str, channel: Channel, name: str, environment: Mapping[str, str]) -> str:
    variable = channel.env.get(name)
    if variable is None:
        raise Locked(
            _(
                "{channel} does not say where its {name} is; add `env: {{{name}: VARIABLE}}` in brand/channels.yml",
                channel=channel_name,
                name=name,
            )
        )
    if is_reserved(variable):
        raise Locked(
            _(
                "{channel} names the environment variable {variable}, which is never given to a network; name another one in brand/channels.yml",
                channel=channel_name,
                variable=variable,
            )
        )
    # Secrets are pasted, often with a line break at their end.
    value = environment.get(variable, "").strip()
    if not value:
        raise Locked(_("{channel} needs the environment variable {variable}, which is not set", channel=channel_name, variable=variable))
    return value


def unreachable_reason(brand: Brand, host: str) -> str:
    """Why a brand with a clock cannot reach the host; empty when it can."""
    if brand.clock is None or not host:
        return ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if loopback:
        return ""
    clock = format_day(brand.clock.day) if brand.clock.day else str(brand.clock)
    return _("this is a demo with its date fixed at {clock}: nothing is sent to {host}", clock=clock, host=host)
