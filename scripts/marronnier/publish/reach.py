"""What a run can reach: secrets from the environment only, pictures as they were approved, and under a brand clock nothing beyond this machine."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable, Mapping

from marronnier import networks
from marronnier.desk.commit import CommitTree
from marronnier.git import GitError, Repo
from marronnier.messages import _
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.model.publication import Picture
from marronnier.networks.seam import Locked, Refused

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
        raise Locked(_("{channel} needs {variable}, and the environment does not hold it", channel=channel_name, variable=variable))
    return value


def _beyond_the_clock(brand: Brand, channel: Channel, host: str) -> str:
    """Why a host is out of reach; empty when it is not."""
    if brand.clock is None or not host:
        return ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    return "" if loopback else _("the brand lives at the clock {clock}, so nothing is sent to {host}", clock=brand.clock, host=host)


def pictures_from(repo: Repo) -> Callable[[str, Picture], bytes]:
    """Read pictures at the commit they were sealed from, and refuse any that are not those that were approved."""

    def read(commit: str, picture: Picture) -> bytes:
        try:
            data = CommitTree(repo, commit).read(picture.path)
        except (FileNotFoundError, GitError) as error:
            raise Refused(_("{path} is not in the repository any more", path=picture.path)) from error
        if hashlib.sha256(data).hexdigest() != picture.sha256:
            raise Refused(_("{path} is not the picture that was approved", path=picture.path))
        return data

    return read
