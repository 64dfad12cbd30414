"""A server that speaks as Mastodon does, asked in the name of one account."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, Wait
from marronnier.web import Answer, Web

PICTURES_WITHIN = 80.0
"""Seconds for all pictures of a toot to arrive and be made ready: with the toot itself, less than a run leaves itself before its claim ends."""
_LOOK_AGAIN = 1.0


def authority(channel: Channel) -> str:
    """The host, with its port where it has one: what channels.yml names, else what follows the second `@` of the account."""
    return channel.host or _split(channel)[1]


def name(channel: Channel) -> str:
    """The account's name on its server, without `@`."""
    return _split(channel)[0]


def _split(channel: Channel) -> tuple[str, str]:
    account, _at, host = channel.account.strip().removeprefix("@").partition("@")
    return account, host.strip("/")


def host(channel: Channel) -> str:
    """The host without its port."""
    from urllib.parse import urlsplit

    try:
        return urlsplit(f"//{authority(channel)}").hostname or ""
    except ValueError:
        return ""


def on_this_machine(host: str) -> bool:
    """Whether a host is this machine, where servers are tried out without a certificate."""
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class FediverseClient:
    """One account on its server."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        where = authority(account.channel)
        if not where:
            raise Locked(
                _(
                    'brand/channels.yml does not say on which server {channel} is; write `account: "@name@example.social"`',
                    channel=account.channel_name,
                )
            )
        self.base = f"{'http' if on_this_machine(host(account.channel)) else 'https'}://{where}"
        self.rehearsing = web.loopback
        """Whether the brand lives at a clock, which is not the server's."""
        self._account = account
        self._web = web
        self._now = now
        self._pictures_by = time.monotonic() + PICTURES_WITHIN

    def ask(
        self, method: str, path: str, *, posts: bool, everywhere: bool = False, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Answer:
        """What it answers when it agrees; `everywhere` is a page that every such server has. Raises Refused, Locked, Wait or Unknown."""
        answer = self.answer(method, path, posts=posts, headers=headers, **request)
        if everywhere and answer.status in (404, 405, 410):
            raise Locked(_("{where} does not answer as Mastodon does ({status}): is it the server?", where=self.base, status=answer.status))
        outcomes.raise_for_answer(answer, self._now, posts=posts, said=self.why(answer))
        return answer

    def answer(self, method: str, path: str, *, posts: bool, headers: Mapping[str, str] | None = None, **request: Any) -> Answer:
        """Whatever it answers. Raises Wait or Unknown when it does not."""
        return outcomes.request(
            self._web,
            method,
            f"{self.base}{path}",
            posts=posts,
            headers={"Authorization": f"Bearer {self._account.secrets['token']}", **(headers or {})},
            **request,
        )

    def read(self, path: str, *, posts: bool) -> Any:
        """The JSON at a path."""
        answer = self.ask("GET", path, posts=posts)
        with outcomes.failures(posts=posts):
            return answer.json()

    def why(self, answer: Answer) -> str:
        """What it gave as a reason, when it refused."""
        from marronnier.web import InvalidAnswer

        if answer.status < 400:
            return ""
        try:
            told = answer.json()
        except InvalidAnswer:
            return ""
        said = told.get("error_description") or told.get("error") if isinstance(told, dict) else ""
        return outcomes.redacted(said, self._account.secrets.values())

    def upload(self, file: tuple[str, bytes, str], description: str) -> str:
        """The id of a picture, put there for a toot to come. Raises Refused, Locked or Wait: nobody sees it before there is a toot."""
        form = {"description": description} if description else {}
        answer = self._in_time("POST", "/api/v2/media", everywhere=True, form=form, files={"file": file})
        with outcomes.failures(posts=False):
            picture = outcomes.valid_identifier(_mapping(answer.json()).get("id"))
        # Only a server that says 202 has something to look at: others know no such page.
        while answer.status in (202, 206):
            time.sleep(min(_LOOK_AGAIN, self._left()))
            answer = self._in_time("GET", f"/api/v1/media/{quote(picture, safe='')}")
        return picture

    def _in_time(self, method: str, path: str, **request: Any) -> Answer:
        """The answer about a picture, while there is time. Raises Refused, Locked or Wait."""
        try:
            return self.ask(method, path, posts=False, within=self._left(), **request)
        except Wait:
            # An answer cut off because the time is up is no fault of its own.
            self._left()
            raise

    def _left(self) -> float:
        """Seconds for the pictures still to come. Raises Wait when there are none."""
        if (seconds := self._pictures_by - time.monotonic()) <= 0:
            raise Wait(_("the pictures take too long to arrive"))
        return seconds


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
