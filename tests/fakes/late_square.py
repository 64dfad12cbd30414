"""A Square that acts after it cut the line, and whose list leaves out what is for followers, as two real servers do. See `fakes.square`.

Time is scaled: an effect comes within a second here, where 8 seconds were seen, and it is known after `SETTLE`.
"""

from __future__ import annotations

from typing import Any

from fakes.square import COMPOSER, FACTS, IDEMPOTENT, SECRETS, TRIED, WORDS, Server, compose, host, part_content, send
from marronnier.model.publication import Delivery
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.seam import Account, SendRequest, Unknown

__all__ = [
    "COMPOSER",
    "FACTS",
    "IDEMPOTENT",
    "NAME",
    "SECRETS",
    "SETTLE",
    "TRIED",
    "WORDS",
    "compose",
    "find",
    "host",
    "part_content",
    "send",
]

NAME = "Late Square"
LATENESS = 1.0
"""The most seconds after which an effect comes."""
SETTLE = Fact(3, "http://127.0.0.1/square/about", seen="2026-11-27", unit="seconds")


def find(sending: SendRequest, account: Account, web: Any) -> Delivery | None:
    """Look the message up in a list that omits what is for followers. Raises Unknown for those: only a person sees them."""
    if sending.part.wire.get("visibility") == "followers":
        raise Unknown("the list may leave out messages for followers")
    return Server.here().look(sending, account)
