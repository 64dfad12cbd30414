"""HTTP client of Telegram's Bot API, for one bot and one chat; and what its refusals mean.

Requests, answers and descriptions: https://core.telegram.org/bots/api and telegram-bot-api/Client.cpp of
https://github.com/tdlib/telegram-bot-api, seen 2026-11-27.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.chat.uploads import Upload
from marronnier.networks.kit.seam import Account, Locked, Refused, Unknown, Wait
from marronnier.web import Answer, InvalidAnswer, Web

DEFAULT_HOST = "api.telegram.org"
_SECONDS_FOR_FILES = 120.0
_NO_RIGHT = re.compile(
    r"chat not found|not enough rights|have no rights|administrator rights|not a member|CHANNEL_PRIVATE|user is deactivated"
)
_CODE = re.compile(r"Bad Request: (?!PHOTO|IMAGE|MEDIA|VIDEO|FILE|WEBPAGE|POLL|ENTITY|ENTITIES|MESSAGE|BUTTON|REPLY)[A-Z]+(?:_[A-Z]+)+")
"""A refusal of the chat and not of the words: what the network itself calls 403 reaches bots as 400 with such a name."""


class TelegramError(Exception):
    """An answer of `ok: false` with a description that the caller may know."""

    def __init__(self, description: str, outcome: Exception) -> None:
        super().__init__(description)
        self.description = description
        self.outcome = outcome
        """What it means where the caller does not know it."""


class TelegramClient:
    """One bot. Its token is a part of every address, and never of a message."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        where = account.channel.host or DEFAULT_HOST
        self._base = f"{'http' if is_loopback(account.channel) else 'https'}://{where}/bot{account.secrets['token']}"
        self._account, self._web, self._now = account, web, now

    def call(
        self, method: str, fields: Mapping[str, Any], *, publishes: bool, files: Mapping[str, Upload] | None = None
    ) -> tuple[Any, Answer]:
        """The result, and the answer that held it. Raises TelegramError for a definite no, Wait, Locked, Unknown."""
        url = f"{self._base}/{method}"
        if files:
            form = {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in fields.items()}
            answer = outcomes.request(self._web, "POST", url, publishes=publishes, form=form, files=files, within=_SECONDS_FOR_FILES)
        else:
            answer = outcomes.request(self._web, "POST", url, publishes=publishes, json=fields)
        if answer.status >= 500 or 300 <= answer.status < 400 or answer.status in (401, 403, 404, 429):
            self._raise_for_status(answer, publishes=publishes)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            told = answer.json()
            if not isinstance(told, dict) or not isinstance(told.get("ok"), bool) or (told["ok"] and "result" not in told):
                raise InvalidAnswer(_("the server gave an answer without {keys}", keys="ok, result"))
        if told["ok"] and 200 <= answer.status < 300:
            return told["result"], answer
        raise self._error(str(told.get("description", "")), told.get("parameters"))

    def ask(self, method: str, fields: Mapping[str, Any], *, publishes: bool, files: Mapping[str, Upload] | None = None) -> Any:
        """The result. Raises Refused, Locked, Wait, Unknown."""
        try:
            return self.call(method, fields, publishes=publishes, files=files)[0]
        except TelegramError as error:
            raise error.outcome from None

    def _raise_for_status(self, answer: Answer, *, publishes: bool) -> None:
        """Raises what a status means by itself."""
        try:
            told = answer.json()
        except InvalidAnswer:
            told = {}
        told = told if isinstance(told, dict) else {}
        reason = outcomes.redact(told.get("description", ""), self._account.secrets.values())
        parameters = told.get("parameters")
        seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
        if answer.status == 429 and self._now and isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0:
            wait = min(timedelta(seconds=min(seconds, 10**6)), outcomes.LONGEST_WAIT)
            raise Wait(_("the server answered {status}: {said}", status=429, said=reason), self._now + wait)
        if answer.status == 404:
            raise Locked(_("Telegram does not know this bot: is the token whole?"))
        outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=reason)

    def _error(self, description: str, parameters: object) -> TelegramError:
        said = outcomes.redact(description.removeprefix("Bad Request: "), self._account.secrets.values())
        moved = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
        if isinstance(moved, int):
            message = _('the group is a supergroup now: write `account: "{id}"` in brand/channels.yml', id=moved)
            return TelegramError(description, Locked(message))
        message = _("Telegram refuses it: {said}", said=said)
        is_locked = _NO_RIGHT.search(description) or _CODE.fullmatch(description)
        return TelegramError(description, Locked(message) if is_locked else Refused(message))


def chat_id(channel: Channel, channel_name: str = "") -> str | int:
    """The chat as requests name it: `@jardin`, or a number. Raises Locked."""
    account = re.sub(r"^https://t\.me/", "@", channel.account.strip())
    if re.fullmatch(r"@[A-Za-z]\w{3,31}", account):
        return account
    if re.fullmatch(r"-100\d{5,15}", account):
        return int(account)
    raise Locked(
        _(
            '{channel} needs its channel or supergroup in brand/channels.yml, as `account: "@jardin"` or `account: "-1001234567890"`',
            channel=channel_name or channel.network,
        )
    )


def message_url(channel: Channel, id: int | str) -> str:
    """The address of a message: https://core.telegram.org/api/links#message-links, and `Message.link` of python-telegram-bot. Raises Locked."""
    chat = chat_id(channel)
    return f"https://t.me/{chat[1:]}/{id}" if isinstance(chat, str) else f"https://t.me/c/{str(chat).removeprefix('-100')}/{id}"


def message_id(result: object) -> int:
    """The id in a message that was sent. Raises Unknown for 0, which a delayed message has, and InvalidAnswer."""
    told = result.get("message_id") if isinstance(result, Mapping) else None
    if told == 0 and not isinstance(told, bool):
        raise Unknown(_("Telegram took the message, and sends it later: look there"))
    if not isinstance(told, int) or isinstance(told, bool) or not 0 < told < 2**53:
        raise InvalidAnswer(_("the server gave an invalid identifier"))
    return told


def message_ids(result: object) -> Sequence[int]:
    """The ids in the messages of an album. Raises InvalidAnswer."""
    if not isinstance(result, list) or not result:
        raise InvalidAnswer(_("the server gave an invalid identifier"))
    return [message_id(one) for one in result]


def is_loopback(channel: Channel) -> bool:
    """Whether the server is this machine, where it needs no certificate."""
    return host_of(channel) in ("localhost", "127.0.0.1")


def host_of(channel: Channel) -> str:
    """The server, without its port."""
    return (channel.host or DEFAULT_HOST).partition(":")[0]
