"""snac2, a small real server that speaks as Mastodon does, from Debian's bookworm-backports. Its ids are no numbers and it knows no keys.

    with running(folder) as server:        # channels.yml: {network: mastodon, account: server.account}
        …

It is unpacked beside the environment of the tests, in a second, and nothing of this machine's own packages changes.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marronnier.web import Answer, NotSent, Web
from servers import PLACE, cannot

PACKAGE = "snac2"
RELEASE = "bookworm"
SOURCE = "deb [signed-by={keyring}] {mirror} {release}-backports main\n"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NAME = "jardin"


@dataclass(frozen=True)
class Running:
    """The server, with one account."""

    host: str
    """As `127.0.0.1:8123`."""
    token: str

    @property
    def account(self) -> str:
        return f"@{NAME}@{self.host}"

    def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request as it is, past our own network."""
        return Web(loopback=True).request(method, f"http://{self.host}{path}", headers={"Authorization": f"Bearer {self.token}"}, **request)

    def toots(self) -> list[dict[str, Any]]:
        """Every toot of the account, the oldest first."""
        me = self.ask("GET", "/api/v1/accounts/verify_credentials").json()["id"]
        found: list[dict[str, Any]] = self.ask("GET", f"/api/v1/accounts/{me}/statuses?limit=40").json()
        return found[::-1]


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start it, with an account and a token, and stop it at the end of the `with`."""
    snac = _installed()
    host = f"127.0.0.1:{_free_port()}"
    base = folder / "snac"
    _told([snac, "init", base], f"127.0.0.1\n{host.rpartition(':')[2]}\n{host}\n\n\n")
    settings = json.loads((base / "server.json").read_text())
    (base / "server.json").write_text(json.dumps({**settings, "protocol": "http"}))
    password = re.search(r"password is (\S+)", _told([snac, "adduser", base, NAME], "\n"))
    if password is None:
        cannot("snac2 makes no account")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([snac, "httpd", base], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield Running(host, _token(host, password[1]))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _token(host: str, password: str) -> str:
    """What its page for tokens shows, as soon as it answers."""
    for _attempt in range(100):
        try:
            form = {"login": NAME, "passwd": password}
            page = Web(loopback=True).request("POST", f"http://{host}/oauth/x-snac-get-token", form=form).body.decode()
        except NotSent:
            time.sleep(0.1)
        else:
            return str(re.findall(r"\b[0-9a-f]{32}\b", page)[-1])
    return cannot("snac2 does not start")


def _told(command: list[Any], typed: str) -> str:
    done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        cannot(f"snac2 does not run here: {done.stderr[-300:]}")
    return done.stdout


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _installed() -> Path:
    """Its program; fetched once, by one process."""
    place = PLACE / "snac"
    program = place / "root" / "usr" / "bin" / "snac"
    place.mkdir(parents=True, exist_ok=True)
    with (PLACE / "snac.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not program.exists():
            _install(place)
    return program


def _install(place: Path) -> None:
    """Fetch the package with its signature checked, by lists of our own: those of this machine stay as they are."""
    if not shutil.which("apt-get") or not shutil.which("dpkg") or not KEYRING.exists():
        cannot("snac2 comes from Debian: it needs apt-get, dpkg and the package debian-archive-keyring")
    for name in ("lists/partial", "cache/archives/partial"):
        (place / name).mkdir(parents=True, exist_ok=True)
    sources = place / "sources.list"
    sources.write_text(SOURCE.format(keyring=KEYRING, mirror=_mirror(), release=RELEASE))
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": place / "lists",
        "Dir::Cache": place / "cache",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
    }
    options = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
    for command in (["update"], ["download", PACKAGE]):
        try:
            done = subprocess.run(
                ["apt-get", "-qq", *options, *command], cwd=place, capture_output=True, text=True, timeout=120, check=False
            )
        except subprocess.TimeoutExpired:
            cannot("snac2 could not be fetched within 120 seconds")
        if done.returncode:
            cannot(f"snac2 could not be fetched: {done.stderr[-300:]}")
    package = next(iter(sorted(place.glob(f"{PACKAGE}_*.deb"))), None)
    if package is None or subprocess.run(["dpkg", "-x", package, place / "root"], check=False).returncode:
        cannot("snac2 could not be unpacked")


def _mirror() -> str:
    """Where this machine gets its own packages of that release from."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = (line.rpartition(" ") for line in listed.stdout.splitlines())
    return next((mirror for mirror, _space, release in found if release == RELEASE), "") or cannot(
        f"snac2 comes from Debian {RELEASE}, and this machine gets nothing from there"
    )
