"""A bare repository served as forges serve theirs: git's own programs, behind HTTP and behind SSH."""

from __future__ import annotations

import asyncio
import base64
import os
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncssh

from marronnier.demo.github.server import read_body

PASSWORD = "mot-de-passe"


@dataclass
class Forge:
    """A repository behind HTTP, and how it behaves."""

    bare: Path
    port: int = 0
    lost_answers: int = 0
    """How many of the next pushes are carried out and never answered."""
    unavailable: int = 0
    """How many of the next pushes are answered 503 and not carried out."""
    pushes: list[str] = field(default_factory=list)
    """What became of each push."""

    def url(self, password: str = PASSWORD) -> str:
        """Its address, as a clone has it; the password stands in it."""
        return f"http://robot:{password}@127.0.0.1:{self.port}/{self.bare.name}"


@contextmanager
def over_http(bare: Path) -> Iterator[Forge]:
    """Serve one bare repository to whoever knows the password."""
    forge = Forge(bare)

    class Door(_Door):
        behaves = forge

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    forge.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    behaves: Forge
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(read_body(self.rfile, {name.lower(): value for name, value in self.headers.items()}))

    def log_message(self, format: str, *_arguments: object) -> None:
        """Silent."""

    def _serve(self, body: bytes) -> None:
        forge = self.behaves
        if self.headers.get("Authorization") != "Basic " + base64.b64encode(f"robot:{PASSWORD}".encode()).decode():
            return self._answer(401, {"WWW-Authenticate": 'Basic realm="origin"'}, b"no")
        push = self.command == "POST" and self.path.endswith("/git-receive-pack")
        if push and forge.unavailable:
            forge.unavailable -= 1
            forge.pushes.append("unavailable")
            return self._answer(503, {}, b"later")
        status, headers, answer = self._git(body)
        if push and forge.lost_answers:
            forge.lost_answers -= 1
            forge.pushes.append("lost")
            # Cut after the headers: an answer of which nothing came would be asked for again by curl itself.
            self._answer(status, {**headers, "Content-Length": str(len(answer) + 1)}, b"")
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        if push:
            forge.pushes.append("answered")
        return self._answer(status, headers, answer)

    def _git(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        path, _mark, query = self.path.partition("?")
        said = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROJECT_ROOT": str(self.behaves.bare.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_USER": "robot",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        told = subprocess.run(["git", "http-backend"], input=body, env=said, capture_output=True, check=True).stdout
        head, _blank, answer = told.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return int(headers.pop("Status", "200").split()[0]), headers, answer

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass(frozen=True)
class Shell:
    """A repository behind SSH."""

    url: str
    command: str
    """What `GIT_SSH_COMMAND` must be to get in."""


@contextmanager
def over_ssh(bare: Path, folder: Path) -> Iterator[Shell]:
    """Serve one bare repository to whoever has the key that is made in this folder."""
    guest = asyncssh.generate_private_key("ssh-ed25519")
    guest.write_private_key(str(folder / "guest"))
    (folder / "guest").chmod(0o600)
    guest.write_public_key(str(folder / "guest.pub"))
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def begin() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            authorized_client_keys=str(folder / "guest.pub"),
            process_factory=_run_git,
            encoding=None,
        )

    async def end() -> None:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
    try:
        options = f"-F none -i {folder}/guest -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o LogLevel=ERROR"
        yield Shell(f"ssh://robot@127.0.0.1:{server.get_port()}{bare}", f"ssh {options} -o UserKnownHostsFile={folder}/hosts")
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)


async def _run_git(guest: asyncssh.SSHServerProcess[bytes]) -> None:
    command = shlex.split(guest.command or "")
    if command[:1] not in (["git-upload-pack"], ["git-receive-pack"]):
        guest.exit(128)
        return
    git = await asyncio.create_subprocess_exec(
        "git", command[0].removeprefix("git-"), *command[1:],
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    )  # fmt: skip
    await guest.redirect(stdin=git.stdin, stdout=git.stdout, stderr=git.stderr)
    # All that git said is on its way before its end is told.
    await guest.stdout.drain()
    await guest.stderr.drain()
    guest.exit(await git.wait())
    await guest.wait_closed()
