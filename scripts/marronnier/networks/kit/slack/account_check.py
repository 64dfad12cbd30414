"""Check of a bot by reading alone: its workspace, its channel, and the scopes of its token.

auth.test, conversations.info and the header X-OAuth-Scopes: https://docs.slack.dev/reference/methods, seen 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, AccountStatus
from marronnier.networks.kit.slack.client import SlackClient, SlackError, slack_place
from marronnier.web import Answer, Web

_SCOPES = ("chat:write", "files:write", "files:read", "channels:history")
_PRIVATE = {"channels:history": "groups:history"}


def identify_account(account: Account, web: Web) -> AccountStatus:
    """The workspace of the token. Raises Locked, Wait."""
    status, _answer = _identity(account, SlackClient(account, web, None))
    return status


def check_account(account: Account, web: Web) -> AccountStatus:
    """The workspace, the channel, and what the token lacks. Raises Locked, Wait."""
    client = SlackClient(account, web, None)
    status, answer = _identity(account, client)
    info = client.ask("conversations.info", publishes=False, form={"channel": slack_place(account.channel).id})
    channel = info.get("channel")
    return status._replace(missing_scopes=_missing(answer), remarks=tuple(_remarks(channel if isinstance(channel, dict) else {}, account)))


def _identity(account: Account, client: SlackClient) -> tuple[AccountStatus, Answer]:
    there = slack_place(account.channel, account.channel_name)
    try:
        told, answer = client.call("auth.test", publishes=False, form={})
    except SlackError as error:
        raise error.outcome from None
    host = (urlsplit(str(told.get("url", ""))).hostname or "").casefold()
    return AccountStatus(
        account=outcomes.redact(f"{told.get('user', '')} ({host})", account.secrets.values()),
        is_channel_account=host == f"{there.team}.slack.com",
        server_time=outcomes.server_date(answer),
    ), answer


def _missing(answer: Answer) -> tuple[str, ...]:
    """The scopes that the token lacks; empty where Slack does not tell them."""
    granted = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",") if scope.strip()}
    return tuple(scope for scope in _SCOPES if granted and not granted & {scope, _PRIVATE.get(scope, scope)})


def _remarks(channel: Mapping[str, Any], account: Account) -> Iterator[str]:
    if channel.get("is_member") is False:
        yield _("the bot is not in this channel: write `/invite` there, with its name")
    if channel.get("is_archived") is True:
        yield _("this channel is archived: nobody can write there")
