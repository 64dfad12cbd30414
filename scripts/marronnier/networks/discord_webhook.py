"""Discord (webhook): messages in one channel, by an address that is the secret. It neither replies nor lists: of what may have been sent, a person tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marronnier.messages import N_
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication, Words
from marronnier.networks.kit.discord import composition, discord_facts
from marronnier.networks.kit.facts import Tried
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, PartContent, SendRequest

if TYPE_CHECKING:
    from marronnier.web import Web

NAME = N_("Discord (webhook)")
COMPOSER = 1
FACTS = discord_facts.WEBHOOK_FACTS
TRIED = Tried("documents", "2026-11-28")
LOOK = Look("chat")
WORDS: Mapping[str, str] = {"post": N_("message")}
SECRETS: tuple[str, ...] = ("webhook",)
MEDIA = ("image", "video", "document")
IDEMPOTENT = False
"""A webhook ignores nonces, and lists nothing: https://github.com/discord/discord-api-docs/issues/6647, seen 2026-11-27"""


def compose(publication: Publication) -> Payload:
    """The messages, with the language kept for the site."""
    return composition.compose(publication, COMPOSER)


def refusal_reason(words: Words) -> str:
    """Why Discord does not take a poll, a document or so many videos."""
    return composition.refusal_reason(words)


def is_mention(handle: str) -> bool:
    """Whether a handle is a person's number: `@80351110224678912`."""
    return composition.is_mention(handle)


def part_content(part: Part) -> PartContent:
    """The message under neutral names."""
    return composition.part_content(part)


def host(channel: Channel) -> str:
    """Discord's own server, unless channels.yml names another."""
    from marronnier.networks.kit.discord.client import host_of

    return host_of(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Send one message, with all its pictures in one request."""
    from marronnier.networks.kit.discord.messages import send_message

    composition.raise_if_refused(sending.part)
    return send_message(sending, account, web)


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask for the message by its id."""
    from marronnier.networks.kit.discord.messages import is_message_there

    return is_message_there(delivery, account, web)


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the message."""
    from marronnier.networks.kit.discord.messages import delete_message

    delete_message(delivery, account, web)


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Correct the words, the pictures and their alternative texts."""
    from marronnier.networks.kit.discord.messages import edit_message

    composition.raise_if_refused(sending.part)
    edit_message(sending, delivery, was, account, web)
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """The reactions of the message, and the messages of its thread."""
    from marronnier.networks.kit.discord.messages import count_message

    return count_message(delivery, account, web)


def post_id(address: str, channel: Channel) -> str:
    """The id of the channel's message at an address."""
    from marronnier.networks.kit.discord.client import own_message_id

    return own_message_id(address, channel)


def identify(account: Account, web: Web) -> AccountStatus:
    """The channel of the webhook."""
    from marronnier.networks.kit.discord.account_check import identify_webhook

    return identify_webhook(account, web)


def examine(account: Account, web: Web) -> AccountStatus:
    """The channel of the webhook, and the name under which it speaks."""
    from marronnier.networks.kit.discord.account_check import identify_webhook

    return identify_webhook(account, web)
