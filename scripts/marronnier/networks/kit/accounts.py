"""Accounts: what a channel needs before it can speak. Secrets come from the environment only, and under a brand clock nothing beyond this machine is reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping

from marronnier import networks
from marronnier.messages import _, day
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.networks.kit.seam import Locked

Secrets = Callable[[str], Mapping[str, str]]
"""From a channel's name to the values of its secrets, by the names its network asks for. Raises Locked."""


def secrets_from(surroundings: Mapping[str, str], brand: Brand, channels: Channels) -> Secrets:
    """Read secrets from the environment, and refuse a channel that is paused, incomplete or out of reach."""

    def secrets(channel_name: str) -> Mapping[str, str]:
        channel = channels.channels[channel_name]
        network = networks.get(channel.network)
        if why := _beyond_the_clock(brand, channel, network.host(channel)):
            raise Locked(why)
        return {name: _value(channel_name, channel, name, surroundings) for name in network.SECRETS}

    return secrets


def _value(channel_name: str, channel: Channel, name: str, surroundings: Mapping[str, str]) -> str:
    variable = channel.env.get(name)
    if variable is None:
        raise Locked(
            _(
                "{channel} does not say where its {name} is; add `env: {{{name}: VARIABLE}}` in brand/channels.yml",
                channel=channel_name,
                name=name,
            )
        )
    # Secrets are pasted, often with the end of their line.
    value = surroundings.get(variable, "").strip()
    if not value:
        raise Locked(_("{channel} needs the environment variable {variable}, which is not set", channel=channel_name, variable=variable))
    return value


def _beyond_the_clock(brand: Brand, channel: Channel, host: str) -> str:
    """Why a host is out of reach; empty when it is not."""
    if brand.clock is None or not host:
        return ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if loopback:
        return ""
    clock = day(brand.clock.day) if brand.clock.day else str(brand.clock)
    return _("this is a demo with its date fixed at {clock}: nothing is sent to {host}", clock=clock, host=host)
