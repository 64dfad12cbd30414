"""A mail server for one list: it takes every mail, and keeps it as a file (RFC 5321)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from marronnier.demo.accounts.server import HOST

_ANSWERS = {
    "AUTH": "235 2.7.0 Welcome",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "RSET": "250 2.0.0 OK",
    "NOOP": "250 2.0.0 OK",
    "HELO": "250 mail.example.org",
    "EHLO": "250-mail.example.org\r\n250-AUTH PLAIN\r\n250 8BITMIME",
}


class MailAccount:
    """The server."""

    def __init__(self, folder: Path, account: str) -> None:
        self.folder, self.account = folder, account
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = 0

    @property
    def host(self) -> str:
        """Where it answers."""
        return f"{HOST}:{self.port}"

    def keep(self, mail: bytes) -> None:
        """Keep a mail."""
        (self.folder / f"{len(list(self.folder.glob('*.eml'))) + 1:04}.eml").write_bytes(mail)

    @contextmanager
    def running(self, port: int) -> Iterator[MailAccount]:
        """Take mail until the end of the `with`: at this port, or at any other that is free where somebody else has it."""
        handler: Any = partial(_MailConnection, mail_server=self)
        try:
            tcp = _MailTcp((HOST, port), handler)
        except OSError:
            tcp = _MailTcp((HOST, 0), handler)
        self.port = int(tcp.server_address[1])
        thread = threading.Thread(target=partial(tcp.serve_forever, poll_interval=0.02), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            tcp.shutdown()
            tcp.server_close()
            thread.join(5)


class _MailTcp(ThreadingTCPServer):
    """A server that goes with its process."""

    daemon_threads = True
    allow_reuse_address = True


class _MailConnection(StreamRequestHandler):
    """One connection."""

    timeout = 60

    def __init__(self, *arguments: Any, mail_server: MailAccount) -> None:
        self.mail_server = mail_server
        super().__init__(*arguments)

    def handle(self) -> None:
        """Answer every command."""
        self._say("220 mail.example.org ESMTP")
        while line := self.rfile.readline(4096).decode("ascii", "replace").strip():
            command = line.partition(" ")[0].upper()
            if command == "QUIT":
                self._say("221 2.0.0 Bye")
                return
            if command == "DATA":
                self._say("354 Go ahead")
                self.mail_server.keep(self._mail())
                self._say("250 2.0.0 Queued")
            else:
                self._say(_ANSWERS.get(command, "500 5.5.1 Unknown"))

    def _mail(self) -> bytes:
        """What follows until a line with a single dot; a dot that begins a line was doubled."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


SERVER = MailAccount
