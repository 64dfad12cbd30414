"""Stages: the fake server of each network, for the contract tests.

A new network adds a module `fakes/<name>.py` with a context manager `stage(folder, monkeypatch)`: `fakes.loopback` says how.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, get_args, get_type_hints

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


def _opens(name: str) -> Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[Stage]]:
    """What opens the stage of a network. Fails for a network without a fake."""
    if name.startswith("fakes.") and name.endswith("square"):
        return _square
    if name == "feed":
        return _silent
    module = f"{name}_server" if name.startswith("fakes.") else f"fakes.{name}"
    if importlib.util.find_spec(module) is None:
        pytest.fail(f"the network {name} has no fake: write tests/fakes/{name}.py with a context manager stage(folder, monkeypatch)")
    opens: Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[Stage]] = importlib.import_module(module).stage
    return opens


@contextmanager
def _square(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SquareStage]:
    yield SquareStage(folder, monkeypatch)


@contextmanager
def _silent(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentStage]:
    yield SilentStage()


def stage_of(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AbstractContextManager[Stage]:
    """The stage of a network, open during the `with`."""
    return _opens(name)(folder, monkeypatch)


def stage_class(name: str) -> type[Stage]:
    """The class of the stage of a network, which knows its answers before it is open: `stage` says what it yields."""
    (stage,) = get_args(get_type_hints(_opens(name))["return"])
    found: type[Stage] = stage
    return found
