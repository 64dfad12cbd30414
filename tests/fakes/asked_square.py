"""A Square that says whose account it is, what its clock says, and whether a message is still there. See `fakes.square`."""

from __future__ import annotations

from typing import Any

from fakes.square import COMPOSER, FACTS, IDEMPOTENT, SECRETS, SETTLE, TRIED, WORDS, Server, compose, find, host, part_content, send
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit.seam import Account, AccountStatus

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
    "identify",
    "part_content",
    "send",
    "still_there",
]

NAME = "Asked Square"


def identify(account: Account, web: Any) -> AccountStatus:
    """The channel's own account, at the server's hour."""
    return AccountStatus(account.channel.account, is_channel_account=True, server_time=Server.here().clock(account.channel_name))


def still_there(delivery: Delivery, part: Part, account: Account, web: Any) -> bool:
    """Whether nobody has deleted the message."""
    return Server.here().still_there(delivery.id, account.channel_name)
