"""A team on one of Meta's fake servers, for the tests of those networks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import videos
from marronnier import networks
from marronnier.model.brand import Channel
from marronnier.model.publication import Caption, Delivery, Picture
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)


class GraphTeam:
    """Its channel, and what its calendar would ask of the network."""

    def __init__(self, name: str, stage: Any) -> None:
        self.name, self.stage, self.server = name, stage, stage.server
        self.network: Any = networks.get(name)
        self.account = Account(name, Channel(network=name, **stage.channel), stage.secrets)
        self.files: dict[str, bytes] = {}
        """The bytes of videos, by path."""

    def sending(
        self, text: str, number: int = 0, before: tuple[Delivery, ...] = (), again: dict[str, Any] | None = None, **words: Any
    ) -> SendRequest:
        said = publication(self.name, text, channel=self.stage.channel, **words)
        payload = self.network.compose(said)
        return SendRequest(
            said.key, number, len(payload.parts), payload.parts[number], payload.sha256, before, first_sent_at=NOW, now=NOW,
            read_picture=self.stage.read, open_media=self._open, public_address=getattr(self.stage, "public_address", None), **(again or {}),
        )  # fmt: skip

    def send(self, sending: SendRequest) -> Delivery:
        return self.network.send(sending, self.account, self.stage.web)

    def find(self, sending: SendRequest) -> Delivery | None:
        return self.network.find(sending, self.account, self.stage.web)

    def _open(self, media: Picture | Caption) -> Any:
        return videos.opened(self.files[media.path])
