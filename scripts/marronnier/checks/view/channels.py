"""The channels of a brand with the networks they are on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier.networks.kit.seam import AcceptsMedia

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.networks.kit.seam import Network


@dataclass
class ChannelNetworks:
    """The channels of a desk: by which names people may write them, and what their networks take."""

    desk: Desk

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that stands for channels: channels, groups, and names channels had before."""
        channels = self.desk.channels
        was = (old for channel in channels.channels.values() for old in channel.was)
        return frozenset((*channels.channels, *channels.groups, *was))

    @cached_property
    def networks(self) -> Mapping[str, Network | None]:
        """The networks the channels are on, by name; None for one this tool does not know."""
        from marronnier import networks

        by_name: dict[str, Network | None] = {}
        for channel in self.desk.channels.channels.values():
            if channel.network not in by_name:
                try:
                    by_name[channel.network] = networks.get(channel.network)
                except networks.UnknownNetwork:
                    by_name[channel.network] = None
        return by_name

    def accepts(self, channel_name: str, sort: str) -> bool:
        """Whether a channel can be sent that sort of media. Every network takes pictures; an unknown network counts as taking everything."""
        network = self.networks.get(self.desk.channels.channels[channel_name].network)
        return network is None or sort == "image" or (isinstance(network, AcceptsMedia) and sort in network.MEDIA)
