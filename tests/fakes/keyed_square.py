"""A Square that remembers keys: a post sent again is there once. See `fakes.square`."""

from __future__ import annotations

from typing import Any

from fakes.square import COMPOSER, FACTS, SECRETS, TRIED, WORDS, Server, compose, host, part_content
from marronnier.model.publication import Delivery
from marronnier.networks.kit.seam import Account, SendRequest

__all__ = ["COMPOSER", "FACTS", "IDEMPOTENT", "NAME", "SECRETS", "TRIED", "WORDS", "compose", "host", "part_content", "send"]

NAME = "Keyed Square"
IDEMPOTENT = True


def send(sending: SendRequest, account: Account, web: Any) -> Delivery:
    """Publish one message, once for each key."""
    return Server.here().post(sending, account, known=True)
