"""Handing one message to a mail server by SMTP (RFC 5321): once, over TLS with a checked certificate, within limits of time and size.

    session = MailSession(web.connect("smtp.example.org", 465, tls=True), "smtp.example.org", is_secure=True)
    session.begin(); session.log_in("jardin", "secret")
    session.submit("jardin@example.org", "nouvelles@lists.example.org", message)
    session.end()

Every step says at which stage a server said no, or said nothing. `smtplib` of the standard library has no limit for a whole session and none
for the length of an answer, and makes its own connections.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from marronnier.messages import _

MailStage = Literal["connect", "tls", "login", "sender", "recipient", "content", "end"]
"""How far a session was: `content` is the command DATA, `end` the dot that ends the message."""

ANSWER_WITHIN = 60.0
"""Seconds for the answer to the whole message. RFC 5321, 4.5.3.2.6, asks for ten minutes: by then the claim on a publication is over."""
MAX_ANSWER = 65_536
"""The most bytes of an answer, all its lines together."""

_OWN_NAME = "[127.0.0.1]"
"""A client without a name of its own says its address (RFC 5321, 4.1.3); which one, no server minds that asks for a login."""
_LINE = re.compile(rb"([2-5][0-9]{2})([ -]?)(.*)", re.DOTALL)


class Line(Protocol):
    """A connection that was made, with a deadline of its own."""

    deadline: float

    def read(self, most: int) -> bytes:
        """The next bytes; none at the end."""
        ...

    def write(self, data: bytes) -> None:
        """Send all bytes."""
        ...

    def secure(self, host: str) -> None:
        """Start TLS and check the certificate for that host name."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


class MailAnswer(NamedTuple):
    """A server's answer to one command."""

    code: int
    text: str
    """Its lines, without the code."""


class MailRefused(Exception):
    """A server's no. It did not take the message."""

    def __init__(self, stage: MailStage, code: int, said: str) -> None:
        super().__init__(said)
        self.stage = stage
        self.code = code
        """Three digits: 4xx is for now, 5xx for good. 0 where the server was not asked, and `said` is a sentence of ours."""
        self.said = said


class MailLost(Exception):
    """No complete answer came back, or none that SMTP knows. At the stage `end` the server may have taken the message."""

    def __init__(self, stage: MailStage, said: str) -> None:
        super().__init__(said)
        self.stage = stage
        self.said = said


