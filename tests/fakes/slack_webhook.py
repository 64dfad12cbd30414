"""A fake of Slack's incoming webhooks: it takes words, and answers `ok` in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes.loopback import Loopback, LoopbackStage, Message, No, Reply, Request
from fakes.slack import PLACE
from marronnier.model.publication import Delivery

PATH = "/services/T0123ABCD/B0123ABCD/fakewebhookoftests"
_TEXT = {"Content-Type": "text/html"}


class SlackHook(Loopback):
    """Messages without numbers."""

    def operation(self, request: Request) -> str:
        return "send"

    def refusal(self, answer: str) -> Reply:
        said = {
            "refused": (400, b"invalid_payload"),
            "locked": (403, b"invalid_token"),
            "forbidden": (403, b"action_prohibited"),
            "missing": (404, b"channel_not_found"),
        }
        return Reply(*said[answer], _TEXT)

    def act(self, request: Request) -> Reply:
        if request.path != PATH:
            raise No(Reply(404, b"no_service", _TEXT))
        wire = request.json()
        if not wire.get("text"):
            raise No(Reply(400, b"no_text", _TEXT))
        # The message has an address as any other, which nobody tells the webhook.
        self.messages.append(Message(str(len(self.messages)), f"{PLACE}/p{1795872970000000 + len(self.messages)}", wire))
        return Reply(200, b"ok", _TEXT)


class SlackHookStage(LoopbackStage):
    """The stage of the webhook, whose messages have no address of their own. The language, which never leaves us, is that of the contract's posts."""

    def composed(self, message: Message) -> Mapping[str, Any]:
        return {**message.wire, "lang": "fr"}

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        assert delivery.url.partition("#")[0] == PLACE
        return None


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[SlackHookStage]:
    """A fresh server for the contract."""
    with SlackHook(folder).running() as server:
        secrets = {"webhook": f"http://{server.host}{PATH}"}
        yield SlackHookStage(server, secrets=secrets, channel={"account": PLACE, "host": server.host})
