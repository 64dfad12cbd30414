"""The fake network Square obeys its orders, from other processes too."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fakes import square
from fakes.square import ANSWERS, Server
from installed import site_of_fakes
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest
from networks.posts import picture, publication

TESTS = Path(__file__).parents[1]
SAY = """
from networks.posts import publication
from marronnier import networks
from marronnier.networks.kit.seam import Account, SendRequest
said = publication("fakes.square", "Bonjour")
payload = networks.get("fakes.square").compose(said)
print(networks.get("fakes.square").send(SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, ()), Account("place", said.channel, {}), None).url)
"""


def say(folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "SQUARE_STATE": str(folder), "PYTHONPATH": f"{site_of_fakes()}{os.pathsep}{TESTS}"}
    return subprocess.run([sys.executable, "-c", SAY], env=env, capture_output=True, text=True, check=False)


def sending(text: str, **words: object) -> tuple[SendRequest, Account]:
    said = publication("fakes.square", text, **words)  # type: ignore[arg-type]
    payload = square.compose(said)
    return SendRequest(said.key, 0, len(payload.parts), payload.parts[0], payload.sha256, ()), Account("place", said.channel, {})


@pytest.mark.parametrize(("answer", "there"), [("crash-before-accept", 0), ("crash-after-accept", 1)])
def test_it_ends_the_process_as_ordered(tmp_path: Path, answer: str, there: int) -> None:
    server = Server(tmp_path)
    server.order(answer)
    done = say(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (137, "", "")
    assert len(server.received()) == there
    assert say(tmp_path).stdout == f"http://127.0.0.1/square/place/{there + 1}\n"


def test_orders_are_taken_once_in_turn_and_by_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQUARE_STATE", str(tmp_path))
    server = Server(tmp_path)
    server.order("locked", channel="other")
    server.order("refused", times=2)
    server.order("error-before-accept")
    told = []
    for _ in range(4):
        try:
            told.append(square.send(*sending("Bonjour"), None).id)
        except Exception as error:  # noqa: BLE001
            told.append(type(error).__name__)
    assert told == ["Refused", "Refused", "RuntimeError", "place-1"]
    (received,) = server.received("place")
    assert server.open(received.url).wire["status"] == "Bonjour"


def test_it_can_be_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQUARE_STATE", str(tmp_path))
    Server(tmp_path).order("slow", seconds=0.1)
    begun = time.monotonic()
    square.send(*sending("Bonjour"), None)
    assert time.monotonic() - begun >= 0.1


def test_it_judges_what_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQUARE_STATE", str(tmp_path))
    for text, words in [
        ("a" * 141, {}),
        ("", {}),
        ("a", {"media": (picture("a", "x"), picture("b", "x"), picture("c", "x"))}),
        ("a", {"media": (picture("a", "x" * 101),)}),
    ]:
        with pytest.raises(Refused):
            square.send(*sending(text, **words), None)
    assert Server(tmp_path).received() == []


def test_without_its_folder_it_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SQUARE_STATE", raising=False)
    with pytest.raises(Locked, match="SQUARE_STATE"):
        square.send(*sending("Bonjour"), None)


def test_an_order_it_does_not_know_is_refused(tmp_path: Path) -> None:
    assert "crash-after-accept" in ANSWERS
    with pytest.raises(ValueError, match="cannot answer 'no'"):
        Server(tmp_path).order("no")
