"""Our requests, held to Discord's own published description: its OpenAPI file, as the package discord-api-spec of npm (MIT) carries it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fakes.discord import HOOK_ID, HOOK_TOKEN, PLACE, TOKEN, Discord
from fakes.loopback import HastyWeb, Request
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks import discord, discord_webhook
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import drawn, picture, publication
from servers import node

SOURCES = Path(__file__).parents[1] / "servers" / "discord_description"
WEB = HastyWeb(loopback=True)
SCHEMAS = {
    ("POST", r"/channels/\d+/messages"): "MessageCreateRequestSchema",
    ("PATCH", r"/channels/\d+/messages/\d+"): "MessageEditRequestPartialSchema",
    ("POST", r"/webhooks/\d+/\w+"): "IncomingWebhookRequestPartialSchema",
    ("PATCH", r"/webhooks/\d+/\w+/messages/\d+"): "IncomingWebhookUpdateRequestPartialSchema",
}


def faults(judged: list[dict[str, Any]]) -> list[Any]:
    """What the description finds wrong with each value of a schema."""
    place = node.install(SOURCES, files=("judge.mjs",))
    told = subprocess.run(
        [node.NODE, place / "judge.mjs"], input=json.dumps(judged), capture_output=True, text=True, check=True, timeout=60
    )
    found: list[Any] = json.loads(told.stdout)
    return found


def body(request: Request) -> Any:
    if request.headers.get("content-type", "").startswith("multipart/"):
        return json.loads(request.parts()["payload_json"][1])
    return request.json()


def schema(request: Request) -> str:
    path = re.sub(r"^/api(?:/v\d+)?", "", request.path)
    return next(name for (method, pattern), name in SCHEMAS.items() if request.method == method and re.fullmatch(pattern, path))


@pytest.mark.parametrize("hook", [False, True], ids=["bot", "webhook"])
def test_every_request_with_words_is_one_that_discord_describes(tmp_path: Path, hook: bool) -> None:
    network: Any = discord_webhook if hook else discord
    with Discord(tmp_path, hook=hook).running() as server:
        secrets = {"webhook": f"http://{server.host}/api/webhooks/{HOOK_ID}/{HOOK_TOKEN}"} if hook else {"token": TOKEN}
        channel = Channel(network="discord_webhook" if hook else "discord", account=PLACE, host=server.host)
        account = Account("place", channel, secrets)
        for words in (
            {"media": (picture("a.jpg", "Un pommier"), picture("b.png", "")), "mentions": ("@80351110224678912",)},
            {"poll": ("Des tulipes", "Un cognassier"), "poll_minutes": 90},
            {"warning": "Récolte", "link": "https://example.org/verger"},
        ):
            said = publication(channel.network, "Un **pommier** @80351110224678912\n\n---\n\nUn poirier", **words)
            payload = network.compose(said)
            before: tuple[Delivery, ...] = ()
            for number, part in enumerate(payload.parts):
                sending = SendRequest(said.key, number, len(payload.parts), part, payload.sha256, before, read_picture=drawn)
                before = (*before, network.send(sending, account, WEB))
            if "poll" not in words:
                network.edit(sending._replace(part=payload.parts[0]), before[0], payload.parts[0], account, WEB)
        requests = [request for request in server.requests() if request.method in ("POST", "PATCH")]
    judged = [{"schema": schema(request), "value": body(request)} for request in requests]
    assert len({one["schema"] for one in judged}) == 2 and len(judged) >= 7
    assert faults(judged) == [[]] * len(judged)


def test_the_description_knows_what_is_wrong() -> None:
    judged = [
        {"schema": "MessageCreateRequestSchema", "value": value} for value in ({"content": 1}, {"words": "x"}, {"content": "x" * 4001})
    ]
    assert all(faults(judged))
