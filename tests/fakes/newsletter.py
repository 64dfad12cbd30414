"""A mail server on loopback, aiosmtpd, which takes mail for one list: with a login, orders and faults.

    with MailServer().running() as server:
        server.order("refused")                     # the next mail, after its final dot: 554
        server.order("cut-after-accept")            # it is taken, and nobody hears of it
        server.say("RCPT", "450 4.7.1 greylisted")  # the next answer to a command: AUTH, MAIL, RCPT, DATA, QUIT, connect
        server.mails                                # what was taken, as it arrived

Definite orders: `refused` (554), `locked` (535 to the login), `wait` (451). Faults as in `fakes.loopback`, those that a server without HTTP can make:
`unknown` (silence), `cut`, `reset`, `html`, `empty`, `odd` (a code of no meaning), `endless` and `slow`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from fakes.loopback import LONGEST, PATIENCE, HastyWeb
from marronnier.model.publication import Delivery, Picture

USER, PASSWORD, LIST = "jardin@example.org", "pelle et râteau", "nouvelles@lists.example.org"
ACCOUNT = f"Le jardin <{USER}> to {LIST}"
FAULTS = ("unknown", "cut", "reset", "html", "empty", "odd", "endless", "slow")
DEFINITE = {"refused": ("DATA", "554 5.7.1 Spam detected"), "locked": ("AUTH", "535 5.7.8 Bad credentials"), "wait": ("DATA", "451 4.3.0 Try again later")}  # fmt: skip
SAYS = {"html": b"<!DOCTYPE html><title>Mail</title>\r\n", "empty": b"\r\n", "odd": b"299 Hello\r\n"}


class MailServer:
    """A mail server; also the handler of aiosmtpd's hooks."""

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, implicit: bool = False, offers_login: bool = True, most: int = 33_554_432
    ) -> None:
        self.tls, self.implicit, self.offers_login, self.most = tls, implicit, offers_login, most
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, tuple[str, ...]]] = []
        self.logins: list[tuple[str, str]] = []
        self.port = 0
        self._orders: list[str] = []
        self._answers: dict[str, list[str]] = {}

    def order(self, answer: str, *, on: str = "send") -> None:
        assert answer == "fine" or answer in DEFINITE or answer.rpartition("-")[0].rpartition("-")[0] in FAULTS, answer
        self._orders.append(answer)

    def say(self, command: str, answer: str) -> None:
        """The next answer to a command."""
        self._answers.setdefault(command, []).append(answer)

    def _said(self, command: str) -> str:
        """What was ordered for this command; empty for the usual answer."""
        waiting = self._answers.get(command)
        if waiting:
            return waiting.pop(0)
        if self._orders and self._orders[0] in DEFINITE and DEFINITE[self._orders[0]][0] == command:
            return DEFINITE[self._orders.pop(0)][1]
        return ""

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        if said := self._said("AUTH"):
            return AuthResult(success=False, handled=False, message=said)
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if said := self._said("MAIL"):
            return said
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:
        if said := self._said("RCPT"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
        return self._said("QUIT") or "221 Bye"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if said := self._said("DATA"):
            return said
        order = self._orders.pop(0) if self._orders else "fine"
        if not order.endswith("before-accept"):
            self.raw.append(envelope.original_content)
            self.mails.append(message_from_bytes(envelope.original_content, policy=policy.SMTP))
            self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        if order != "fine":
            await self._misbehave(server.transport, order.partition("-")[0])
        return "250 2.0.0 Queued"

    async def _misbehave(self, transport: asyncio.Transport, fault: str) -> None:
        """Answer the final dot in no way that a server should, and close."""
        if fault == "unknown":
            await asyncio.sleep(PATIENCE * 2)
        if fault in ("endless", "slow"):
            for _time in range(int(LONGEST / 0.1)):
                if transport.is_closing():
                    break
                transport.write(b"250-" + b"x" * 9000 + b"\r\n" if fault == "endless" else b"2")
                await asyncio.sleep(0.001 if fault == "endless" else 0.1)
        if fault == "reset":
            transport.write(b"2")
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault in SAYS:
            transport.write(SAYS[fault])
            await asyncio.sleep(0.05)
        transport.abort()
        # Nothing more is to be written here, and aiosmtpd ends a connection that was cancelled without a word.
        raise asyncio.CancelledError

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        """Take mail until the end of the `with` statement."""
        loop = asyncio.new_event_loop()
        served = loop.run_until_complete(
            loop.create_server(lambda: self._protocol(loop), "127.0.0.1", 0, ssl=self.tls if self.implicit else None)
        )
        self.port = served.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(served.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.run_until_complete(_end_tasks())
            loop.close()

    def _protocol(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        login = {"authenticator": self.authenticate, "auth_required": True, "auth_require_tls": False} if self.offers_login else {}
        tls = {} if self.implicit else {"tls_context": self.tls}
        return SMTP(self, loop=loop, hostname="mail.example.org", data_size_limit=self.most, enable_SMTPUTF8=False, **tls, **login)


async def _end_tasks() -> None:
    """Cancel what still waits on a connection."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _text(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n").removesuffix("\n")


class MailStage:
    """The stage of a mail server, for the contract (`fakes.stages.Stage`)."""

    answers = frozenset({*DEFINITE, *(f"{fault}-{when}-accept" for fault in FAULTS for when in ("before", "after"))})
    secrets: Mapping[str, str] = {"user": USER, "password": PASSWORD}

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.web = HastyWeb(loopback=True)
        self.channel: Mapping[str, Any] = {"account": ACCOUNT, "host": f"127.0.0.1:{server.port}"}
        self.drawn: dict[str, str] = {}

    def read(self, picture: Picture) -> bytes:
        from networks.posts import drawn

        self.drawn[picture.sha256[:6]] = picture.sha256
        return drawn(picture)

    def order(self, answer: str, *, on: str = "send") -> None:
        self.server.order(answer, on=on)

    def received(self) -> list[Mapping[str, Any]]:
        return [self.wire(mail) for mail in self.server.mails]

    def replies(self) -> list[str | None]:
        return [mail["In-Reply-To"] for mail in self.server.mails]

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        (mail,) = (mail for mail in self.server.mails if mail["Message-ID"] == f"<{delivery.id}>")
        return self.wire(mail)

    def delete(self, delivery: Delivery) -> None:
        raise AssertionError("a mail stays")

    def has(self, delivery: Delivery) -> bool:
        return any(mail["Message-ID"] == f"<{delivery.id}>" for mail in self.server.mails)

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        raise AssertionError("nobody counts a mail")

    def wire(self, mail: EmailMessage) -> Mapping[str, Any]:
        """What a mail program reads, in the words of `compose`."""
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None and html is not None
        markup = _text(html)
        wire = {
            "subject": str(mail["Subject"]),
            "language": str(mail["Content-Language"] or ""),
            "text": _text(plain),
            "html": markup,
            "keywords": str(mail["Keywords"]).split(", ") if mail["Keywords"] else [],
            "images": [self._image(part, markup) for part in mail.walk() if part.get_content_maintype() == "image"],
        }
        return {name: value for name, value in wire.items() if value}

    def _image(self, part: Any, markup: str) -> Mapping[str, str]:
        """A picture by the digest of what it was drawn from, with the alternative text that stands where it is shown."""
        import io
        import re
        from html import unescape

        from PIL import Image

        pixel = Image.open(io.BytesIO(part.get_content())).convert("RGB").getpixel((3, 3))
        shown = re.search(rf'<img src="cid:{re.escape(str(part["Content-ID"]).strip("<>"))}" alt="([^"]*)"', markup)
        assert shown is not None, "every picture of a mail is shown"
        return {"sha256": self.drawn[bytes(pixel).hex()], "alt": unescape(shown[1])}  # type: ignore[arg-type]


@contextmanager
def stage(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailStage]:
    """A mail server, and a client that has less patience than usual."""
    from marronnier import mail
    from marronnier.networks.newsletter import handing_over

    monkeypatch.setattr(mail, "ANSWER_WITHIN", PATIENCE)
    monkeypatch.setattr(handing_over, "WITHIN", PATIENCE * 3)
    with MailServer().running() as server:
        yield MailStage(server)
