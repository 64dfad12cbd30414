"""Our own messages in a room: found again by a key in their content, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from marronnier.messages import _
from marronnier.model.publication import canonical_json
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import CounterName, Unknown
from marronnier.networks.matrix.client import EVENT_ID, MatrixClient, as_mapping, is_redacted
from marronnier.web import InvalidAnswer

KEY = "org.marronnier.part"
"""The field of a message that holds the transaction under which we sent it: servers keep fields that they do not know."""
_PAGES = 40
_A_PAGE = 25
"""Messages that are asked for at a time: each may have 65,536 bytes."""
_CLOCK_SLACK = timedelta(minutes=2)
"""The most that a server's clock may differ from ours."""


class Looked(NamedTuple):
    """What a look through the room's messages found."""

    event_id: str
    """The message under that transaction; empty where there is none."""
    anything_deleted: bool
    """Whether a message of this account was deleted: it may have been that one."""


def look_up(transaction: str, client: MatrixClient, since: timedelta | None) -> Looked:
    """Look for the message of a transaction, as far back as `since` ago, or to the room's beginning where that is None.

    https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3roomsroomidmessages, seen 2026-11-27
    Raises Locked, Wait, or Unknown where the room has too many of our messages to read them all.
    """
    user = client.user_id()
    oldest = datetime.now(UTC) - since - _CLOCK_SLACK if since is not None else None
    deleted = False
    for event in _messages(user, client, oldest):
        content = as_mapping(event.get("content"))
        if is_redacted(event):
            deleted = True
        elif content.get(KEY) == transaction and "m.new_content" not in content:
            with outcomes.web_errors_as_outcomes(publishes=False):
                return Looked(outcomes.check_identifier(event.get("event_id"), EVENT_ID), deleted)
    return Looked("", deleted)


def _messages(user: str, client: MatrixClient, oldest: datetime | None) -> Iterator[Mapping[str, Any]]:
    """The user's messages in the room, the newest first."""
    wanted = {"types": ["m.room.message"], "senders": [user]}
    query = {"dir": "b", "limit": str(_A_PAGE), "filter": canonical_json(wanted).decode()}
    for _page in range(_PAGES):
        told = client.mapping("GET", f"{client.room_path('messages')}?{urlencode(query)}")
        chunk = told.get("chunk")
        with outcomes.web_errors_as_outcomes(publishes=False):
            if not isinstance(chunk, list):
                raise InvalidAnswer(_("the server gave no list of messages"))
        for event in map(as_mapping, chunk):
            at = event.get("origin_server_ts")
            if oldest is not None and isinstance(at, int) and at < oldest.timestamp() * 1000:
                return
            if event.get("sender") == user and event.get("type") == "m.room.message":
                yield event
        if not isinstance(told.get("end"), str):
            return
        query["from"] = told["end"]
    raise Unknown(_("the room {room} has too many messages of ours to look through: look there", room=client.room))


def count_message(event_id: str, client: MatrixClient) -> Mapping[CounterName, int]:
    """Reactions to a message and the answers in its thread, without our own; empty where it is gone. Raises Locked or Wait.

    https://spec.matrix.org/latest/client-server-api/#get_matrixclientv1roomsroomidrelationseventidreltype, seen 2026-11-27
    """
    if not client.event(event_id):
        return {}
    counted: dict[CounterName, int] = {}
    names: Mapping[str, CounterName] = {"m.annotation": "likes", "m.thread": "replies"}
    for relation, name in names.items():
        if (count := _count_relations(event_id, relation, client)) is not None:
            counted[name] = count
    return counted


def _count_relations(event_id: str, relation: str, client: MatrixClient) -> int | None:
    """How many events relate to a message in that way; None where there are too many to read them all."""
    query, count = {"limit": "100"}, 0
    for _page in range(_PAGES):
        told = client.mapping("GET", f"{client.relations_path(event_id, relation)}?{urlencode(query)}")
        chunk = told.get("chunk")
        with outcomes.web_errors_as_outcomes(publishes=False):
            if not isinstance(chunk, list):
                raise InvalidAnswer(_("the server gave no list of messages"))
        count += sum(KEY not in as_mapping(event.get("content")) for event in map(as_mapping, chunk))
        if not isinstance(told.get("next_batch"), str):
            return count
        query["from"] = told["next_batch"]
    return None