class MailSession:
    """One session with a server, over a connection that was made."""

    def __init__(self, line: Line, host: str, *, is_secure: bool, may_be_plain: bool = False) -> None:
        self._line = line
        self._host = host
        self._is_secure = is_secure
        self._may_be_plain = may_be_plain
        """Whether a server without TLS is taken: on this machine only."""
        self._stage: MailStage = "connect"
        self._unread = b""
        self.features: Mapping[str, str] = {}
        """What the server can do, in capitals, with its parameters: `{"SIZE": "10240000", "AUTH": "PLAIN LOGIN"}`."""

    def begin(self) -> None:
        """Greet the server, and start TLS where it is not there yet. Raises MailRefused, MailLost, and what `Line.secure` raises."""
        self._expect(self._answer(), 220)
        self._greet()
        if self._is_secure:
            return
        self._stage = "tls"
        if "STARTTLS" in self.features:
            self._expect(self._command("STARTTLS"), 220)
            if self._unread:
                # Whoever stands between may send words ahead, to be read as the server's own.
                raise MailRefused("tls", 0, _("{host} sent more than it was asked for before TLS began", host=self._host))
            self._line.secure(self._host)
            self._is_secure = True
            self._greet()
        elif not self._may_be_plain:
            raise MailRefused("tls", 0, _("{host} offers no TLS: neither password nor post is sent to it in the clear", host=self._host))

    def log_in(self, user: str, password: str) -> None:
        """Log in by AUTH PLAIN, or LOGIN where a server has no other (RFC 4954). Raises MailRefused, MailLost."""
        self._stage = "login"
        offered = self.features.get("AUTH", "").upper().split()
        if "PLAIN" in offered:
            self._expect(self._command(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}"), 235)
        elif "LOGIN" in offered:
            self._expect(self._command("AUTH LOGIN"), 334)
            self._expect(self._command(_base64(user)), 334)
            self._expect(self._command(_base64(password)), 235)
        elif not (self._may_be_plain and not offered):
            raise MailRefused("login", 0, _("{host} takes no password: it offers neither AUTH PLAIN nor AUTH LOGIN", host=self._host))

    def submit(self, sender: str, recipient: str, message: bytes) -> str:
        """Hand over a message whose lines end with CR LF, and return what the server said. Raises MailRefused, MailLost."""
        self._stage = "sender"
        most = self.features.get("SIZE", "")
        if most.isdigit() and 0 < int(most) < len(message):
            said = _("the message has {size} bytes, and the server takes {most}", size=len(message), most=int(most))
            raise MailRefused("content", 0, said)
        self._expect(self._command(f"MAIL FROM:<{sender}>"), 250)
        self._stage = "recipient"
        self._expect(self._command(f"RCPT TO:<{recipient}>"), 250, 251)
        self._stage = "content"
        self._expect(self._command("DATA"), 354)
        if not self._write(_with_doubled_dots(message)):
            # Without the dot there is no message, whatever arrived of it.
            self._expect(self._answer())
        self._stage = "end"
        self._line.deadline = time.monotonic() + ANSWER_WITHIN
        self._write(b".\r\n")
        answer = self._answer()
        self._expect(answer, 250)
        return answer.text

    def end(self) -> None:
        """Say goodbye and close. What the server says to that changes nothing."""
        try:
            self._command("QUIT")
        except (MailLost, MailRefused):
            pass
        finally:
            self._line.close()

    def _greet(self) -> None:
        answer = self._command(f"EHLO {_OWN_NAME}")
        self._expect(answer, 250)
        lines = (line.partition(" ") for line in answer.text.split("\n")[1:])
        self.features = {name.upper(): rest.strip() for name, _space, rest in lines}

    def _command(self, text: str) -> MailAnswer:
        """The answer to one command; a line break in it would be another command."""
        if not text.isascii() or not text.isprintable():
            raise MailRefused(self._stage, 0, _("an address or a password holds a character that mail servers do not take"))
        self._write(f"{text}\r\n".encode("ascii"))
        return self._answer()

    def _expect(self, answer: MailAnswer, *codes: int) -> None:
        if answer.code in codes:
            return
        if answer.code < 400:
            raise MailLost(self._stage, _("the server answered {status}, which means nothing here", status=answer.code))
        raise MailRefused(self._stage, answer.code, answer.text)

    def _write(self, data: bytes) -> bool:
        """Whether all bytes left. A server that stops reading may have answered, which is read next."""
        try:
            self._line.write(data)
        except Exception:  # noqa: BLE001 - whatever broke, the next answer tells
            return False
        return True

    def _answer(self) -> MailAnswer:
        """The next answer: lines of one code, the last without `-` behind it (RFC 5321, 4.2.1)."""
        lines: list[str] = []
        size = 0
        while True:
            raw = self._read_line(MAX_ANSWER - size)
            size += len(raw)
            match = _LINE.fullmatch(raw.rstrip(b"\r\n"))
            if match is None:
                raise MailLost(self._stage, _("the server answered something that is no SMTP"))
            lines.append(match[3].decode("utf-8", "replace"))
            if match[2] != b"-":
                return MailAnswer(int(match[1]), "\n".join(lines))

    def _read_line(self, most: int) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > most:
                raise MailLost(self._stage, _("the answer was longer than {most} bytes", most=MAX_ANSWER))
            try:
                more = self._line.read(4096)
            except Exception:  # noqa: BLE001 - whatever broke, no answer came
                raise self._lost() from None
            if not more:
                raise self._lost()
            self._unread += more
        line, _end, self._unread = self._unread.partition(b"\n")
        if len(line) > most:
            raise MailLost(self._stage, _("the answer was longer than {most} bytes", most=MAX_ANSWER))
        return line

    def _lost(self) -> MailLost:
        if time.monotonic() >= self._line.deadline:
            return MailLost(self._stage, _("the server did not answer in time"))
        return MailLost(self._stage, _("the server ended the connection"))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _with_doubled_dots(message: bytes) -> bytes:
    """The message as DATA takes it: a line of one dot would end it (RFC 5321, 4.5.2)."""
    message = re.sub(rb"(?m)^\.", b"..", message)
    return message if message.endswith(b"\r\n") else message + b"\r\n"
