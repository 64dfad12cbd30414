"""Check of a bot or a webhook by reading alone: whose it is, and in which channel it speaks.

https://discord.com/developers/docs/resources/channel, /resources/user and /resources/webhook, seen 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.discord.client import DiscordClient, DiscordError, DiscordPlace, place
from marronnier.networks.kit.seam import Account, AccountStatus, Locked, Refused, Wait
from marronnier.web import Answer, Web

_TITLED = (15, 16)
"""Forum and media channels, whose posts need a title each: https://discord.com/developers/docs/resources/channel#channel-object-channel-types"""


def identify_bot(account: Account, web: Web) -> AccountStatus:
    """The channel, as the bot sees it. Raises Locked, Wait."""
    client = DiscordClient(account, web, None)
    channel, answer = _asked(client, client.path)
    if channel.get("type") in _TITLED:
        raise Locked(_("this channel of Discord is a forum, whose posts need a title each: name another one in brand/channels.yml"))
    return _status(account, channel.get("guild_id"), channel.get("id"), answer)


def check_bot(account: Account, web: Web) -> AccountStatus:
    """The channel, and whether its history can be read. Raises Locked, Wait."""
    status = identify_bot(account, web)
    client = DiscordClient(account, web, None)
    me, _answer = _asked(client, "/users/@me")
    channel, _answer = _asked(client, client.path)
    try:
        listed, _answer = client.get_json(f"{client.path}/messages?limit=1")
    except DiscordError as error:
        raise error.outcome from None
    is_blind = listed == [] and channel.get("last_message_id") is not None
    name = outcomes.redact(me.get("username"), account.secrets.values())
    return status._replace(
        missing_scopes=("READ_MESSAGE_HISTORY",) if is_blind else (),
        remarks=(_("it speaks as {name}", name=name),) if name else (),
    )


def identify_webhook(account: Account, web: Web) -> AccountStatus:
    """The channel of a webhook, and the name under which it speaks. Raises Locked, Wait."""
    client = DiscordClient(account, web, None)
    hook, answer = _asked(client, client.path)
    name = outcomes.redact(hook.get("name"), account.secrets.values())
    status = _status(account, hook.get("guild_id"), hook.get("channel_id"), answer)
    return status._replace(remarks=(_("it speaks as {name}", name=name),) if name else ())


def _asked(client: DiscordClient, path: str) -> tuple[Mapping[str, Any], Answer]:
    try:
        told, answer = client.get_json(path)
    except DiscordError as error:
        raise Locked(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None
    if not isinstance(told, dict):
        raise Wait(_("the server gave an answer without {keys}", keys="id"))
    return told, answer


def _status(account: Account, guild: object, channel: object, answer: Answer) -> AccountStatus:
    """The status of a channel of that server."""
    there = DiscordPlace(*(outcomes.redact(id, account.secrets.values()) for id in (guild, channel)))
    return AccountStatus(
        account=there.url,
        is_channel_account=there == place(account.channel, account.channel_name),
        server_time=outcomes.server_date(answer),
    )
