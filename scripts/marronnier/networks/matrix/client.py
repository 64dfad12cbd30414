"""Client of a homeserver, for one account in one room. https://spec.matrix.org/latest/client-server-api/, seen 2026-11-27"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, Refused, Unknown, Wait
from marronnier.text.urls import is_loopback
from marronnier.web import Answer, InvalidAnswer, Web

EVENT_ID = re.compile(r"\$[A-Za-z0-9_+/=:.-]{1,254}")
"""https://spec.matrix.org/latest/appendices/#event-ids, seen 2026-11-28"""
_ROOM_ID = re.compile(r"![^\s\x00-\x1f/?#]{1,254}")
_CONTENT_URI = re.compile(r"mxc://[A-Za-z0-9.:\[\]-]{1,255}/[A-Za-z0-9_-]{1,255}")
_USER = re.compile(r"@[\x21-\x7e]{1,254}")
_ACCOUNT_ERRORS = frozenset(
    {
        *("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_LOCKED", "M_USER_SUSPENDED", "M_USER_DEACTIVATED"),
        *("M_RESOURCE_LIMIT_EXCEEDED", "M_USER_LIMIT_EXCEEDED"),
    }
)
_CLIENT = "/_matrix/client/v3"
_LONGEST_MILLISECONDS = 10**9
_UPLOAD_SECONDS = 80.0
"""Less than a run has left before its claim ends."""


def host_and_port(channel: Channel) -> str:
    """`matrix.example.org`, with a port if it has one: `host:` of channels.yml, else the server in the room's name."""
    return channel.host or channel.account.strip().partition(":")[2]


def host(channel: Channel) -> str:
    """The host without its port."""
    return host_and_port(channel).partition(":")[0]


