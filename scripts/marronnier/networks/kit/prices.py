"""What sending costs: the prices that a network asks of a program, part by part. What a person posts by hand costs nothing."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.model.publication import Part, Payload
from marronnier.networks.kit.facts import Period
from marronnier.networks.kit.seam import Network
from marronnier.text.weighted_length import has_link


def payload_cost(network: Network, payload: Payload) -> int:
    """What sending a payload costs, in thousandths of a US dollar; 0 where the network asks nothing."""
    prices = {price.per: price.value for price in network.FACTS.prices}
    return sum(_part_cost(network, part, prices) for part in payload.parts) if prices else 0


def _part_cost(network: Network, part: Part, prices: Mapping[Period, int]) -> int:
    """Of a part with a link only its own price counts, where there is one. What any network would make a link counts as one."""
    if "post with a link" in prices and (has_link(part.text) or network.part_content(part).card is not None):
        return prices["post with a link"]
    return prices.get("post", 0)
