"""Which channels a job sends to: all of them, or those whose tokens its environment has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from marronnier.messages import Trouble, _
from marronnier.model.brand import Channels

ONLY = "MARRONNIER_CHANNELS"
"""The environment variable that names the channels of a job, separated by spaces."""
EXCEPT = "MARRONNIER_OTHER_CHANNELS"
"""The environment variable that names the channels of other jobs: this one has all the rest."""

ChannelFilter = Callable[[str], bool]
"""Says of a channel's name whether the channel is this job's."""


def channels_of_job(surroundings: Mapping[str, str], channels: Channels) -> ChannelFilter:
    """A function that says whether a channel is this job's. Raises Trouble for a name that no channel has, now or earlier."""
    only, others = (_named(surroundings, variable, channels) for variable in (ONLY, EXCEPT))
    return lambda channel_name: (not only or channel_name in only) and channel_name not in others


def mark_of_job(surroundings: Mapping[str, str]) -> str:
    """Eight characters that all runs of a job have in common, and no job of other channels; empty for a job of all channels."""
    named = "/".join(" ".join(sorted(surroundings.get(variable, "").split())) for variable in (ONLY, EXCEPT))
    return hashlib.sha256(named.encode()).hexdigest()[:8] if named != "/" else ""


def _named(surroundings: Mapping[str, str], variable: str, channels: Channels) -> frozenset[str]:
    current = {old: name for name, channel in channels.channels.items() for old in (*channel.was, name)}
    names = surroundings.get(variable, "").split()
    if unknown := [name for name in names if name not in current]:
        raise Trouble(
            _("{variable} names {name}, which is no channel of brand/channels.yml", variable=variable, name=unknown[0]),
            _("Correct it in the workflow: nothing is sent before."),
        )
    return frozenset(current[name] for name in names)
