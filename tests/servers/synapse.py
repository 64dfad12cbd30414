"""Synapse, the homeserver that most of Matrix runs on, from PyPI, at the versions of `synapse/requirements.txt`.

    with running(folder) as server:        # channels.yml: {network: matrix, account: server.room, host: server.host}
        …

It stands beside the environment of the tests, not in it, and its database is one file: half a minute to install, the first time, and seconds to start.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marronnier.web import Answer, NotSent, Web
from servers import cannot
from servers.python_packages import packages

NAME, SHARED = "jardin", "a secret between this file and the server"
_SETTINGS = {
    "server_name": "verger.test",
    "report_stats": False,
    "enable_registration": False,
    "registration_shared_secret": SHARED,
    "macaroon_secret_key": "another",
    "form_secret": "a third",
    "suppress_key_server_warning": True,
    "trusted_key_servers": [],
    # The tests send faster than people write.
    "rc_message": {"per_second": 1000, "burst_count": 1000},
    "presence": {"enabled": False},
}


@dataclass(frozen=True)
class Running:
    """The server, with one account in one room."""

    host: str
    """As `127.0.0.1:8123`."""
    user: str
    token: str
    room: str
    """`#verger:verger.test`."""
    room_id: str

    def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request as it is, past our own network."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return Web(loopback=True).request(method, f"http://{self.host}{path}", headers=headers, **request)

    def messages(self) -> list[dict[str, Any]]:
        """The messages of the room, the oldest first."""
        chunk = self.ask("GET", f"/_matrix/client/v3/rooms/{self.room_id}/messages?dir=b&limit=1000").json()["chunk"]
        return [event for event in reversed(chunk) if event["type"] == "m.room.message"]

    def make_room(self, alias: str, *, encrypted: bool = False) -> str:
        """A new room's id."""
        state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}] if encrypted else []
        asked = {"room_alias_name": alias, "preset": "public_chat", "initial_state": state}
        return str(self.ask("POST", "/_matrix/client/v3/createRoom", json=asked).json()["room_id"])

    def another(self, name: str) -> Running:
        """Somebody else, who comes into the room."""
        other = _registered(self.host, name)
        other.ask("POST", f"/_matrix/client/v3/join/{self.room_id}", json={})
        return Running(self.host, other.user, other.token, self.room, self.room_id)


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start it, make an account and a room, and stop it at the end of the `with`."""
    place = packages("synapse")
    host = f"127.0.0.1:{_free_port()}"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(place), "HOME": str(folder)}
    command = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(_settings(folder, host))]
    with (folder / "log").open("w") as log:
        subprocess.run([*command, "--generate-keys"], env=env, cwd=folder, stdout=log, stderr=log, timeout=120, check=False)
        process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait_for(host, process, folder / "log")
        me = _registered(host, NAME)
        yield Running(host, me.user, me.token, "#verger:verger.test", me.make_room("verger"))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settings(folder: Path, host: str) -> Path:
    """Its configuration: JSON is YAML."""
    address, _colon, port = host.partition(":")
    (folder / "log.yml").write_text(json.dumps({"version": 1, "root": {"level": "WARNING"}}))
    settings = {
        **_SETTINGS,
        "pid_file": str(folder / "pid"),
        "signing_key_path": str(folder / "signing.key"),
        "media_store_path": str(folder / "media"),
        "log_config": str(folder / "log.yml"),
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "listeners": [{"port": int(port), "bind_addresses": [address], "type": "http", "resources": [{"names": ["client"]}]}],
    }
    path = folder / "homeserver.yml"
    path.write_text(json.dumps(settings))
    return path


def _wait_for(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(600):
        try:
            Web(loopback=True).request("GET", f"http://{host}/_matrix/client/versions")
        except NotSent:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    cannot(f"Synapse does not start: {log.read_text()[-600:]}")


def _registered(host: str, name: str) -> Running:
    """A new account, by the secret that server and test share. https://element-hq.github.io/synapse/latest/admin_api/register_api.html"""
    path = "/_synapse/admin/v1/register"
    nobody = Running(host, "", "", "", "")
    nonce = nobody.ask("GET", path).json()["nonce"]
    said = "\0".join((nonce, name, "password", "notadmin")).encode()
    mac = hmac.new(SHARED.encode(), said, hashlib.sha1).hexdigest()
    asked = {"nonce": nonce, "username": name, "password": "password", "admin": False, "mac": mac}
    told = nobody.ask("POST", path, json=asked).json()
    return Running(host, told["user_id"], told["access_token"], "", "")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
