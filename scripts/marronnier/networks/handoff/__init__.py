"""A channel where a person posts: at the hour its owner is given what to copy and to save, and says afterwards where it stands.

`network: handoff` is any place at all. `network: handoff.x` has the limits, formats and composer of X; a name behind the dot is one of `places`,
or any other network of this calendar to which the team has no access.
"""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.messages import N_
from marronnier.networks.handoff.anywhere import ANYWHERE
from marronnier.networks.handoff.by_hand import BY_HAND, TRIED, ByHand
from marronnier.networks.kit.seam import Network

__all__ = ["COMPOSER", "FACTS", "IDEMPOTENT", "MEDIA", "NAME", "SECRETS", "TRIED", "WORDS", "compose", "handoff", "host", "part_content", "send", "variant"]  # fmt: skip

_ANYWHERE = ByHand("handoff", ANYWHERE)

NAME = BY_HAND
COMPOSER = _ANYWHERE.COMPOSER
FACTS = _ANYWHERE.FACTS
WORDS: Mapping[str, str] = {"post": N_("post")}
SECRETS = _ANYWHERE.SECRETS
IDEMPOTENT = _ANYWHERE.IDEMPOTENT
MEDIA = _ANYWHERE.MEDIA
compose = _ANYWHERE.compose
part_content = _ANYWHERE.part_content
host = _ANYWHERE.host
send = _ANYWHERE.send
handoff = _ANYWHERE.handoff


def variant(name: str) -> Network | None:
    """The network of that name where a person posts; None for a name that nobody knows."""
    from marronnier.networks.handoff import places
    from marronnier.networks.handoff.without_access import WithoutAccess

    place = places.find(name)
    return ByHand(f"handoff.{name}", place) if place is not None else WithoutAccess.of(name)
