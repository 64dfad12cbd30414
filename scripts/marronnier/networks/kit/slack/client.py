"""HTTP client of Slack's Web API for one bot, the addresses of its messages, and what its errors mean.

https://docs.slack.dev/reference/methods, read in the copies of smstoslack/slack_kit (priv/docs) and in slackapi/slack-api-specs, seen 2026-11-27.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, Refused, Unknown, Wait
from marronnier.web import Answer, InvalidAnswer, Web

DEFAULT_HOST = "slack.com"
TIMESTAMP = re.compile(r"\d{1,12}\.\d{6}")
"""A message is named by its channel and this text, which is no number."""
_CHANNEL = re.compile(r"https://(?P<team>[a-z0-9-]+(?:\.enterprise)?)\.slack\.com/archives/(?P<id>[CG][A-Z0-9]{5,20})/?")
_MESSAGE = re.compile(r"(?P<channel>https://[^/]+/archives/[A-Z0-9]+)/p(?P<digits>\d{7,18})/?")
_WAIT = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "restricted_too_many", "request_timeout"})
_UNKNOWN = frozenset({"fatal_error", "internal_error", "service_unavailable", "update_failed"})
_LOCKED = frozenset({
    "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "no_permission", "not_allowed_token_type",
    "ekm_access_denied", "access_denied", "org_login_required", "channel_not_found", "not_in_channel", "is_archived", "posting_to_channel_denied",
    "file_uploads_disabled", "storage_limit_reached", "team_access_not_granted", "team_not_found",
})  # fmt: skip
GONE = frozenset({"message_not_found", "thread_not_found"})


class SlackPlace(NamedTuple):
    """A channel of a workspace."""

    team: str
    """The first part of the workspace's domain."""
    id: str

    @property
    def url(self) -> str:
        """Its address, as Slack copies it."""
        return f"https://{self.team}.slack.com/archives/{self.id}"


def slack_place(channel: Channel, channel_name: str = "") -> SlackPlace:
    """The channel of Slack that channels.yml names. Raises Locked."""
    match = _CHANNEL.fullmatch(channel.account.strip())
    if match is None:
        raise Locked(
            _(
                "{channel} needs the link of its channel on Slack in brand/channels.yml, as `account: https://jardin.slack.com/archives/C…`",
                channel=channel_name or channel.network,
            )
        )
    return SlackPlace(match["team"], match["id"])


def message_url(channel: Channel, ts: str, root: str = "") -> str:
    """The address of a message, as chat.getPermalink gives it: https://docs.slack.dev/reference/methods/chat.getPermalink, seen 2026-11-27."""
    there = slack_place(channel)
    reply = f"?thread_ts={root}&cid={there.id}" if root and root != ts else ""
    return f"{there.url}/p{ts.replace('.', '')}{reply}"


def own_timestamps(address: str, channel: Channel) -> tuple[str, str]:
    """The timestamps of the channel's message at an address, and of the message that its thread began with. Raises Refused."""
    parts = urlsplit(address)
    match = _MESSAGE.fullmatch(address.partition("?")[0])
    if match is None:
        raise Refused(_("{url} is not the address of a post", url=address))
    ours = slack_place(channel)
    if match["channel"].casefold() != ours.url.casefold():
        raise Refused(_("{url} is of another channel, and not of {account}", url=address, account=ours.url))
    ts = f"{match['digits'][:-6]}.{match['digits'][-6:]}"
    root = parse_qs(parts.query).get("thread_ts", [ts])[0]
    return ts, root if TIMESTAMP.fullmatch(root) else ts


def timestamps(delivery: Delivery, channel: Channel) -> tuple[str, str]:
    """Those of a message that was sent, and of its thread's beginning. Raises Refused for an address that is none of the channel's."""
    given = delivery.id if "://" in delivery.id else delivery.url
    ts, root = own_timestamps(given, channel)
    return (delivery.id if TIMESTAMP.fullmatch(delivery.id) else ts), root


