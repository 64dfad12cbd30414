"""HTTP client of a server with Mastodon's API, for one account."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, Wait
from marronnier.web import Answer, Web

UPLOAD_SECONDS = 80.0
"""Seconds for uploading and processing all media of a toot: with the toot itself, less than a run has left before its claim ends."""
_POLL_SECONDS = 1.0


def host_and_port(channel: Channel) -> str:
    """`example.social`, with a port if it has one: `host:` of channels.yml, else the part of the account after its second `@`."""
    return channel.host or _split_account(channel)[1]


def account_name(channel: Channel) -> str:
    """The account's user name on its server, without `@`."""
    return _split_account(channel)[0]


def _split_account(channel: Channel) -> tuple[str, str]:
    account, _at, host = channel.account.strip().removeprefix("@").partition("@")
    return account, host.strip("/")


def host(channel: Channel) -> str:
    """The host without its port."""
    return _without_port(host_and_port(channel))


def _without_port(host: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def domain(channel: Channel) -> str:
    """The domain of the account's name, which may differ from its server: `example.org` of `@jardin@example.org` on social.example.org."""
    return _without_port(_split_account(channel)[1]) or host(channel)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where a server needs no certificate."""
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class FediverseClient:
    """One account on its server."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        server = host_and_port(account.channel)
        if not server:
            raise Locked(
                _(
                    'brand/channels.yml does not say on which server {channel} is; write `account: "@name@example.social"`',
                    channel=account.channel_name,
                )
            )
        self.base = f"{'http' if is_loopback(host(account.channel)) else 'https'}://{server}"
        self.has_brand_clock = web.loopback
        """Whether the brand lives at a clock of its own, which is not the server's."""
        self._account = account
        self._web = web
        self._now = now
        self._pictures_by = time.monotonic() + UPLOAD_SECONDS

    def request(
        self, method: str, path: str, *, publishes: bool, everywhere: bool = False, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Answer:
        """The answer, of status 2xx; `everywhere` marks an endpoint that every such server has. Raises Refused, Locked, Wait or Unknown."""
        answer = self.request_unchecked(method, path, publishes=publishes, headers=headers, **request)
        if everywhere and answer.status in (404, 405, 410):
            raise Locked(self.not_mastodon_message(answer.status))
        if answer.status == 400 and not self._accepts_token():
            raise Locked(self.status_message(answer))
        outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=self.error_reason(answer))
        return answer

    def not_mastodon_message(self, status: int) -> str:
        """The sentence about an address that every such server has, and this one has not."""
        return _("{where} does not answer as Mastodon does ({status}): is it the server?", where=self.base, status=status)

    def status_message(self, answer: Answer) -> str:
        """The sentence about a server that does not know the token."""
        reason = self.error_reason(answer) or str(answer.status)
        return _("the server does not accept this token: {why}", why=reason)

    def _accepts_token(self) -> bool:
        """Whether the server knows the token: some answer 400 to one that they do not know, as to a post they refuse. Raises Wait."""
        answer = self.request_unchecked("GET", "/api/v1/accounts/verify_credentials", publishes=False)
        if answer.status in (408, 429) or answer.status >= 500:
            outcomes.raise_for_answer(answer, self._now, publishes=False, reason=self.error_reason(answer))
        return answer.status == 200

    def request_unchecked(
        self, method: str, path: str, *, publishes: bool, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Answer:
        """The answer, of any status. Raises Wait or Unknown when there is none."""
        return outcomes.request(
            self._web,
            method,
            f"{self.base}{path}",
            publishes=publishes,
            headers={"Authorization": f"Bearer {self._account.secrets['token']}", **(headers or {})},
            **request,
        )

    def get_json(self, path: str, *, publishes: bool) -> Any:
        """The JSON at a path."""
        answer = self.request("GET", path, publishes=publishes)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            return answer.json()

    def error_reason(self, answer: Answer) -> str:
        """The server's explanation of an error, without secrets; empty when it gives none."""
        from marronnier.web import InvalidAnswer

        if answer.status < 400:
            return ""
        try:
            body = as_mapping(answer.json())
        except InvalidAnswer:
            return ""
        return outcomes.redact(body.get("error_description") or body.get("error"), self._account.secrets.values())

    def upload_media(self, file: tuple[str, bytes | IO[bytes], str], description: str) -> str:
        """The id of the uploaded file. Raises Refused, Locked or Wait, never Unknown: nobody sees it before a toot has it."""
        media_id, status = self._upload(file, description)
        self._wait_until_processed(media_id, status)
        return media_id

    def upload_video(self, file: tuple[str, IO[bytes], str], description: str, sha256: str, uploads: Mapping[str, str]) -> str:
        """As `upload_media`; an upload of an earlier run is taken up again, and named in the Wait where it needs longer than this run has."""
        media_id, status = uploads.get(sha256, ""), 0
        if media_id:
            state = self.request_unchecked("GET", self._media_path(media_id), publishes=False)
            status = state.status if state.status in (200, 202, 206) else 0
        if not status:
            media_id, status = self._upload(file, description)
        try:
            self._wait_until_processed(media_id, status)
        except Wait as wait:
            raise Wait(str(wait), wait.until, uploads={sha256: media_id}) from wait
        return media_id

    def _upload(self, file: tuple[str, bytes | IO[bytes], str], description: str) -> tuple[str, int]:
        """The id of the uploaded file, and the status of the answer."""
        form = {"description": description} if description else {}
        answer = self._request_in_time("POST", "/api/v2/media", everywhere=True, form=form, files={"file": file})
        with outcomes.web_errors_as_outcomes(publishes=False):
            return outcomes.check_identifier(as_mapping(answer.json()).get("id")), answer.status

    def _wait_until_processed(self, media_id: str, status: int) -> None:
        # Only servers that process uploads later, and answer 202, have an endpoint for their state.
        while status in (202, 206):
            time.sleep(min(_POLL_SECONDS, self._seconds_left()))
            status = self._request_in_time("GET", self._media_path(media_id)).status

    @staticmethod
    def _media_path(media_id: str) -> str:
        return f"/api/v1/media/{quote(media_id, safe='')}"

    def _request_in_time(self, method: str, path: str, **options: Any) -> Answer:
        """The answer about a picture, within the time left for pictures. Raises Refused, Locked or Wait."""
        try:
            return self.request(method, path, publishes=False, within=self._seconds_left(), **options)
        except Wait:
            # When the time is up, the message must say so instead of naming a cut connection.
            self._seconds_left()
            raise

    def _seconds_left(self) -> float:
        """Seconds left for pictures. Raises Wait when there are none."""
        if (seconds := self._pictures_by - time.monotonic()) <= 0:
            raise Wait(_("the pictures take too long to arrive"))
        return seconds


def as_mapping(value: object) -> Mapping[str, Any]:
    """The JSON object, or an empty one in place of any other value."""
    return value if isinstance(value, dict) else {}
