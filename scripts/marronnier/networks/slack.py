"""Slack: a bot's messages in a channel of a workspace, each with a mark by which it is found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marronnier.messages import N_
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication, Words
from marronnier.networks.kit.facts import Fact, Tried
from marronnier.networks.kit.look import Look
from marronnier.networks.kit.seam import Account, AccountStatus, CounterName, PartContent, SendRequest
from marronnier.networks.kit.slack import composition, slack_facts

if TYPE_CHECKING:
    from marronnier.web import Web

NAME = "Slack"
COMPOSER = 1
FACTS = slack_facts.FACTS
TRIED = Tried("documents", "2026-11-28")
LOOK = Look("chat", pictures="stack", avatar="square")
WORDS: Mapping[str, str] = {"post": N_("message")}
SECRETS: tuple[str, ...] = ("token",)
MEDIA = ("image", "video", "document")
IDEMPOTENT = False
"""No key against duplicates is documented: https://docs.slack.dev/reference/methods/chat.postMessage, seen 2026-11-27"""
SETTLE = Fact(
    60, "https://docs.slack.dev/reference/methods/conversations.history", seen="2026-11-27", unit=N_("seconds"), mark="second-hand"
)


def compose(publication: Publication) -> Payload:
    """Words in Slack's markup; pictures below those of the first message."""
    words = publication.words
    parts = composition.parts_of(words, threaded=True)
    return Payload(words.network, COMPOSER, tuple(composition.part_of(words, part) for part in parts))


def refusal_reason(words: Words) -> str:
    """Why Slack would not show these words as written, or does not take them above pictures."""
    return composition.refusal_reason(words, threaded=True)


def is_mention(handle: str) -> bool:
    """Whether a handle is a member's number: `@U012AB3CD`."""
    return composition.is_mention(handle)


def part_content(part: Part) -> PartContent:
    """The message under neutral names."""
    return composition.part_content(part)


def host(channel: Channel) -> str:
    """Slack's own server, unless channels.yml names another."""
    from marronnier.networks.kit.slack.client import host_of

    return host_of(channel)


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Upload the files, then send the message."""
    from marronnier.networks.kit.slack.messages import send_message

    composition.raise_if_refused(sending.part)
    return send_message(sending, account, web)


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Look for the message with the mark of this part."""
    from marronnier.networks.kit.slack.messages import find_message

    return find_message(sending, account, web)


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool | None:
    """Ask for the message by its timestamp."""
    from marronnier.networks.kit.slack.messages import is_message_there

    return is_message_there(delivery, account, web)


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete the message."""
    from marronnier.networks.kit.slack.messages import delete_message

    delete_message(delivery, account, web)


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Correct the words, the pictures and their alternative texts; not where there is a video or a document."""
    from marronnier.networks.kit.slack.messages import edit_message

    composition.raise_if_refused(sending.part)
    edit_message(sending, delivery, was, account, web)
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """The reactions and replies of the message."""
    from marronnier.networks.kit.slack.messages import count_message

    return count_message(delivery, account, web)


def post_id(address: str, channel: Channel) -> str:
    """The timestamp of the channel's message at an address."""
    from marronnier.networks.kit.slack.client import own_timestamps

    return own_timestamps(address, channel)[0]


def identify(account: Account, web: Web) -> AccountStatus:
    """The workspace of the token."""
    from marronnier.networks.kit.slack.account_check import identify_account

    return identify_account(account, web)


def examine(account: Account, web: Web) -> AccountStatus:
    """The workspace, the channel, and the scopes that the token lacks."""
    from marronnier.networks.kit.slack.account_check import check_account

    return check_account(account, web)
