"""matrix-nio plays the same journey against our fake of Matrix: what it sends is taken, and it reads what we sent as its readers do."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import nio

from fakes.loopback import HastyWeb
from fakes.matrix import ALIAS, ROOM, TOKEN, USER, Matrix
from marronnier.model.publication import Delivery
from marronnier.networks import matrix
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import drawn, picture, publication

OWN = {"types": ["m.room.message"], "senders": [USER]}


def with_nio(server: Matrix, journey: Callable[[nio.AsyncClient], Awaitable[None]]) -> None:
    async def whole() -> None:
        client = nio.AsyncClient(f"http://{server.host}", USER)
        client.restore_login(USER, "VERGER", TOKEN)
        try:
            await journey(client)
        finally:
            await client.close()

    asyncio.run(whole())


def sending(server: Matrix, text: str, before: tuple[Delivery, ...] = (), **words: Any) -> tuple[SendRequest, Account]:
    said = publication("matrix", text, channel={"account": ALIAS, "host": server.host}, **words)
    payload = matrix.compose(said)
    request = SendRequest(said.key, len(before), len(before) + 1, payload.parts[0], payload.sha256, before, read_picture=drawn)
    return request, Account("room", said.channel, {"token": TOKEN})


def test_its_journey_is_ours(tmp_path: Path) -> None:
    async def journey(client: nio.AsyncClient) -> None:
        assert (await client.whoami()).user_id == USER
        assert (await client.joined_rooms()).rooms == [ROOM]
        assert (await client.room_resolve_alias(ALIAS)).room_id == ROOM
        words = {"msgtype": "m.text", "body": "Bonjour", "m.mentions": {}}
        first = await client.room_send(ROOM, "m.room.message", words, tx_id="un")
        again = await client.room_send(ROOM, "m.room.message", words, tx_id="un")
        assert first.event_id == again.event_id and len(server.messages) == 1
        uploaded, _keys = await client.upload(io.BytesIO(b"\x89PNG"), content_type="image/png", filename="a.png", filesize=4)
        assert server.files == {uploaded.content_uri: b"\x89PNG"}
        assert (await client.room_get_event(ROOM, first.event_id)).event.body == "Bonjour"
        # What it sent, our adapter sees.
        request, account = sending(server, "Bonjour")
        delivery = Delivery(first.event_id, "")
        assert matrix.still_there(delivery, request.part, account, HastyWeb(loopback=True))
        assert isinstance(await client.room_redact(ROOM, first.event_id, tx_id="deux"), nio.RoomRedactResponse)
        assert matrix.still_there(delivery, request.part, account, HastyWeb(loopback=True)) is False

    with Matrix(tmp_path).running() as server:
        with_nio(server, journey)


def test_it_reads_what_we_sent(tmp_path: Path) -> None:
    async def journey(client: nio.AsyncClient) -> None:
        web = HastyWeb(loopback=True)
        request, account = sending(server, "Un **jardin**", media=(picture("a.jpg", "Un jardin"),))
        first = matrix.send(request, account, web)
        reply, account = sending(server, "Suite", (first,))
        second = matrix.send(reply, account, web)
        read = await client.room_messages(ROOM, "", limit=10, message_filter=OWN, direction=nio.MessageDirection.back)
        assert isinstance(read, nio.RoomMessagesResponse), read
        events = {event.event_id: event for event in read.chunk}
        assert not [event for event in read.chunk if isinstance(event, nio.BadEvent | nio.UnknownEvent)], "each has the form of its kind"
        assert events[second.id].body == "Suite"
        assert events[second.id].source["content"]["m.relates_to"]["event_id"] == first.id

    with Matrix(tmp_path).running() as server:
        with_nio(server, journey)
