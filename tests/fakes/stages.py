"""Stages: the fake server of each network, for the contract tests.

A new network adds a module `fakes/<name>.py` with a context manager `stage(folder, monkeypatch)`: `fakes.loopback` says how.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from fakes.square import Server
from marronnier.model.publication import Delivery, Part, Picture
from marronnier.networks.kit.seam import Handoff
from networks.posts import drawn


class Stage(Protocol):
    """A fake server as the contract tests use it."""

    web: Any
    """The `web` argument of the network's `send`."""
    secrets: Mapping[str, str]
    channel: Mapping[str, Any]
    """The channel's values in channels.yml: account and host."""
    answers: frozenset[str]
    """The orders it obeys, by the names of `fakes.loopback`. Empty when sending cannot fail."""

    def read(self, picture: Picture) -> bytes:
        """The bytes of a picture."""
        ...

    def order(self, answer: str, *, on: str = "send") -> None:
        """Order how to answer the next request."""
        ...

    def received(self) -> list[Mapping[str, Any]]:
        """The `wire` of each accepted part as it arrived, in order."""
        ...

    def replies(self) -> list[str | None]:
        """For each accepted part, the id of the message it replies to."""
        ...

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """The `wire` at a delivery's URL; None for a network without URLs of its own."""
        ...

    def post_by_hand(self, handoff: Handoff, part: Part) -> Delivery:
        """Post a part as the person does who was given it; only where a person posts."""
        ...

    def delete(self, delivery: Delivery) -> None:
        """Delete a message, as its account's owner may."""
        ...

    def has(self, delivery: Delivery) -> bool:
        """Whether a message is there and nobody deleted it."""
        ...

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        """Let people react to a message, and tell what of it the network tells, under neutral names; at least one counter stays unknown."""
        ...


class SquareStage:
    """The stage of the four Squares."""

    web = None
    secrets: Mapping[str, str] = {}
    channel: Mapping[str, Any] = {}
    answers = frozenset({"refused", "locked", "wait", "unknown-before-accept", "unknown-after-accept"})

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SQUARE_STATE", str(folder))
        self.server = Server(folder)

    def read(self, picture: Picture) -> bytes:
        return drawn(picture)

    def order(self, answer: str, *, on: str = "send") -> None:
        self.server.order(answer, on=on)

    def received(self) -> list[Mapping[str, Any]]:
        return [message.wire for message in self.server.received()]

    def replies(self) -> list[str | None]:
        return [message.reply_to for message in self.server.received()]

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        return self.server.open(delivery.url).wire

    def delete(self, delivery: Delivery) -> None:
        self.server.delete(delivery.id)

    def has(self, delivery: Delivery) -> bool:
        return delivery.id not in self.server.deleted()

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        raise AssertionError("Square counts nothing")


class SilentStage:
    """The stage of a network that sends nothing, as the feed: it must not use the web either."""

    web = None
    secrets: Mapping[str, str] = {}
    channel: Mapping[str, Any] = {}
    answers: frozenset[str] = frozenset()

    def read(self, picture: Picture) -> bytes:
        raise AssertionError("nothing is sent from here")

    def order(self, answer: str, *, on: str = "send") -> None:
        raise AssertionError("nothing can go wrong here")

    def received(self) -> list[Mapping[str, Any]]:
        return []

    def replies(self) -> list[str | None]:
        return []

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        return None

    def delete(self, delivery: Delivery) -> None:
        raise AssertionError("nothing is out there")

    def has(self, delivery: Delivery) -> bool:
        return False

    def count(self, delivery: Delivery) -> Mapping[str, int]:
        return {}


@contextmanager
def stage_of(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The stage of a network. Fails for a network without a fake."""
    if name.startswith("fakes.") and name.endswith("square"):
        yield SquareStage(folder, monkeypatch)
    elif name == "feed":
        yield SilentStage()
    elif name.startswith("fakes."):
        with importlib.import_module(f"{name}_server").stage(folder, monkeypatch) as stage:
            yield stage
    elif importlib.util.find_spec(f"fakes.{name}") is None:
        pytest.fail(f"the network {name} has no fake: write tests/fakes/{name}.py with a context manager stage(folder, monkeypatch)")
    else:
        with importlib.import_module(f"fakes.{name}").stage(folder, monkeypatch) as stage:
            yield stage
