"""slack_sdk plays the same journey against our fake of Slack: what it sends is taken, and what it sent our adapter finds, reads and deletes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block
from slack_sdk.webhook import WebhookClient

from fakes.loopback import HastyWeb
from fakes.slack import CHANNEL, PLACE, TOKEN, Slack
from fakes.slack_webhook import PATH, SlackHook
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks import slack
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import drawn, picture, publication

WEB = HastyWeb(loopback=True)


def account(server: Slack) -> Account:
    return Account("place", Channel(network="slack", account=PLACE, host=server.host), {"token": TOKEN})


def sending(text: str, before: tuple[Delivery, ...] = (), **words: Any) -> SendRequest:
    said = publication("slack", text, **words)
    payload = slack.compose(said)
    return SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, before, read_picture=drawn)


def test_its_journey_is_ours(tmp_path: Path) -> None:
    with Slack(tmp_path).running() as server:
        client = WebClient(TOKEN, base_url=f"http://{server.host}/api/")
        assert client.auth_test()["url"] == "https://jardin.slack.com/"
        mark = {"event_type": "autre", "event_payload": {"part": "x"}}
        first = client.chat_postMessage(channel=CHANNEL, text="Bonjour *tous*", metadata=mark, unfurl_links=True)
        reply = client.chat_postMessage(channel=CHANNEL, text="Suite", thread_ts=first["ts"])
        listed = client.conversations_history(channel=CHANNEL, include_all_metadata=True, limit=10)
        assert listed["messages"][0]["metadata"] == mark
        assert client.conversations_replies(channel=CHANNEL, ts=first["ts"])["messages"][1]["ts"] == reply["ts"]
        link = client.chat_getPermalink(channel=CHANNEL, message_ts=reply["ts"])["permalink"]
        assert slack.still_there(Delivery(link, link), sending("Suite").part, account(server), WEB)
        file = client.files_upload_v2(content=b"\x89PNG", filename="a.png", title="a.png")["file"]
        assert client.files_info(file=file["id"])["file"]["mimetype"] == "image/png"
        client.chat_update(channel=CHANNEL, ts=first["ts"], text="Bonsoir", blocks=[])
        assert server.messages[0].wire["text"] == "Bonsoir"
        client.chat_delete(channel=CHANNEL, ts=reply["ts"])
        with pytest.raises(SlackApiError, match="message_not_found"):
            client.chat_delete(channel=CHANNEL, ts=reply["ts"])
        assert slack.still_there(Delivery(link, link), sending("Suite").part, account(server), WEB) is False


def test_it_reads_what_we_sent(tmp_path: Path) -> None:
    with Slack(tmp_path).running() as server:
        client = WebClient(TOKEN, base_url=f"http://{server.host}/api/")
        delivery = slack.send(
            sending("Un **jardin** & [ici](https://example.org)", media=(picture("a.jpg", "Un jardin"),)), account(server), WEB
        )
        answer = slack.send(sending("Suite", (delivery,)), account(server), WEB)
        (message,) = client.conversations_history(channel=CHANNEL, include_all_metadata=True)["messages"]
        for block in Block.parse_all(message["blocks"]):
            assert block is not None
            block.validate_json()
        assert message["metadata"]["event_type"] == "marronnier_part"
        for sent in (delivery, answer):
            assert client.chat_getPermalink(channel=CHANNEL, message_ts=sent.id)["permalink"] == sent.url


def test_a_webhook_takes_its_words(tmp_path: Path) -> None:
    with SlackHook(tmp_path).running() as server:
        response = WebhookClient(f"http://{server.host}{PATH}").send(text="Bonjour")
        assert (response.status_code, response.body) == (200, "ok") and server.messages[0].wire["text"] == "Bonjour"
