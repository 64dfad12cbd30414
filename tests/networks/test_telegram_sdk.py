"""python-telegram-bot plays the same journey against our fake of Telegram: what it sends is taken, and it reads what is answered as we do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import telegram as sdk

from fakes.loopback import HastyWeb
from fakes.telegram import CHAT, GROUP_ID, TOKEN, Telegram
from marronnier.model.brand import Channel
from marronnier.networks import telegram
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import drawn, picture, publication

MARKED = "👨‍👩‍👧‍👦 **gras *doux*** `co de` [ici](https://example.org) ~~non~~ 𝐀 **fin**"


def bot(server: Telegram) -> sdk.Bot:
    return sdk.Bot(TOKEN, base_url=f"http://{server.host}/bot", base_file_url=f"http://{server.host}/file/bot")


def sent(server: Telegram, text: str, chat: str = CHAT, **words: Any) -> Any:
    said = publication("telegram", text, **words)
    (part, *_rest) = (payload := telegram.compose(said)).parts
    account = Account("place", Channel(network="telegram", account=chat, host=server.host), {"token": TOKEN})
    return telegram.send(SendRequest(said.key, 0, 1, part, payload.sha256, (), read_picture=drawn), account, HastyWeb(loopback=True))


def test_its_journey_is_ours(tmp_path: Path) -> None:
    async def journey() -> list[str]:
        async with bot(server) as client:
            first = await client.send_message(
                CHAT,
                "Bonjour",
                entities=[sdk.MessageEntity("bold", 0, 7)],
                link_preview_options=sdk.LinkPreviewOptions(url="https://example.org"),
            )
            second = await client.send_photo(GROUP_ID, b"\x89PNG\r\n\x1a\n", caption="Un jardin", has_spoiler=True)
            album = await client.send_media_group(
                CHAT,
                [sdk.InputMediaPhoto(b"\x89PNG1", caption="Deux"), sdk.InputMediaPhoto(b"\x89PNG2")],
                reply_parameters=sdk.ReplyParameters(first.message_id),
            )
            await client.send_poll(CHAT, "Quoi ?", [sdk.InputPollOption("Oui"), sdk.InputPollOption("Non")], open_period=60)
            await client.edit_message_text("Bonsoir", CHAT, first.message_id)
            await client.delete_message(CHAT, first.message_id)
            assert [one.message_id for one in album] == [album[0].message_id, album[0].message_id + 1]
            return [first.link or "", second.link or ""]

    with Telegram(tmp_path).running() as server:
        links = asyncio.run(journey())
        first, second, album, poll = server.messages
        assert links == [first.url, second.url], "it makes the addresses that we make"
        assert first.deleted and first.wire == {"text": "Bonsoir"}
        assert "has_spoiler" in second.wire["media"][0] and second.wire["caption"] == "Un jardin"
        assert album.reply_to == first.id and poll.wire["question"] == "Quoi ?"
        ours = (sent(server, "Bonjour"), sent(server, "Bonjour", str(GROUP_ID)))
        assert [one.url.rpartition("/")[0] for one in ours] == [link.rpartition("/")[0] for link in links]


def test_it_reads_our_marks_on_the_same_words(tmp_path: Path) -> None:
    with Telegram(tmp_path).running() as server:
        sent(server, MARKED)
        sent(server, MARKED, media=(picture("a.jpg", "x"), picture("b.jpg", "y")))
    for wire in (message.wire for message in server.messages):
        chat = {"id": -1001234567890, "type": "channel"}
        told = {name: value for name, value in wire.items() if name != "media"}
        read = sdk.Message.de_json({"message_id": 1, "date": 1764925200, "chat": chat, **told}, None)
        assert read is not None
        entities = read.parse_entities() or read.parse_caption_entities()
        assert {(str(entity.type), words) for entity, words in entities.items()} == {
            ("bold", "gras doux"), ("italic", "doux"), ("code", "co de"), ("text_link", "ici"), ("strikethrough", "non"), ("bold", "fin"),
        }  # fmt: skip
