"""Check of an account by reading alone: its token, its place in the room, and what it may do there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit.seam import AccountStatus, Locked
from marronnier.networks.matrix.client import MatrixClient, as_mapping

_MESSAGE = "m.room.message"


def identify_account(client: MatrixClient) -> AccountStatus:
    """The token's user. Raises Locked for one that is not in the room of the channel, or Wait."""
    user = client.user_id()
    if client.room_id() not in client.joined_rooms():
        raise Locked(_("{user} is not in the room {room}: invite it there, and accept with it", user=user, room=client.room))
    return AccountStatus(account=user, is_channel_account=True, server_time=client.clock())


def check_account(client: MatrixClient) -> AccountStatus:
    """The account's status. Raises Locked, Wait or Unknown."""
    status = identify_account(client)
    client.raise_if_encrypted()
    lacks = () if _may_write(status.account, client) else (_MESSAGE,)
    return status._replace(missing_scopes=lacks, remarks=tuple(_remarks(client)))


def _may_write(user: str, client: MatrixClient) -> bool:
    """Whether the user's power in the room is enough for messages. https://spec.matrix.org/latest/client-server-api/#mroompower_levels, seen 2026-11-28"""
    levels = client.state("m.room.power_levels")
    needed = as_mapping(levels.get("events")).get(_MESSAGE, levels.get("events_default", 0))
    has = as_mapping(levels.get("users")).get(user, levels.get("users_default", 0))
    return not (_is_number(needed) and _is_number(has)) or has >= needed


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _remarks(client: MatrixClient) -> Iterator[str]:
    if (limit := client.upload_limit()) is not None:
        yield _("this server takes pictures of at most {most} bytes", most=limit)
