"""HTTP client of Discord's API, version 10, for one bot or one webhook; and what its refusals mean.

https://discord.com/developers/docs/reference, /topics/rate-limits and /topics/opcodes-and-status-codes, seen 2026-11-27.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from marronnier import __version__
from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.chat.uploads import Upload
from marronnier.networks.kit.seam import Account, Locked, Refused, Wait
from marronnier.web import Answer, InvalidAnswer, Web

DEFAULT_HOST = "discord.com"
UNKNOWN_MESSAGE = 10008
_LOCKED = frozenset({10003, 10015, 40001, 40007, 40333, 50001, 50013, 50014, 50027, 400001})
"""Channel or webhook gone, no right, or a token that is none."""
_WAIT = frozenset({20016, 20022, 20028, 20029, 30046, 40004, 40006, 40062, 130000})
"""Slow mode and other limits; sending switched off for a time."""
_USER_AGENT = f"DiscordBot (https://pypi.org/project/marronnier, {__version__})"
"""Discord asks for this form, and may refuse others. https://discord.com/developers/docs/reference#user-agent, seen 2026-11-27"""
_PLACE = re.compile(r"(?:https://(?:\w+\.)?discord(?:app)?\.com/channels/)?(\d{15,21})/(\d{15,21})/?")
_MESSAGE = re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/channels/(\d{15,21})/(\d{15,21})/(\d{15,21})/?")
_HOOK = re.compile(r"/api(?:/v\d{1,2})?(/webhooks/\d{15,21}/[\w-]{20,200})/?")
_SECONDS_FOR_FILES = 120.0
ID = re.compile(r"\d{15,21}")


class DiscordPlace(NamedTuple):
    """A channel of a server."""

    guild: str
    channel: str

    @property
    def url(self) -> str:
        """Its address, as Discord copies it."""
        return f"https://discord.com/channels/{self.guild}/{self.channel}"


def place(channel: Channel, channel_name: str = "") -> DiscordPlace:
    """The channel of Discord that channels.yml names. Raises Locked."""
    match = _PLACE.fullmatch(channel.account.strip())
    if match is None:
        raise Locked(
            _(
                "{channel} needs the link of its channel on Discord in brand/channels.yml, as `account: https://discord.com/channels/…/…`",
                channel=channel_name or channel.network,
            )
        )
    return DiscordPlace(match[1], match[2])


def own_message_id(address: str, channel: Channel) -> str:
    """The id of the channel's message at an address. Raises Refused."""
    match = _MESSAGE.fullmatch(address)
    if match is None:
        raise Refused(_("{url} is not the address of a post", url=address))
    ours = place(channel)
    if (match[1], match[2]) != ours:
        raise Refused(_("{url} is of another channel, and not of {account}", url=address, account=ours.url))
    return match[3]


def host_of(channel: Channel) -> str:
    """The server, without its port."""
    return (channel.host or DEFAULT_HOST).partition(":")[0]


class DiscordError(Exception):
    """A definite no with a code that the caller may know."""

    def __init__(self, code: int, outcome: Exception) -> None:
        super().__init__(code)
        self.code = code
        self.outcome = outcome
        """What it means where the caller does not know the code."""


class DiscordClient:
    """One bot, or one webhook, whose address is its secret."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        where = account.channel.host or DEFAULT_HOST
        loopback = host_of(account.channel) in ("localhost", "127.0.0.1")
        self._base = f"{'http' if loopback else 'https'}://{where}/api/v10"
        self._account, self._web, self._now = account, web, now
        self._headers = {"User-Agent": _USER_AGENT}
        if "token" in account.secrets:
            self._headers["Authorization"] = f"Bot {account.secrets['token']}"
            self.path = f"/channels/{place(account.channel, account.channel_name).channel}"
        else:
            self.path = _hook_path(account, where)
        """The path of what sends: a channel, or the webhook."""

    def request(
        self, method: str, path: str, *, publishes: bool, body: Mapping[str, Any] | None = None, files: Mapping[str, Upload] | None = None
    ) -> Answer:
        """The answer, of status 2xx. Raises DiscordError for a definite no, Wait, Locked, Unknown."""
        content: dict[str, Any] = {"json": body} if body is not None else {}
        if files:
            content = {
                "form": {"payload_json": json.dumps(body, ensure_ascii=False)},
                "files": dict(files),
                "within": _SECONDS_FOR_FILES,
            }
        answer = outcomes.request(self._web, method, f"{self._base}{path}", publishes=publishes, headers=self._headers, **content)
        self._raise_for_answer(answer, publishes=publishes)
        return answer

    def get_json(self, path: str) -> tuple[Any, Answer]:
        """The JSON at a path. Raises DiscordError, Wait, Locked."""
        answer = self.request("GET", path, publishes=False)
        with outcomes.web_errors_as_outcomes(publishes=False):
            return answer.json(), answer

    def _raise_for_answer(self, answer: Answer, *, publishes: bool) -> None:
        status = answer.status
        if 200 <= status < 300:
            return
        told = _told(answer)
        code = told.get("code")
        said = outcomes.redact(_reason(told), self._account.secrets.values())
        message = _("the server answered {status}: {said}", status=status, said=said)
        if status == 429 or code in _WAIT:
            raise Wait(message, self._until(answer, told.get("retry_after")))
        if status == 401 or code in _LOCKED:
            raise Locked(message)
        if 400 <= status < 500 and not isinstance(code, int):
            # A 4xx that is not Discord's own comes from a proxy before it.
            with outcomes.web_errors_as_outcomes(publishes=publishes):
                raise InvalidAnswer(_("the server answered {status}", status=status))
        try:
            outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=said)
        except (Refused, Locked) as outcome:
            raise DiscordError(code if isinstance(code, int) else 0, outcome) from None

    def _until(self, answer: Answer, seconds: object) -> datetime | None:
        if self._now is None:
            return None
        if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds < 10**7:
            return self._now + min(timedelta(seconds=seconds), outcomes.LONGEST_WAIT)
        return outcomes.retry_at(answer.headers, self._now)


def _hook_path(account: Account, where: str) -> str:
    """The webhook's path below the API. Raises Locked where its address is of another host than the one that was approved."""
    parts = urlsplit(account.secrets["webhook"].strip())
    match = _HOOK.fullmatch(parts.path)
    hosts = {where} if account.channel.host else {DEFAULT_HOST, "discordapp.com"}
    if match is None or parts.netloc not in hosts:
        raise Locked(
            _(
                "the webhook of {channel} is no address `https://{host}/api/webhooks/…`: copy it again on Discord",
                channel=account.channel_name,
                host=where,
            )
        )
    return match[1]


def _told(answer: Answer) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except InvalidAnswer:
        return {}
    return told if isinstance(told, dict) else {}


def _reason(told: Mapping[str, Any]) -> str:
    """Discord's own explanation, with what it says of the first field that is wrong."""
    first = next(_field_errors(told.get("errors"), ""), "")
    return f"{told.get('message', '')} {first}".strip()


def _field_errors(errors: object, path: str) -> Any:
    if isinstance(errors, dict):
        for name, inner in errors.items():
            if name == "_errors" and isinstance(inner, list) and inner and isinstance(inner[0], dict):
                yield f"({path}: {inner[0].get('message', '')})"
            else:
                yield from _field_errors(inner, f"{path}.{name}".strip("."))