def host_of(channel: Channel) -> str:
    """The server, without its port."""
    return (channel.host or DEFAULT_HOST).partition(":")[0]


class SlackError(Exception):
    """An answer of `ok: false`, with an error that the caller may know."""

    def __init__(self, error: str, outcome: Exception) -> None:
        super().__init__(error)
        self.error = error
        self.outcome = outcome
        """What it means where the caller does not know it."""


class SlackClient:
    """One bot in one workspace."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        self.where = account.channel.host or DEFAULT_HOST
        self.loopback = host_of(account.channel) in ("localhost", "127.0.0.1")
        self._base = f"{'http' if self.loopback else 'https'}://{self.where}/api"
        self._account, self._web, self._now = account, web, now
        self._headers = {"Authorization": f"Bearer {account.secrets['token']}"}

    def call(self, method: str, *, publishes: bool, **content: Any) -> tuple[Mapping[str, Any], Answer]:
        """What Slack told, and the answer that held it. Raises SlackError for a no, Wait, Locked, Unknown."""
        answer = outcomes.request(self._web, "POST", f"{self._base}/{method}", publishes=publishes, headers=self._headers, **content)
        outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=self._reason(answer))
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            told = answer.json()
            if not isinstance(told, dict) or not isinstance(told.get("ok"), bool):
                raise InvalidAnswer(_("the server gave an answer without {keys}", keys="ok"))
        if not told["ok"]:
            raise self._error(told, answer, publishes=publishes)
        return told, answer

    def ask(self, method: str, *, publishes: bool, **content: Any) -> Mapping[str, Any]:
        """What Slack told. Raises Refused, Locked, Wait, Unknown."""
        try:
            return self.call(method, publishes=publishes, **content)[0]
        except SlackError as error:
            raise error.outcome from None

    def look(self, method: str, **form: str) -> Mapping[str, Any]:
        """What Slack told about something to read. Raises SlackError where it is gone, Locked, Wait: never Refused."""
        try:
            return self.call(method, publishes=False, form=form)[0]
        except SlackError as error:
            if error.error in GONE:
                raise
            raise Wait(str(error.outcome)) if isinstance(error.outcome, Refused) else error.outcome from None

    def upload(self, url: object, data: bytes | IO[bytes], within: float) -> None:
        """Send the bytes of a file to the address that Slack gave for it. Raises Refused, Locked, Wait."""
        parts = urlsplit(url) if isinstance(url, str) else None
        is_theirs = parts and (
            parts.netloc == self.where if self.loopback else parts.scheme == "https" and (parts.hostname or "").endswith(f".{DEFAULT_HOST}")
        )
        if not is_theirs:
            raise Wait(_("the server gave an invalid address"))
        headers = {"Content-Type": "application/octet-stream"}
        answer = outcomes.request(self._web, "POST", str(url), publishes=False, headers=headers, body=data, within=within)
        outcomes.raise_for_answer(answer, self._now, publishes=False)

    def _reason(self, answer: Answer) -> str:
        return outcomes.redact(answer.body[:200].decode("utf-8", "replace"), self._account.secrets.values()) if answer.status == 400 else ""

    def _error(self, told: Mapping[str, Any], answer: Answer, *, publishes: bool) -> SlackError:
        error = str(told.get("error", ""))
        shown = [error, *(f"{name}: {told[name]}" for name in ("needed", "errors") if told.get(name))]
        said = outcomes.redact(" · ".join(shown), self._account.secrets.values())
        message = _("Slack refuses it: {said}", said=said)
        if error in _WAIT:
            return SlackError(error, Wait(message, outcomes.retry_at(answer.headers, self._now) if self._now else None))
        if error in _UNKNOWN:
            return SlackError(error, Unknown(message) if publishes else Wait(message))
        is_locked = error in _LOCKED or error.startswith("restricted_action")
        return SlackError(error, Locked(message) if is_locked else Refused(message))
