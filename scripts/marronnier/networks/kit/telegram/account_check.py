"""Check of a bot by reading alone: its token, its chat, and what it may do there.

getMe, getChat, getChatMember: https://core.telegram.org/bots/api, seen 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, AccountStatus, Locked, Refused
from marronnier.networks.kit.telegram.client import TelegramClient, TelegramError, chat_id
from marronnier.web import Answer, InvalidAnswer, Web

_NEEDED: Mapping[str, tuple[str, ...]] = {"channel": ("can_post_messages",), "supergroup": ()}


def identify_chat(account: Account, web: Web) -> AccountStatus:
    """The chat of the channel, as the bot sees it. Raises Locked, Wait."""
    return _status(account, *_chat(TelegramClient(account, web, None), account))


def check_chat(account: Account, web: Web) -> AccountStatus:
    """The chat, and what the bot may do there. Raises Locked, Wait."""
    client = TelegramClient(account, web, None)
    me = _mapping(client.ask("getMe", {}, publishes=False))
    chat, answer = _chat(client, account)
    fields = {"chat_id": chat_id(account.channel, account.channel_name), "user_id": me.get("id")}
    member = _mapping(client.ask("getChatMember", fields, publishes=False))
    missing = tuple(right for right in _NEEDED.get(str(chat.get("type")), ()) if member.get(right) is not True)
    return _status(account, chat, answer)._replace(
        missing_scopes=missing, remarks=tuple(_remarks(member, outcomes.redact(me.get("username"), account.secrets.values())))
    )


def _chat(client: TelegramClient, account: Account) -> tuple[Mapping[str, Any], Answer]:
    try:
        chat, answer = client.call("getChat", {"chat_id": chat_id(account.channel, account.channel_name)}, publishes=False)
    except TelegramError as error:
        # Without the chat nothing can be sent, whatever the reason.
        raise Locked(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None
    return _mapping(chat), answer


def _status(account: Account, chat: Mapping[str, Any], answer: Answer) -> AccountStatus:
    named, id = str(chat.get("username") or ""), chat.get("id")
    ours = chat_id(account.channel)
    shown = f"@{named}" if named else str(id)
    return AccountStatus(
        account=outcomes.redact(shown, account.secrets.values()),
        is_channel_account=id == ours if isinstance(ours, int) else f"@{named}".casefold() == ours.casefold(),
        server_time=outcomes.server_date(answer),
    )


def _remarks(member: Mapping[str, Any], bot: str) -> Iterator[str]:
    if member.get("status") in ("left", "kicked"):
        yield _("the bot @{bot} is not in this chat: add it as an administrator", bot=bot)
    elif member.get("can_delete_messages") is not True and member.get("status") == "administrator":
        yield _("the bot @{bot} may not delete messages here: its own it can delete for 48 hours", bot=bot)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        with outcomes.web_errors_as_outcomes(publishes=False):
            raise InvalidAnswer(_("the server gave an answer without {keys}", keys="result"))
    return value
