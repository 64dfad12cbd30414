"""Slack (webhook): messages in one channel, by an address that is the secret. It only sends: of what may have been sent, a person tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marronnier.messages import N_
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication, Words
from marronnier.networks.kit.facts import Tried
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, PartContent, SendRequest
from marronnier.networks.kit.slack import composition, slack_facts

if TYPE_CHECKING:
    from marronnier.web import Web

NAME = N_("Slack (webhook)")
COMPOSER = 1
FACTS = slack_facts.WEBHOOK_FACTS
TRIED = Tried("documents", "2026-11-28")
LOOK = Look("chat", pictures="stack", avatar="square")
WORDS: Mapping[str, str] = {"post": N_("message")}
SECRETS: tuple[str, ...] = ("webhook",)
IDEMPOTENT = False
"""A webhook has no key against duplicates: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, seen 2026-11-27"""


def compose(publication: Publication) -> Payload:
    """All words in one message; pictures are left out, which `check` says."""
    words = publication.words
    (part,) = composition.parts_of(words, threaded=False)
    return Payload(words.network, COMPOSER, (composition.part_of(words, part._replace(media=())),))


def refusal_reason(words: Words) -> str:
    """Why Slack would not show these words as written."""
    return composition.refusal_reason(words, threaded=False)


def is_mention(handle: str) -> bool:
    """Whether a handle is a member's number: `@U012AB3CD`."""
    return composition.is_mention(handle)


def part_content(part: Part) -> PartContent:
    """The message under neutral names."""
    return composition.part_content(part)


def host(channel: Channel) -> str:
    """The server of webhooks, unless channels.yml names another."""
    from marronnier.networks.kit.slack.webhook import host_of

    return host_of(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Send the message."""
    from marronnier.networks.kit.slack.webhook import send_to_webhook

    composition.raise_if_refused(sending.part)
    return send_to_webhook(sending, account, web)


def post_id(address: str, channel: Channel) -> str:
    """The timestamp of the channel's message at an address that a person copied; for the address of a receipt, its own number."""
    from marronnier.networks.kit.slack.client import own_timestamps, slack_place

    place, _sign, number = address.partition("#")
    return number if number and place == slack_place(channel).url else own_timestamps(address, channel)[0]
