"""What the ledger says, under the names that channels have now."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.model.brand import Channels
from marronnier.model.history import History


def with_current_names(histories: Mapping[str, History], channels: Channels) -> Mapping[str, History]:
    """The histories, those of former names under the new ones too: a channel that was renamed keeps what it sent."""
    names = {old: new for new, channel in channels.channels.items() for old in channel.was}
    if not names:
        return histories
    found = dict(histories)
    for key, history in histories.items():
        post_id, _at, rest = key.rpartition("@")
        old, tilde, day = rest.partition("~")
        if old in names:
            found.setdefault(f"{post_id}@{names[old]}{tilde}{day}", history)
    return found