class MatrixClient:
    """One account on its homeserver, in the room of its channel."""

    def __init__(self, account: Account, web: Web, now: datetime | None) -> None:
        self.server = host_and_port(account.channel)
        self.room = account.channel.account.strip()
        """The room as channels.yml names it: `#jardin:example.org`, or its id."""
        if not self.server or self.room[:1] not in ("#", "!"):
            raise Locked(
                _(
                    'brand/channels.yml does not name the room of {channel}; write `account: "#name:example.org"` and `host: matrix.example.org`',
                    channel=account.channel_name,
                )
            )
        self._base = f"{'http' if is_loopback(host(account.channel)) else 'https'}://{self.server}"
        self._account = account
        self._web = web
        self._now = now
        self._known_id = self.room if self.room.startswith("!") else ""

    def request(
        self,
        method: str,
        path: str,
        *,
        publishes: bool = False,
        may_be_gone: bool = False,
        forbidden: type[Locked | Refused] = Locked,
        **request: Any,
    ) -> Answer:
        """The answer, of status 2xx, or one that says M_NOT_FOUND where it may be gone. Raises Refused, Locked, Wait or Unknown.

        `forbidden` is what M_FORBIDDEN means there: the account has no right, or this file is not wanted.
        """
        headers = {"Authorization": f"Bearer {self._account.secrets['token']}", **request.pop("headers", {})}
        answer = outcomes.request(self._web, method, f"{self._base}{path}", publishes=publishes, headers=headers, **request)
        if not 200 <= answer.status < 300:
            code, body = self._error(answer)
            if not (may_be_gone and code == "M_NOT_FOUND"):
                if code == "M_FORBIDDEN":
                    raise forbidden(self._said(answer, code, body))
                self._raise(answer, code, body, publishes=publishes)
        return answer

    def mapping(self, method: str, path: str, *, publishes: bool = False, **request: Any) -> Mapping[str, Any]:
        """The JSON object that answers; empty where it says M_NOT_FOUND and may be gone."""
        answer = self.request(method, path, publishes=publishes, **request)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            return {} if answer.status >= 300 else as_mapping(answer.json())

    def room_id(self) -> str:
        """The id of the room. Raises Locked where its name leads nowhere."""
        if not self._known_id:
            answer = self.request("GET", f"{_CLIENT}/directory/room/{quote(self.room, safe='')}", may_be_gone=True)
            if answer.status >= 300:
                raise Locked(_("{server} knows no room {room}", server=self.server, room=self.room))
            with outcomes.web_errors_as_outcomes(publishes=False):
                self._known_id = outcomes.check_identifier(as_mapping(answer.json()).get("room_id"), _ROOM_ID)
        return self._known_id

    @property
    def via(self) -> str:
        """A server that knows the room, for its address."""
        return self.room_id().partition(":")[2] or host(self._account.channel)

    def room_path(self, *parts: str) -> str:
        """The path of something in the room, below version 3 of the API."""
        return "/".join((f"{_CLIENT}/rooms", *(quote(part, safe="") for part in (self.room_id(), *parts))))

    def relations_path(self, event_id: str, relation: str) -> str:
        """The path of the events that relate to one in that way."""
        parts = (quote(part, safe="") for part in (self.room_id(), "relations", event_id, relation))
        return "/".join(("/_matrix/client/v1/rooms", *parts))

    def user_id(self) -> str:
        """The user to whom the token belongs."""
        told = self.mapping("GET", f"{_CLIENT}/account/whoami")
        with outcomes.web_errors_as_outcomes(publishes=False):
            return outcomes.check_identifier(told.get("user_id"), _USER)

    def joined_rooms(self) -> frozenset[str]:
        """The ids of the rooms that the user is in."""
        rooms = self.mapping("GET", f"{_CLIENT}/joined_rooms").get("joined_rooms")
        return frozenset(room for room in rooms if isinstance(room, str)) if isinstance(rooms, list) else frozenset()

    def state(self, kind: str) -> Mapping[str, Any]:
        """The room's state of that kind; empty where it has none. Raises Locked where the account may not see it."""
        return self.mapping("GET", f"{self.room_path('state', kind)}/", may_be_gone=True)

    def raise_if_encrypted(self) -> None:
        """Raises Locked for a room with end-to-end encryption: a message in the clear would stand out there, and clients warn of it."""
        if self.state("m.room.encryption").get("algorithm"):
            raise Locked(
                _("the room {room} is encrypted, and this calendar sends in the clear: choose a room without encryption", room=self.room)
            )

    def send(self, content: Mapping[str, Any], transaction: str) -> str:
        """The id of the event that the server made of this content, now or when it got this transaction first."""
        told = self.mapping("PUT", self.room_path("send", "m.room.message", transaction), publishes=True, json=content)
        with outcomes.web_errors_as_outcomes(publishes=True):
            return outcomes.check_identifier(told.get("event_id"), EVENT_ID)

    def redact(self, event_id: str, transaction: str) -> None:
        """Take back an event's content; nothing happens where the event is not there."""
        answer = self.request("PUT", self.room_path("redact", event_id, transaction), publishes=True, may_be_gone=True, json={})
        if answer.status < 300:
            with outcomes.web_errors_as_outcomes(publishes=True):
                outcomes.check_identifier(as_mapping(answer.json()).get("event_id"), EVENT_ID)

    def event(self, event_id: str) -> Mapping[str, Any]:
        """The event as it was sent; empty where the server has none, or its content was taken back."""
        event = self.mapping("GET", self.room_path("event", event_id), may_be_gone=True)
        return {} if is_redacted(event) else event

    def upload(self, data: bytes | IO[bytes], mime: str, name: str) -> str:
        """The `mxc:` address of an uploaded file. Raises Refused, Locked or Wait."""
        path = f"/_matrix/media/v3/upload?filename={quote(name, safe='')}"
        # M_FORBIDDEN on an upload is about this file: https://spec.matrix.org/latest/client-server-api/#post_matrixmediav3upload
        told = self.mapping("POST", path, forbidden=Refused, headers={"Content-Type": mime}, body=data, within=_UPLOAD_SECONDS)
        with outcomes.web_errors_as_outcomes(publishes=False):
            return outcomes.check_identifier(told.get("content_uri"), _CONTENT_URI)

    def upload_limit(self) -> int | None:
        """The most bytes of an upload; None where the server does not say."""
        size = self.mapping("GET", "/_matrix/client/v1/media/config", may_be_gone=True).get("m.upload.size")
        return size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None

    def clock(self) -> datetime | None:
        """The server's clock."""
        return outcomes.server_date(self.request("GET", "/_matrix/client/versions"))

    def _error(self, answer: Answer) -> tuple[str, Mapping[str, Any]]:
        """The code and the whole of the server's own error; empty for a page that is not the API's."""
        try:
            body = as_mapping(answer.json())
        except InvalidAnswer:
            body = {}
        code = body.get("errcode")
        return (code if isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_.]{1,100}", code) else ""), body

    def _raise(self, answer: Answer, code: str, body: Mapping[str, Any], *, publishes: bool) -> None:
        """Raises what a refusal of the server means. https://spec.matrix.org/latest/client-server-api/#standard-error-response"""
        said = self._said(answer, code, body)
        milliseconds = body.get("retry_after_ms")
        if answer.status == 429 and "retry-after" not in answer.headers and isinstance(milliseconds, int):
            answer = replace(answer, headers={**answer.headers, "retry-after": str(min(milliseconds, _LONGEST_MILLISECONDS) / 1000)})
        if code in _ACCOUNT_ERRORS:
            raise Locked(said)
        if code == "M_UNRECOGNIZED" or (not code and answer.status in (404, 405)):
            raise Locked(_("{server} does not answer as a Matrix homeserver does ({status})", server=self.server, status=answer.status))
        if code == "M_UNKNOWN" and answer.status == 400:
            raise (Unknown if publishes else Wait)(said)
        outcomes.raise_for_answer(answer, self._now, publishes=publishes, reason=self._reason(code, body))

    def _said(self, answer: Answer, code: str, body: Mapping[str, Any]) -> str:
        return _("the server answered {status}: {said}", status=answer.status, said=self._reason(code, body))

    def _reason(self, code: str, body: Mapping[str, Any]) -> str:
        return " ".join(filter(None, (code, outcomes.redact(body.get("error"), self._account.secrets.values()))))


def as_mapping(value: object) -> Mapping[str, Any]:
    """The JSON object, or an empty one in place of any other value."""
    return value if isinstance(value, dict) else {}


def is_redacted(event: Mapping[str, Any]) -> bool:
    """Whether the content of an event was taken back: https://spec.matrix.org/latest/client-server-api/#redactions."""
    return bool(as_mapping(event.get("unsigned")).get("redacted_because") or event.get("redacted_because") or not event.get("content"))
