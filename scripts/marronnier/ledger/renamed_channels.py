"""Histories of renamed channels, under the channels' current names."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.model.brand import Channels
from marronnier.model.history import History


def with_current_names(histories: Mapping[str, History], channels: Channels) -> Mapping[str, History]:
    """The histories by key; a history under a channel's former name stands under its current name too, so that what was sent counts."""
    names = {old: new for new, channel in channels.channels.items() for old in channel.was}
    if not names:
        return histories
    with_aliases = dict(histories)
    for key, history in histories.items():
        post_id, _at, rest = key.rpartition("@")
        old, tilde, day = rest.partition("~")
        if old in names:
            with_aliases.setdefault(f"{post_id}@{names[old]}{tilde}{day}", history)
    return with_aliases
