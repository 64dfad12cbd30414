"""A version of a network's API that ends soon, or that is none."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.networks.kit.versions import ending_version

LEVEL: Level = "warning"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every channel whose network says that the version it uses ends within two months."""
    if view.desk.only is not None:
        return
    today = view.day(view.now)
    for name, channel in view.desk.channels.channels.items():
        network = view.channels.networks[channel.network]
        ending = ending_version(network, channel, today) if network is not None else None
        if ending is None:
            continue
        place = view.desk.place("brand/channels.yml", "channels", name, "version" if channel.version else "network")
        level: Level = LEVEL if ending.is_version else "error"
        yield Finding("ending-version", level, place, ending.message, _("a version that the network takes for longer"), ending.next)
