"""Versions of APIs that end: which one a channel uses, and until when. The rule and `doctor` tell the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from marronnier.messages import _, format_day
from marronnier.model.brand import Channel
from marronnier.networks.kit.credentials import HasVersions
from marronnier.networks.kit.seam import Network

WARN_BEFORE = timedelta(days=60)
"""So long before its end people are told of a version."""


class EndingVersion(NamedTuple):
    """What is to be said of a channel's version."""

    message: str
    next: str
    is_version: bool = True
    """False where the network has no such version."""


def ending_version(network: Network, channel: Channel, today: date, before: timedelta = WARN_BEFORE) -> EndingVersion | None:
    """What is to be said of the version that a channel uses, so long before its end; None where it is fine."""
    name = _(network.NAME)
    if not isinstance(network, HasVersions):
        if not channel.version:
            return None
        message = _(
            "{network} has no versions of its API to choose from, and `version: {version}` does nothing",
            network=name,
            version=channel.version,
        )
        return EndingVersion(message, _("remove `version`"), is_version=False)
    version = channel.version or network.VERSION
    end = network.version_end(version)
    if end is None:
        message = _("{version} is no version of the API of {network}", version=version, network=name)
        return EndingVersion(message, _("write one like {version}, or remove `version`", version=network.VERSION), is_version=False)
    if end - today > before:
        return None
    day = format_day(end)
    message = (
        _("version {version} of the API of {network} may end from {day} on", version=version, network=name, day=day)
        if today < end
        else _("version {version} of the API of {network} may have ended on {day}", version=version, network=name, day=day)
    )
    newer = network.version_end(network.VERSION)
    if channel.version and newer is not None and newer > end:
        return EndingVersion(message, _("write `version: {version}`, or remove `version`", version=network.VERSION))
    return EndingVersion(message, _("install a newer Marronnier, or write a newer `version:` that it was tried with"))
